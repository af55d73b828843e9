"""The forms of law files: which keys stand where. The reader, its findings and the editors' schema all read these tables.

docs/law-language.md says the same to people; a key that is not here does not exist.
"""

from __future__ import annotations

from goodstanding.kernel.catalogue import ACTS, AUDIENCES, GRADE_AUDIENCES
from goodstanding.kernel.rules.shapes import (
    LANGUAGE,
    Anything,
    Date,
    Either,
    Form,
    Key,
    Line,
    ListOf,
    MapOf,
    Titled,
)

NAME = r"[a-z][a-z0-9_]*"
DOTTED = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*"
LENGTH = r"\d+ (day|month|year)s?( and \d+ (day|month)s?)?"

TEXT = Line("a text")
ID = Line("an id")
DOTTED_ID = Line("an id of small letters, digits, _ and dots", DOTTED)
NAME_LINE = Line("a name of small letters, digits and _", NAME)
YES_NO = Line("yes or no", words=("yes", "no"))
WHOLE = Line("a whole number", r"\d[\d_]*")
CONDITION = Line("a condition", expression=True)
VALUE = Line("a value", expression=True)
LITERAL = Line("a literal")
MONTHS = Line("months or years, such as `6 months`", r"\d+ (month|year)s?")

TITLE = Key(Titled(), "What it is called, by language; en or zh is one of them.")
BASIS = Key(
    TEXT,
    "Instrument and article, such as `sta-2025-12 18(3)`; inside a programme the article alone.",
)
CONFIRMED = Key(
    YES_NO, "Whether the figure was checked against the text; left out: as the enclosing item says."
)
VALID = Key(
    Form("valid", {"from": Key(Date(), "First day."), "to": Key(Date(), "First day after.")}),
    "In force, half-open.",
)
SOURCE = Key(TEXT, "Where the figure was found, such as `08 2.1 row 4`.")
ADOPTED = Form(
    "adopted",
    {
        "by": Key(DOTTED_ID, "The authority.", required=True),
        "on": Key(Date(), "The day of adoption.", required=True),
        "text": Key(TEXT, "Name and number of the adopting text.", required=True),
    },
)

COMMON = {
    "title": TITLE,
    "basis": BASIS,
    "confirmed": CONFIRMED,
    "adopted": Key(
        ADOPTED, "Who adopted the item though it is not confirmed, when, in which text."
    ),
    "source": SOURCE,
}
MILDER = Key(
    YES_NO,
    "Acts before this version was in force count only as the version before would have counted them.",
)

# --------------------------------------------------------------------------------------------------
# Instruments, authorities, record types

