"""The forms of what is closed: the list of measures, the lists of entities, the catalogue, and the table of what covers what.

Nothing outside them can be filed, proposed or imposed; docs/law-language.md says the same to people.
"""

from __future__ import annotations

from goodstanding.kernel.catalogue import AUDIENCES
from goodstanding.kernel.rules.forms import (
    BASIS,
    CONFIRMED,
    DOTTED_ID,
    FILES,
    ID,
    MONTHS,
    NAME_LINE,
    SOURCE,
    TEXT,
    TITLE,
    WHOLE,
)
from goodstanding.kernel.rules.shapes import (
    LANGUAGE,
    Date,
    Either,
    Form,
    Key,
    Line,
    ListOf,
    MapOf,
    Titled,
)

NOT_PUBLISHED = "not published"

_TITLE = Key(TITLE.shape, TITLE.note, required=True)
_NEEDED_BASIS = Key(BASIS.shape, BASIS.note, required=True)
_NOTE = Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "What a reader should know.")
_PATTERN = Line("a record type, or a prefix with `*`", r"[a-z][a-z0-9_.]*(\*)?")

# --------------------------------------------------------------------------------------------------
# Measures

MEASURE_END = Form(
    "end of a measure",
    {
        "at most": Key(MONTHS, "The longest time it may last."),
        "until": Key(Titled(), "The act in the organisation's own power that ends it."),
        "with": Key(
            Line("`cause`", words=("cause",)),
            "It stands and falls with the entry, decision or grade that carries it, which has an end of its own.",
        ),
    },
    one_of=(("at most", "until", "with"),),
)
MEASURE = Form(
    "measure",
    {
        "title": _TITLE,
        "row": Key(TEXT, "Its number on the official list."),
        "direction": Key(
            Line("disciplinary or incentive", words=("disciplinary", "incentive")),
            "Whether it burdens or favours.",
            required=True,
        ),
        "kind": Key(
            Line(
                "what it does",
                words=(
                    "rights",
                    "management",
                    "information",
                    "convenience",
                    "priority",
                    "support",
                    "honour",
                ),
            ),
            "Cuts rights, manages, informs others; or eases, prefers, supports, honours.",
            required=True,
        ),
        "target": Key(TEXT, "Whom it meets: organisations, never a person.", required=True),
        "gravity": Key(WHOLE, "How grave it is: a greater number burdens more."),
        "lasts": Key(MEASURE_END, "When it ends."),
        "imposed by": Key(ListOf(DOTTED_ID, at_least=1), "Who may impose it.", required=True),
        "field": Key(
            ListOf(_PATTERN, at_least=1),
            "The acts it may follow from without an article of its own, as prefixes of record types.",
            required=True,
        ),
        "part of": Key(DOTTED_ID, "The wider measure that it narrows."),
        "basis": _NEEDED_BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
        "note": _NOTE,
    },
)

# --------------------------------------------------------------------------------------------------
# Lists of entities

_TERM = Line(
    "months or years, such as `6 months`, or `not published`", r"\d+ (month|year)s?|not published"
)
LIST_END = Form(
    "end of an entry",
    {
        "from": Key(NAME_LINE, "The date field of the entry from which it runs."),
        "after": Key(_TERM, "The time after which the entry leaves by itself."),
        "at most": Key(MONTHS, "The longest time with every extension; left out: `after`."),
        "or at": Key(NAME_LINE, "A date field of the entry; the later of both ends counts."),
        "until": Key(Titled(), "The act in the organisation's own power that ends the entry."),
    },
)
LIST_EXIT = Form(
    "early exit",
    {
        "from": Key(NAME_LINE, "The date field from which the earliest day is counted."),
        "after": Key(_TERM, "The time before which nobody leaves early; left out: at once."),
        "conditions": Key(
            ListOf(Titled(), at_least=1), "What must be done, all of it.", required=True
        ),
        "bars": Key(ListOf(Titled(), at_least=1), "What keeps an entry from leaving early."),
        "basis": BASIS,
        "confirmed": CONFIRMED,
    },
)
STAGES = Form(
    "stages of an entry",
    {
        "field": Key(NAME_LINE, "The field of the entry that tells its stage.", required=True),
        "open": Key(ListOf(TEXT, at_least=1), "Words of what is not decided.", required=True),
        "final": Key(ListOf(TEXT, at_least=1), "Words of what is decided against the entity."),
        "cleared": Key(ListOf(TEXT, at_least=1), "Words of what was taken back or annulled."),
        "open at most": Key(
            MONTHS, "How long an entry may stay undecided; left out: as an allegation of its type."
        ),
    },
)
FOLLOWS = Form(
    "measure that follows",
    {
        "measure": Key(DOTTED_ID, "A row of the list of measures.", required=True),
        "basis": Key(TEXT, "The article that attaches it to this list."),
        "confirmed": CONFIRMED,
        "source": SOURCE,
    },
)
LIST = Form(
    "list",
    {
        "title": _TITLE,
        "kind": Key(
            Line("what kind of list", words=("serious", "abnormal", "watch")),
            "Seriously untrustworthy, abnormal operation, or to be watched.",
            required=True,
        ),
        "kept by": Key(DOTTED_ID, "The authority that keeps it.", required=True),
        "rests on": Key(
            Line(
                "how high its basis stands",
                words=(
                    "law",
                    "regulation",
                    "central policy",
                    "judicial interpretation",
                    "ministry rule",
                    "local regulation",
                    "normative document",
                ),
            ),
            "What kind of text the list rests on.",
            required=True,
        ),
        "entry": Key(DOTTED_ID, "The record type that is its entry.", required=True),
        "proposed by": Key(ListOf(DOTTED_ID, at_least=1), "Programmes that propose to it."),
        "terms": Key(DOTTED_ID, "The programme that computes the dates of an entry."),
        "stages": Key(STAGES, "The stages of an entry, where a field of it tells them."),
        "ends": Key(LIST_END, "When an entry ends."),
        "early": Key(
            Either(line=Line("`none` or `not published`", words=("none", NOT_PUBLISHED)), map=LIST_EXIT),
            "The way off before that.",
        ),
        "measures": Key(ListOf(FOLLOWS), "What follows from an entry."),
        "basis": _NEEDED_BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
        "valid": Key(
            Form("valid", {"from": Key(Date(), "First day."), "to": Key(Date(), "First day after.")}),
            "In force, half-open.",
        ),
        "note": _NOTE,
    },
)  # fmt: skip