INSTRUMENT = Form(
    "instrument",
    {
        "title": Key(TITLE.shape, TITLE.note, required=True),
        "issuer": Key(DOTTED_ID, "The authority that issued it."),
        "number": Key(MapOf(TEXT, LANGUAGE), "Its official number, by language."),
        "valid": VALID,
        "confirmed": CONFIRMED,
        "source": SOURCE,
        "replaces": Key(ListOf(ID), "Instruments it took the place of."),
        "note": Key(
            Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)),
            "What a reader of the instrument should know.",
        ),
    },
)
AUTHORITY = Form(
    "authority",
    {
        "title": Key(TITLE.shape, TITLE.note, required=True),
        "level": Key(
            Line("a level", words=("union", "nation", "province", "city", "county", "court")),
            "How high it stands.",
        ),
        "files": Key(
            ListOf(Line("a record type, or a prefix with `*`", r"[a-z][a-z0-9_.]*(\*)?")),
            "What it may file.",
        ),
        "adopts": Key(
            ListOf(Line("a programme, or a prefix with `*`", r"[a-z][a-z0-9_.]*(\*)?")),
            "For which programmes it may adopt.",
        ),
        "above": Key(DOTTED_ID, "The authority above it."),
        "area": Key(TEXT, "Its area, as a code."),
        "valid": VALID,
        "confirmed": CONFIRMED,
        "basis": BASIS,
        "source": SOURCE,
    },
)
LINK = Form(
    "link",
    {
        "to": Key(DOTTED_ID, "The record type linked to.", required=True),
        "kind": Key(
            Line("a kind of link", words=("cures", "annuls", "rests on", "ends", "refers")),
            "What the link does.",
            required=True,
        ),
        "title": TITLE,
    },
)
TYPE = Line(
    "a type such as date, truth, count, share, points, money CNY, quantity t, code, one of a, b"
)
FIELD = Form(
    "field",
    {
        "type": Key(TYPE, "What its values are.", required=True),
        "required": Key(YES_NO, "A record without it is refused."),
        "graver": Key(
            Line("more, less or yes", words=("more", "less", "yes")),
            "What makes the record graver.",
        ),
        "at least": Key(LITERAL, "The lowest value."),
        "at most": Key(LITERAL, "The highest value."),
        "title": TITLE,
        "basis": BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
    },
)
LONGER = Form(
    "longer term",
    {
        "after": Key(MONTHS, "The longer time.", required=True),
        "where": Key(NAME_LINE, "The truth that lengthens, a field.", required=True),
    },
)
LAPSES = Form(
    "lapse",
    {
        "after": Key(MONTHS, "The time after which the act is no longer pursued.", required=True),
        "from": Key(NAME_LINE, "The date field on which the act ended.", required=True),
        "until": Key(
            NAME_LINE,
            "The date field on which it was found or decided; left out: the counting date.",
        ),
        "longer": Key(LONGER, "A longer time for some acts."),
    },
)
RECORD_TYPE = Form(
    "record type",
    {
        "title": Key(TITLE.shape, TITLE.note, required=True),
        "act": Key(Line("an act", words=ACTS), "What kind of act it records.", required=True),
        "direction": Key(
            Line("a direction", words=("adverse", "favourable", "neutral")),
            "What it means for its subject.",
            required=True,
        ),
        "about": Key(
            Line("organisation or unit", words=("organisation", "unit")), "What it is about."
        ),
        "counting date": Key(NAME_LINE, "The date field by which windows count it.", required=True),
        "filed by": Key(ListOf(DOTTED_ID), "Who may file it."),
        "publicity": Key(Line("an audience", words=AUDIENCES), "Who may see it."),
        "basis": Key(TEXT, BASIS.note, required=True),
        "confirmed": CONFIRMED,
        "adopted": COMMON["adopted"],
        "valid": VALID,
        "source": SOURCE,
        "fields": Key(MapOf(FIELD, NAME_LINE), "What a record holds.", required=True),
        "links": Key(MapOf(LINK, NAME_LINE), "Records of the same subject it may name."),
        "version": Key(WHOLE, "1, or the version before plus one."),
        "was": Key(MapOf(NAME_LINE, NAME_LINE), "New field: the field of the version before."),
        "missing before": Key(
            ListOf(NAME_LINE), "Fields that records of earlier versions do not have."
        ),
        "act date": Key(
            NAME_LINE, "The date field that tells the day of the act; left out: the counting date."
        ),
        "lapses": Key(LAPSES, "After which time an act is no longer pursued."),
        "alleged for": Key(MONTHS, "How long an allegation may be shown; left out: 12 months."),
        "passes to successor": Key(YES_NO, "Whether a universal successor has it."),
        "roles": Key(ListOf(NAME_LINE), "The parties it names; the first is the subject."),
        "note": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "What a reader should know."),
    },
)

# --------------------------------------------------------------------------------------------------
# Parameters and indicators

PARAMETER = Form(
    "parameter",
    {
        **COMMON,
        "type": Key(TYPE, "The type of its value.", required=True),
        "value": Key(LITERAL, "A literal of the type, or `not published`.", required=True),
        "range": Key(Line("lowest..highest", r".+\.\..+"), "What a lower pack may choose."),
        "set by": Key(TEXT, "Who sets it."),
    },
)
WINDOW = Either(
    line=Line(
        "a window such as cycle, last 2 cycles, last 12 months, phase, ever",
        r"cycle|previous cycle|next cycle|last [1-9]\d* cycles?|phase|whole phase|previous phase|last [1-9]\d* (month|year)s?|ever",
    ),
    map=Form(
        "window",
        {
            "from": Key(VALUE, "First day, such as `cycle_start - 3 years`."),
            "until": Key(VALUE, "First day after."),
        },
    ),
)
SELECTION = {
    "where": Key(CONDITION, "Which records, by their fields."),
    "during": Key(WINDOW, "Which records, by their counting date."),
    "distinct": Key(
        ListOf(Line("a field", NAME + r"(\." + NAME + ")?")),
        "Hits with equal values of these fields are one.",
    ),
    "take": Key(
        Line("which hit stands", words=("gravest", "first", "latest")),
        "Which of several equal hits stands.",
    ),
    "certainty": Key(Line("final", words=("final",)), "Only records that are final."),
}
AGGREGATES = (
    "count",
    "exists",
    "sum",
    "least",
    "greatest",
    "value",
    "first",
    "peak",
    "longest run",
    "missing",
    "formula",
)
_RECORD = DOTTED_ID
CHOICE = ListOf(
    Form(
        "case of an indicator",
        {
            "value": Key(VALUE, "The value.", required=True),
            "when": Key(CONDITION, "The condition; only the last may have none."),
        },
    ),
    at_least=1,
)
INDICATOR_FORM = Form(
    "indicator",
    {
        "count": Key(_RECORD, "How many records."),
        "exists": Key(_RECORD, "Whether there is a record."),
        "sum": Key(_RECORD, "The sum of `of`."),
        "least": Key(_RECORD, "The least `of`."),
        "greatest": Key(_RECORD, "The greatest `of`."),
        "value": Key(_RECORD, "`of` of the latest record."),
        "first": Key(_RECORD, "`of` of the first record."),
        "peak": Key(
            _RECORD, "The largest count, or sum of `of`, in any window of the length `within`."
        ),
        "longest run": Key(_RECORD, "The longest run of periods with a record."),
        "missing": Key(_RECORD, "How many expected periods have no record in time."),
        "formula": Key(
            Either(line=VALUE, list=CHOICE),
            "A value or condition over other indicators, or the first of several values that holds.",
        ),
        **SELECTION,
        "of": Key(VALUE, "The value taken from a record; for runs: month, quarter or year."),
        "within": Key(MONTHS, "The length of a peak's window."),
        "known part": Key(
            YES_NO,
            "Leave records with a missing value out instead of letting the result be missing.",
        ),
        "by": Key(NAME_LINE, "The date field that tells the period."),
        "expected": Key(
            Line(
                "a period",
                words=(
                    "calendar year",
                    "quarter",
                    "month",
                    "year",
                    "calendar month",
                    "calendar quarter",
                ),
            ),
            "How often a record is due.",
        ),
        "due": Key(
            Line("a length such as `6 months` or `2 months and 15 days`", LENGTH),
            "Until when after the period's end.",
        ),
        "same selection as": Key(
            NAME_LINE, "Another indicator whose records, window and keys this one shares."
        ),
        "milder": MILDER,
        **COMMON,
    },
    one_of=(AGGREGATES,),
)
INDICATOR = Either(line=CONDITION, list=CHOICE, map=INDICATOR_FORM)

# --------------------------------------------------------------------------------------------------
# Rules

LIMB = Form(
    "limb",
    {
        "when": Key(CONDITION, "The condition.", required=True),
        "unless": Key(CONDITION, "The exception."),
    },
)
LIMBS = Key(ListOf(LIMB, at_least=1), "Alternatives: one that holds is enough.")
RULE_ID = Key(ID, "The id by which reasons name the rule.", required=True)
WHEN = Key(CONDITION, "The condition.")
UNLESS = Key(CONDITION, "The exception; while it is undecided the ground stands, marked so.")
GRADE = Key(TEXT, "The grade.", required=True)
ADVERSE = Key(YES_NO, "Whether the limb is adverse, where its rank does not tell.")