# --------------------------------------------------------------------------------------------------
# The catalogue

CATALOGUE_ITEM = Form(
    "item of the catalogue",
    {
        "title": _TITLE,
        "records": Key(ListOf(DOTTED_ID), "The record types that fill it."),
        "publicity": Key(
            Line("an audience", words=AUDIENCES), "The widest audience.", required=True
        ),
        "basis": BASIS,
        "confirmed": CONFIRMED,
    },
)
CATEGORY = Form(
    "category",
    {
        "title": _TITLE,
        "of": Key(
            Line("organisations or persons", words=("organisations", "persons")),
            "Whose information it is; of persons nothing is filed.",
        ),
        "items": Key(MapOf(CATALOGUE_ITEM, ID), "Its items."),
        "confirmed": CONFIRMED,
        "note": _NOTE,
    },
)
CATALOGUE = Form(
    "catalogue",
    {
        "catalogue": Key(DOTTED_ID, "Its id; editions share it.", required=True),
        "version": Key(TEXT, "Which edition.", required=True),
        "title": _TITLE,
        "applies": Key(Date(), "Its first day; left out: not published."),
        "supplements": Key(DOTTED_ID, "The catalogue it adds to, for offices below its level."),
        "covers": Key(ListOf(_PATTERN, at_least=1), "The record types it closes.", required=True),
        "categories": Key(MapOf(CATEGORY, ID), "Its categories.", required=True),
        "basis": _NEEDED_BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
        "note": _NOTE,
    },
)

# --------------------------------------------------------------------------------------------------
# What covers what

COVERAGE_ROW = Form(
    "row of coverage",
    {
        "title": _TITLE,
        "record types": Key(ListOf(_PATTERN, at_least=1), "Record types, or prefixes with `*`."),
        "programmes": Key(ListOf(DOTTED_ID, at_least=1), "Programmes."),
        "lists": Key(ListOf(DOTTED_ID, at_least=1), "Lists of entities."),
        "measures": Key(ListOf(DOTTED_ID, at_least=1), "Measures."),
        "catalogues": Key(ListOf(DOTTED_ID, at_least=1), "Catalogues."),
        "excluded": Key(ListOf(ID, at_least=1), "Items left out on purpose."),
        "later": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "What comes later."),
        "not published": Key(
            Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "What no source publishes."
        ),
        "told": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "Where it stands, if in no law file."),
    },
)  # fmt: skip
COVERAGE = Form(
    "table of coverage",
    {"title": _TITLE, "rows": Key(MapOf(COVERAGE_ROW, ID), "Its rows.", required=True)},
)

_MARKED = {"confirmed": CONFIRMED}
CLOSED_FILES: dict[str, Form] = {
    "measures": Form(
        "file of measures",
        {"measures": Key(MapOf(MEASURE, DOTTED_ID), "The measures.", required=True), **_MARKED},
    ),
    "lists": Form(
        "file of lists",
        {"lists": Key(MapOf(LIST, DOTTED_ID), "The lists.", required=True), **_MARKED},
    ),
    "catalogue": CATALOGUE,
    "coverage": Form(
        "file of coverage",
        {"coverage": Key(MapOf(COVERAGE, ID), "The tables.", required=True)},
    ),
}
# Every kind of law file by the key that names it.
ALL_FILES: dict[str, Form] = {**FILES, **CLOSED_FILES}