_STEP = Form(
    "step of add-back",
    {
        "share": Key(LITERAL, "The share given back.", required=True),
        "when": Key(CONDITION, "The condition.", required=True),
    },
)
RESTORED = Either(
    list=ListOf(_STEP, at_least=1),
    map=Form(
        "add-back",
        {
            "by": Key(VALUE, "Days, such as `cured - due`.", required=True),
            "later": Key(LITERAL, "The share after the last bound."),
            "never": Key(LITERAL, "The share where it is not cured."),
        },
        named=((r"up to \d+ days?", Key(LITERAL, "The share up to so many days.")),),
    ),
)
DEDUCTION = Form(
    "score rule",
    {
        "id": RULE_ID,
        **COMMON,
        "each": Key(_RECORD, "The record type; every hit counts."),
        "when": Key(CONDITION, "A condition over indicators; counts once."),
        **SELECTION,
        "points": Key(VALUE, "Points of a hit.", required=True),
        "restored": Key(RESTORED, "What repair gives back."),
        "if none": Key(
            Line("undecided, nothing or at most", words=("undecided", "nothing", "at most")),
            "What a hit counts whose points are missing.",
        ),
        "each at most": Key(LITERAL, "The most a hit can count."),
        "at most": Key(LITERAL, "The most the rule can count."),
        "beside": Key(YES_NO, "Counts beside other rules for the same act."),
        "milder": MILDER,
    },
    one_of=(("each", "when"),),
)
_START = Form(
    "start",
    {
        "points": Key(VALUE, "Points to begin with.", required=True),
        "when": Key(CONDITION, "The condition."),
    },
)
SCORE = Form(
    "score",
    {
        "start": Key(
            Either(line=VALUE, list=ListOf(_START, at_least=1)),
            "Points to begin with: the first that holds.",
            required=True,
        ),
        "deduct": Key(ListOf(DEDUCTION), "Rules that take points."),
        "add": Key(ListOf(DEDUCTION), "Rules that give points."),
        "never below": Key(LITERAL, "The floor."),
        "never above": Key(LITERAL, "The ceiling."),
    },
)
WEIGHTED = Form(
    "weighted item",
    {
        "id": RULE_ID,
        **COMMON,
        "weight": Key(LITERAL, "A share, or a parameter.", required=True),
        "points": Key(VALUE, "Points from 0 to 100.", required=True),
        "mandatory": Key(YES_NO, "May not be absent."),
    },
)
WEIGHTS = Form(
    "weights", {"items": Key(ListOf(WEIGHTED, at_least=1), "What is weighed.", required=True)}
)
DIRECT = Form(
    "direct ground",
    {"id": RULE_ID, "grade": GRADE, "when": WHEN, "unless": UNLESS, "limbs": LIMBS, **COMMON},
    one_of=(("when", "limbs"),),
)
NOT_GRADED_ITEM = Form(
    "not graded", {"id": RULE_ID, "when": Key(CONDITION, WHEN.note, required=True), **COMMON}
)
INSTEAD_ITEM = Form(
    "instead",
    {
        "id": RULE_ID,
        "grade": GRADE,
        "when": Key(CONDITION, WHEN.note, required=True),
        "adverse": ADVERSE,
        **COMMON,
    },
)
FIRST_ITEM = Form(
    "limb of first match",
    {
        "id": RULE_ID,
        "grade": GRADE,
        "when": Key(CONDITION, WHEN.note, required=True),
        "adverse": ADVERSE,
        **COMMON,
    },
)
STEP_DOWN = Form(
    "step down",
    {
        "id": RULE_ID,
        "by": Key(WHOLE, "So many grades.", required=True),
        "when": Key(CONDITION, WHEN.note, required=True),
        **COMMON,
    },
)
CEILING = Form(
    "ceiling",
    {
        "id": RULE_ID,
        "not above": Key(TEXT, "The best grade left.", required=True),
        "when": Key(CONDITION, WHEN.note, required=True),
        **COMMON,
    },
)
PHASE = Form(
    "phase",
    {
        "grade": Key(TEXT, "The grade carried."),
        "not above": Key(TEXT, "The ceiling carried."),
        "start less": Key(LITERAL, "Points off the start."),
        "for": Key(Line("a number of cycles", r"[1-9]\d* cycles?"), "How long.", required=True),
    },
    one_of=(("grade", "not above", "start less"),),
)
CARRIED = Form(
    "carried rule",
    {
        "id": RULE_ID,
        "cause": Key(
            ListOf(TEXT, at_least=1),
            "Ids of direct grounds, `direct D` or `score D`.",
            required=True,
        ),
        "then": Key(ListOf(PHASE, at_least=1), "What follows, cycle after cycle.", required=True),
        "from": Key(WHOLE, "The first cycle whose causes carry."),
        **COMMON,
    },
)
TEXT_KEY = Line("a grade")
BAND = MapOf(Line("a cut, a parameter or `below`"), TEXT_KEY)
GRADES = Form(
    "grades",
    {
        "best to worst": Key(ListOf(TEXT, at_least=1), "The grades with rank.", required=True),
        "beside": Key(ListOf(TEXT), "Grades without rank."),
        "direct": Key(ListOf(DIRECT), "Grounds that give a grade at once."),
        "not graded": Key(ListOf(NOT_GRADED_ITEM), "When there is no grade."),
        "instead": Key(ListOf(INSTEAD_ITEM), "Grades instead of the score's."),
        "bands": Key(ListOf(BAND, at_least=1), "Grades by score, best first; the last is `below`."),
        "first match": Key(
            ListOf(Either(line=TEXT_KEY, map=FIRST_ITEM), at_least=1),
            "The first limb that holds; a last grade alone holds otherwise.",
        ),
        "steps down": Key(ListOf(STEP_DOWN), "So many grades worse."),
        "ceilings": Key(ListOf(CEILING), "Not above a grade."),
        "carried": Key(ListOf(CARRIED), "What earlier cycles carry into this one."),
    },
)
LEVEL_GROUND = Form(
    "ground of a level",
    {
        "id": RULE_ID,
        "lowers to": Key(TEXT, "The level it lowers to.", required=True),
        "each": Key(_RECORD, "The record type.", required=True),
        **SELECTION,
        "within": Key(MONTHS, "The length of the window that ends at each hit."),
        "of": Key(VALUE, "What `total` sums."),
        "when": WHEN,
        "unless": UNLESS,
        "limbs": LIMBS,
        "raise after": Key(MONTHS, "How long before a raising decision may come."),
        "milder": MILDER,
        **COMMON,
    },
)
RAISE = Form(
    "raise",
    {
        "id": RULE_ID,
        "from": Key(TEXT, "The level left.", required=True),
        "to": Key(TEXT, "The better level reached.", required=True),
        "by itself after": Key(MONTHS, "After so long without any ground."),
        "by": Key(_RECORD, "The deciding record type."),
        **SELECTION,
        **COMMON,
    },
    one_of=(("by itself after", "by"),),
)
LEVELS = Form(
    "levels",
    {
        "best to worst": Key(ListOf(TEXT, at_least=1), "The levels.", required=True),
        "start": Key(TEXT, "The level of a subject without any event.", required=True),
        "grounds": Key(ListOf(LEVEL_GROUND), "What lowers."),
        "raised": Key(ListOf(RAISE), "What raises."),
        "blocked while": Key(CONDITION, "While it holds, nothing rises by itself."),
    },
)
PROPOSAL = Form(
    "proposal to a list",
    {
        "id": RULE_ID,
        "propose": Key(DOTTED_ID, "The list.", required=True),
        "when": WHEN,
        "unless": UNLESS,
        "limbs": LIMBS,
        "needs": Key(Line("finality", words=("finality",)), "Every counted record must be final."),
        **COMMON,
    },
    one_of=(("when", "limbs"),),
)
_DATED = Form(
    "dated limb",
    {"value": Key(VALUE, "The date.", required=True), "when": Key(CONDITION, "The condition.")},
)
DATES = Either(line=VALUE, list=ListOf(_DATED, at_least=1))
TERMS = Form(
    "terms",
    {
        "display from": Key(DATES, "First day of display.", required=True),
        "display until": Key(DATES, "First day after.", required=True),
        "repair from": Key(DATES, "The first day on which repair may be asked for."),
        "never": Key(CONDITION, "Not displayed at all."),
        "no repair": Key(CONDITION, "Repair is barred."),
        "open until cured": Key(CONDITION, "The end is open while it is not cured."),
        "basis": BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
    },
)
EFFECT = Form(
    "effect of a grade",
    {
        "grade": GRADE,
        "measure": Key(DOTTED_ID, "The row of the list of measures.", required=True),
        "kind": Key(
            Line("disciplinary or incentive", words=("disciplinary", "incentive")),
            "Whether it burdens or favours.",
            required=True,
        ),
        **COMMON,
    },
)
TRANSITION = Form(
    "transition",
    {
        "carried": Key(
            MapOf(Line("goes on or ends", words=("goes on", "ends")), ID),
            "Each carried rule of the version before: whether what it carries goes on.",
        ),
        "terms": Key(
            Either(
                line=Line("`not lengthened`", words=("not lengthened",)),
                map=Form(
                    "lengthened terms",
                    {
                        "lengthened": Key(
                            ADOPTED, "Who accepted it, when, in which text.", required=True
                        )
                    },
                ),
            ),
            "Terms that ran when this version came: not lengthened, or lengthened as accepted by name.",
        ),
    },
)
PROGRAMME = Form(
    "programme",
    {
        "programme": Key(DOTTED_ID, "Its id; versions share it.", required=True),
        "version": Key(TEXT, "Which version.", required=True),
        "title": Key(TITLE.shape, TITLE.note, required=True),
        "judges": Key(
            Line("what is judged", words=("organisation", "unit", "record", "decision")),
            "What one standing is about.",
            required=True,
        ),
        "judges what": Key(
            ListOf(DOTTED_ID, at_least=1), "The record types judged (judges: record or decision)."
        ),
        "cycle": Key(Line("a cycle", words=("calendar year",)), "How time is cut; left out: live."),
        "judged": Key(
            Line("`3 months after the cycle`", LENGTH + " after the cycle"),
            "The day whose facts count.",
        ),
        "applies": Key(
            Line(
                "`cycles from 2025`, `cycles 2014 to 2024`, `from 2026-04-01` or `from 2026-04-01 to 2027-01-01`",
                r"cycles? from \d{4}|cycles? \d{4}( to \d{4})?|from \d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?",
            ),
            "Which cycles or days this version is for.",
            required=True,
        ),
        "in force": Key(
            Date(),
            "Acts from this day on are judged by this version alone; left out: its first day.",
        ),
        "transition": Key(TRANSITION, "What of the version before goes on."),
        "phases": Key(ListOf(Line("a year", r"\d{4}")), "Years in which a longer period begins."),
        "basis": Key(TEXT, "The instrument; rules then name the article alone.", required=True),
        "confirmed": CONFIRMED,
        "adopted": COMMON["adopted"],
        "source": SOURCE,
        "publicity": Key(
            MapOf(Line("an audience", words=GRADE_AUDIENCES), TEXT_KEY), "Who may see each grade."
        ),
        "scope": Key(CONDITION, "For whom there is a standing."),
        "parameters": Key(MapOf(PARAMETER, NAME_LINE), "Figures that a lower pack may set."),
        "indicators": Key(MapOf(INDICATOR, NAME_LINE), "Named values of the subject."),
        "score": Key(SCORE, "Points."),
        "weights": Key(WEIGHTS, "Weighted points."),
        "levels": Key(LEVELS, "A level machine."),
        "grades": Key(GRADES, "The decision."),
        "terms": Key(TERMS, "Dates of display and repair."),
        "lists": Key(ListOf(PROPOSAL), "Proposals to lists."),
        "effects": Key(
            ListOf(EFFECT), "What a grade leads to: rows of the closed list of measures."
        ),
        "note": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "What a reader should know."),
    },
)

# --------------------------------------------------------------------------------------------------
# Overlays, cases, what is left out

SETTING = Form(
    "setting",
    {
        "value": Key(LITERAL, "A literal of the parameter's type.", required=True),
        "adopted": Key(ADOPTED, "Who adopted it, when, in which text."),
        "confirmed": CONFIRMED,
        "source": SOURCE,
    },
)
OVERLAY = Form(
    "parameters for",
    {
        "parameters for": Key(DOTTED_ID, "The programme.", required=True),
        "set": Key(MapOf(SETTING, NAME_LINE), "Parameter: its value.", required=True),
        "invented": Key(YES_NO, "A sample, not law."),
        "version": Key(TEXT, "Only this version."),
        "title": TITLE,
        "basis": BASIS,
        "confirmed": CONFIRMED,
        "source": SOURCE,
    },
)
ADOPTING = Form(
    "adopts",
    {
        "adopts": Key(DOTTED_ID, "The programme.", required=True),
        "version": Key(TEXT, "Only this version."),
        "adopted": Key(ADOPTED, "Who adopts, when, in which text.", required=True),
        "items": Key(
            Form(
                "adopted items",
                {
                    "programme": Key(
                        Line("yes", words=("yes",)),
                        "The programme, with all that states no mark of its own.",
                    ),
                    "rules": Key(ListOf(ID, at_least=1), "Ids of rules."),
                    "lists": Key(ListOf(ID, at_least=1), "Ids of proposals to lists."),
                    "indicators": Key(ListOf(NAME_LINE, at_least=1), "Indicators."),
                    "parameters": Key(ListOf(NAME_LINE, at_least=1), "Parameters with a value."),
                    "effects": Key(
                        ListOf(DOTTED_ID, at_least=1), "Measures that a grade leads to."
                    ),
                    "record types": Key(ListOf(DOTTED_ID, at_least=1), "Record types."),
                },
            ),
            "What is adopted, by name.",
            required=True,
        ),
        "invented": Key(YES_NO, "A sample, not law."),
        "title": TITLE,
        "source": SOURCE,
    },
)
SHOWS = Form(
    "shows",
    {
        "rule": Key(ID, "The rule's id.", required=True),
        "as": Key(
            Line("how it shows the rule", words=("triggers", "threshold", "beside")),
            "At, on, or just beside the threshold.",
            required=True,
        ),
    },
)
EXPECT = Form(
    "expect",
    {
        "grade": Key(TEXT, "The grade shown."),
        "at worst": Key(TEXT, "The grade at worst."),
        "score": Key(LITERAL, "The score shown."),
        "score at worst": Key(LITERAL, "The score at worst."),
        "reasons": Key(ListOf(ID), "Rules that are among the reasons."),
        "not": Key(ListOf(ID), "Rules that are not."),
        "open": Key(YES_NO, "Whether the two results differ."),
        "proposed": Key(ListOf(ID), "Exactly these proposals to lists."),
        "since": Key(Date(), "The day since which the level holds."),
        "display from": Key(TEXT, "A date, `none` or `never`."),
        "display until": Key(TEXT, "A date, `open`, `none` or `never`."),
        "repair from": Key(TEXT, "A date, `none` or `never`."),
        "missing": Key(ListOf(TEXT), "Exactly these parameters or facts are named as missing."),
        "in scope": Key(YES_NO, "Whether there is a standing at all."),
    },
)
CASE = Form(
    "case",
    {
        "case": Key(TEXT, "What it shows, in a sentence.", required=True),
        "shows": Key(Either(map=SHOWS, list=ListOf(SHOWS)), "Which rule it shows, and how."),
        "records": Key(ListOf(MapOf(Anything(), DOTTED_ID)), "What was filed."),
        "cycle": Key(Line("a year", r"\d{4}"), "The cycle judged."),
        "from cycle": Key(Line("a year", r"\d{4}"), "Judge the cycles since then in order."),
        "on": Key(Date(), "The day judged."),
        "unit": Key(ID, "Which unit is expected."),
        "decision": Key(ID, "Which decision is expected."),
        "record": Key(ID, "Which record is expected."),
        "expect": Key(EXPECT, "What comes out.", required=True),
        "basis": BASIS,
        "note": Key(TEXT, "Why."),
        "source": SOURCE,
    },
)
CASES = Form(
    "cases for",
    {
        "cases for": Key(DOTTED_ID, "The programme.", required=True),
        "version": Key(TEXT, "Its version.", required=True),
        "cases": Key(ListOf(CASE), "The cases.", required=True),
    },
)
EXCLUDED_ITEM = Form(
    "item left out",
    {
        "item": Key(TEXT, "Its id.", required=True),
        "title": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), TITLE.note),
        "source": Key(TEXT, "Where the reference has it.", required=True),
        "reason": Key(TEXT, "Why it is left out.", required=True),
        "rule": Key(TEXT, "The rule that leaves it out."),
        "instrument": Key(ID, "The instrument that has it."),
        "basis": BASIS,
        "note": Key(Either(line=TEXT, map=MapOf(TEXT, LANGUAGE)), "More."),
    },
)

# The kinds of law files by the key that names the kind.
FILES: dict[str, Form] = {
    "instruments": Form(
        "file of instruments",
        {"instruments": Key(MapOf(INSTRUMENT, Line("an id", r"[a-z][a-z0-9._-]*")), required=True)},
    ),
    "authorities": Form(
        "file of authorities", {"authorities": Key(MapOf(AUTHORITY, DOTTED_ID), required=True)}
    ),
    "record types": Form(
        "file of record types",
        {
            "record types": Key(MapOf(RECORD_TYPE, DOTTED_ID), required=True),
            "confirmed": CONFIRMED,
            "basis": BASIS,
        },
    ),
    "programme": PROGRAMME,
    "parameters for": OVERLAY,
    "adopts": ADOPTING,
    "cases for": CASES,
    "excluded": Form(
        "file of items left out", {"excluded": Key(ListOf(EXCLUDED_ITEM), required=True)}
    ),
}
