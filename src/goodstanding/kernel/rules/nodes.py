"""The core form of the law: what every road (interpreter, SQL, SMT) reads, and nothing else.

Reading law files ends here: names are resolved, scales aligned, parameters filled in. One frozen class per
thing a rule can say. The meaning of each is written once, in its docstring; `evaluate` is the reference.

**Intervals.** A number or date is known as an interval [low, high]; None is an open end. A known value has
low = high; a missing one is [None, None]; a sum with unknown parts that cannot be negative is [known part, None].
A truth is true, false or undecided (None). Comparisons are true or false only where every value of both
intervals agrees, otherwise undecided. `and`, `or`, `not` are Kleene's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from goodstanding.kernel.finding import NOWHERE, Place
from goodstanding.kernel.quantity import CODE, DATE, POINTS_MAX, SHARE_SCALE, TRUTH, Type

# --------------------------------------------------------------------------------------------------
# Values: numbers and dates (intervals), words and codes (a text or missing)


@dataclass(frozen=True)
class Const:
    """A literal, or a parameter that has a value; the value is a scaled integer or a day."""

    value: int
    type: Type


@dataclass(frozen=True)
class Unknown:
    """A parameter without a value ("not published"): always missing, and the programme names it."""

    parameter: str
    type: Type


@dataclass(frozen=True)
class Field:
    """A field of the record at hand; missing where the record does not have it.

    Every record also has the own fields in OWN_FIELDS.
    """

    name: str
    type: Type


@dataclass(frozen=True)
class LinkField:
    """A field of the record to which the record at hand is linked (one hop); missing where there is none.

    `annulled` as a name asks whether the linked record is annulled (a truth, false where none is linked).
    """

    link: str
    name: str
    type: Type


@dataclass(frozen=True)
class Ref:
    """The value of an indicator of the same programme, or of `score`."""

    name: str
    type: Type


class Moment(Enum):
    """Days that a run fixes."""

    __hash__ = object.__hash__  # moments are looked up for every record: an enum's own hash is slow
    JUDGED = "judged"
    CYCLE_START = "cycle start"
    CYCLE_END = "cycle end"  # the first day after the cycle
    PHASE_START = (
        "phase start"  # first day of the phase (trading phase, plan period) the cycle lies in
    )
    PHASE_END = "phase end"  # the first day after that phase
    PREVIOUS_PHASE_START = "previous phase start"  # equals PHASE_START in the first phase
    OPENED = (
        "opened"  # judges decision or record: the counting date of the (earliest) record judged
    )


@dataclass(frozen=True)
class Now:
    """One of the days that the run fixes."""

    moment: Moment
    type: Type = DATE


@dataclass(frozen=True)
class Add:
    """left + right; both of one unit and scale, or a date and days. Ends are added; an open end stays open."""

    left: Value
    right: Value
    type: Type


@dataclass(frozen=True)
class Sub:
    """left - right: [l.low - r.high, l.high - r.low]; two dates give days."""

    left: Value
    right: Value
    type: Type


@dataclass(frozen=True)
class Mul:
    """left * right, scales added.

    By a constant: both ends multiplied (swapped for a negative one). Otherwise both are never negative by
    their types, and [l.low * r.low, l.high * r.high] with an open end where either is open.
    """

    left: Value
    right: Value
    type: Type


@dataclass(frozen=True)
class Least:
    """The least of the parts. Any missing part makes it missing, unless `known_part`: then missing parts are left out.

    Without known_part: [least of lows, least of highs], an open end where any is open.
    With known_part: parts not exactly known are left out; missing if none is left.
    """

    parts: tuple[Value, ...]
    known_part: bool
    type: Type


@dataclass(frozen=True)
class Greatest:
    """The greatest of the parts; see Least."""

    parts: tuple[Value, ...]
    known_part: bool
    type: Type


@dataclass(frozen=True)
class Rounded:
    """numerator / denominator * 10**shift, rounded half up, where both are exactly known and denominator > 0; else missing.

    Both are never negative by their types. `type.scale` is the scale of the result; reading puts
    all scales of numerator and denominator into `shift_numerator` and `shift_denominator`
    (multiply by 10**shift before dividing).
    """

    numerator: Value
    denominator: Value
    shift_numerator: int
    shift_denominator: int
    type: Type


@dataclass(frozen=True)
class Shift:
    """A date moved by a fixed number of days or months (day clipped to the month's end)."""

    date: Value
    amount: int
    unit: str  # "day" or "month"
    type: Type = DATE


@dataclass(frozen=True)
class Span:
    """Whole days, months or years from start to end (days.months_between); both must be exactly known, else missing."""

    unit: str  # "day", "month", "year"
    start: Value
    end: Value
    type: Type


@dataclass(frozen=True)
class Choose:
    """The value of the first case whose condition is true; `otherwise` if none is.

    An undecided condition does not hold but makes the choice uncertain: the result is missing if an undecided
    condition stands before the first true one (or before `otherwise`).
    """

    cases: tuple[tuple[Truth, Value], ...]
    otherwise: Value
    type: Type


Value = (
    Const
    | Unknown
    | Field
    | LinkField
    | Ref
    | Now
    | Add
    | Sub
    | Mul
    | Least
    | Greatest
    | Rounded
    | Shift
    | Span
    | Choose
)


# --------------------------------------------------------------------------------------------------
# Truths


@dataclass(frozen=True)
class Always:
    """A constant truth."""

    value: bool
    type: Type = TRUTH


class Op(Enum):
    """Comparisons of numbers and dates."""

    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    EQ = "="
    NE = "!="


@dataclass(frozen=True)
class Compare:
    """left op right, both aligned to one unit and scale.

    `a >= b`: true if a.low >= b.high, false if a.high < b.low, else undecided (open ends decide nothing).
    `a = b`: true if all four ends are equal and closed, false if the intervals lie apart, else undecided.
    """

    op: Op
    left: Value
    right: Value
    type: Type = TRUTH


@dataclass(frozen=True)
class WordIn:
    """A word or code is one of the given texts; undecided where it is missing."""

    subject: Field | LinkField | Ref
    words: tuple[str, ...]
    type: Type = TRUTH


@dataclass(frozen=True)
class SameCode:
    """Two words or codes are equal; undecided where either is missing."""

    left: Field | LinkField | Ref
    right: Field | LinkField | Ref
    type: Type = TRUTH


@dataclass(frozen=True)
class Present:
    """A value (or truth, word, code) is there: exactly known. Never undecided."""

    subject: Value | Truth
    type: Type = TRUTH


@dataclass(frozen=True)
class TruthOf:
    """A field or indicator that is itself a truth."""

    subject: Field | LinkField | Ref
    type: Type = TRUTH


@dataclass(frozen=True)
class Not:
    """Kleene negation."""

    part: Truth
    type: Type = TRUTH


@dataclass(frozen=True)
class All:
    """Kleene conjunction; true when empty."""

    parts: tuple[Truth, ...]
    type: Type = TRUTH


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is the typing module's word
    """Kleene disjunction; false when empty."""

    parts: tuple[Truth, ...]
    type: Type = TRUTH


Truth = Always | Compare | WordIn | SameCode | Present | TruthOf | Not | All | Any_

TRUE = Always(value=True)
FALSE = Always(value=False)

# --------------------------------------------------------------------------------------------------
# Record types


class Direction(Enum):
    """What a record type means for its subject."""

    ADVERSE = "adverse"
    FAVOURABLE = "favourable"
    NEUTRAL = "neutral"


class Certainty(Enum):
    """How certain a record is. Only DECIDED, FINAL and UNDER_REVIEW count; alleged never does."""

    ALLEGED = "alleged"
    DECIDED = "decided"
    FINAL = "final"
    UNDER_REVIEW = "under review"
    SUSPENDED = "suspended"
    ANNULLED = "annulled"

    @property
    def counts(self) -> bool:
        """Tell whether a record of this certainty is judged at all."""
        return self in (Certainty.DECIDED, Certainty.FINAL, Certainty.UNDER_REVIEW)


COUNTING = tuple(c.value for c in Certainty if c.counts)


class LinkKind(Enum):
    """What a link from one record of a subject to another means."""

    CURES = "cures"  # the target's `cured` is the date of the earliest cure in force
    ANNULS = "annuls"  # the target is annulled while this record is in force
    RESTS_ON = "rests on"  # this record is annulled when its target is
    ENDS = "ends"  # the target's `ended` is the date of the earliest end in force
    REFERS = "refers"  # nothing by itself


@dataclass(frozen=True)
class Link:
    """A declared link: the field `link_<name>` of a record holds the id of a record of type `to`, of the same subject."""

    name: str
    to: str
    kind: LinkKind


@dataclass(frozen=True)
class Basis:
    """Where the law says it: instrument, article; `confirmed` is its mark after inheritance."""

    instrument: str = ""
    article: str = ""
    confirmed: bool = False


NO_BASIS = Basis()

# Own fields: every record has them, whatever its type. `date` is the counting date.
OWN_FIELDS: dict[str, Type] = {
    "date": DATE,
    "cured": DATE,
    "ended": DATE,
    "decision": CODE,
    "act": CODE,
    "authority": CODE,
    "record": CODE,
    "certainty": Type(CODE.kind),
}


@dataclass(frozen=True)
class Lapse:
    """Until when an act may be pursued: a record whose `until` is at or past add_months(`since`, months) does not count ("lapsed").

    Where the truth field `longer_where` is true, `longer_months` takes the place of `months`; where it is missing it does not:
    the office shows what lengthens. A record without one of the two dates does not lapse: earlier versions of a type did not ask for them.
    """

    months: int
    since: str  # the date field on which the act ended
    until: str  # the date field on which it was found or decided
    longer_months: int | None = None
    longer_where: str = ""


# How long an allegation may be shown, where its type says nothing else.
ALLEGED_MONTHS = 12


@dataclass(frozen=True)
class RecordType:
    """One version of a record type. `fields` holds dates, numbers, truths, words and codes."""

    id: str
    version: int
    title: tuple[tuple[str, str], ...]  # (language, text)
    act: str  # a word of the closed table of acts (catalogue.ACTS)
    direction: Direction
    about: str  # "organisation" or "unit"
    counting: str  # the name of the date field that is the counting date
    fields: tuple[tuple[str, Type], ...]
    required: tuple[str, ...] = ()
    graver: tuple[str, ...] = ()  # fields of which more is graver
    milder: tuple[str, ...] = ()  # fields of which more is milder
    links: tuple[Link, ...] = ()
    was: tuple[tuple[str, str], ...] = ()  # (field here, field in the version before)
    missing_before: tuple[str, ...] = ()
    filed_by: tuple[str, ...] = ()
    publicity: str = "subject and offices"
    basis: Basis = NO_BASIS
    valid_from: int | None = None
    valid_to: int | None = None
    passes_to_successor: bool = False
    roles: tuple[str, ...] = ("subject",)
    lapses: Lapse | None = None
    place: Place = field(default=NOWHERE, compare=False)
    act_date: str = ""  # the date field that tells the day of the act; "" is the counting date
    alleged_months: int = ALLEGED_MONTHS  # an allegation that old lapses undecided

    def type_of(self, name: str) -> Type | None:
        """Give the type of a field or own field."""
        return dict(self.fields).get(name) or OWN_FIELDS.get(name)

    @property
    def key(self) -> str:
        """Give the name of the dataset: id and version."""
        return f"{self.id}/{self.version}"


# --------------------------------------------------------------------------------------------------
# Selections and indicators


@dataclass(frozen=True)
class Edge:
    """One end of a window, relative to the run: moment, moved by cycles, months and days (in this order).

    Cycles move only CYCLE_START and CYCLE_END. moment None is unbounded.
    """

    moment: Moment | None
    cycles: int = 0
    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class Window:
    """Records whose counting date d has start <= d < end, and always d <= judged.

    `last 12 months` is written by the record's own side: d counts while judged < add_months(d, 12), kept in
    `months_back` (never computed backwards from the judged day).
    """

    start: Edge = Edge(None)
    end: Edge = Edge(None)
    months_back: int | None = None


EVER = Window()


class Take(Enum):
    """Which of several hits with one distinct key stands."""

    GRAVEST = "gravest"
    FIRST = "first"
    LATEST = "latest"


@dataclass(frozen=True)
class Select:
    """Which records: those of a type (all versions), in the window, counting, for which `where` is true.

    A record for which `where` is undecided is a possible hit. `final` takes only certainty final.
    Hits with equal `distinct` keys (missing equals missing) become one group. Where `distinct` is empty the key is
    the act, or the record itself if it names none. A group is certain if any of its members is; see `Take`.
    Order is always (date, known_from, record).

    Which member of a group is its first cannot be told while one before the first certain member is only possible. Its
    *firsts* are the members that may turn out to be it: all up to and with the first certain one (all, where none is certain).
    Its *lasts* are the same from the other end. A group is settled if it is certain and has one first only.
    """

    record: str
    where: Truth = TRUE
    window: Window = EVER
    final: bool = False
    distinct: tuple[Value | LinkField, ...] = ()
    take: Take = Take.GRAVEST


@dataclass(frozen=True)
class Count:
    """The number of groups: [certain groups, certain and possible groups]."""

    select: Select


@dataclass(frozen=True)
class Exists:
    """Whether there is a group: true if a certain one, undecided if only possible ones, else false."""

    select: Select


@dataclass(frozen=True)
class Sum:
    """The sum of `of` over groups; nothing is 0.

    GRAVEST: a group's low is the greatest known low among its certain members (0 if it has none or none is known), its high the
    greatest high among all members (open if any is open). FIRST, LATEST: of the members that may be taken (the firsts, the
    lasts) the least low (0 where one is not known, and for a group that is only possible) and the greatest high (open if any is).
    For types that can be negative: missing if any group is only possible, has more than one member that may be taken, or its value is
    not exactly known (GRAVEST is refused by law check for them).
    """

    select: Select
    of: Value


@dataclass(frozen=True)
class Extreme:
    """The least or greatest `of` over members: all with GRAVEST, with take first or latest those that may be taken.

    No member: missing. A member that is only possible or of unknown value makes it missing, unless `known_part`: then such
    members are passed over, and it is missing if none is left.
    """

    select: Select
    of: Value
    greatest: bool
    known_part: bool


@dataclass(frozen=True)
class Pick:
    """The value (number, date, word, code or truth) of the latest or first record; keys play no part.

    Missing if there is none, if the value is missing, or if a possible hit stands beyond (after the latest, before the first) certain one.
    """

    select: Select
    of: Value | Truth
    latest: bool


@dataclass(frozen=True)
class Peak:
    """The largest count (or sum of `of`, never negative) in any window of `months`.

    A group may lie on the date of any of its firsts. Low: over settled groups e, the settled groups d with
    d.date <= e.date < add_months(d.date, months). High: over every date e on which a group may lie, all groups that may lie on a date d of which the
    same holds, each once. A group's value as in Sum. A certain group that is not settled makes the low end at least its own (1 or its low).
    """

    select: Select
    months: int
    of: Value | None = None


@dataclass(frozen=True)
class LongestRun:
    """The longest run of consecutive calendar periods that each hold a hit.

    Low over certain hits, high over all. Keys play no part; hits without that date are passed over.
    """

    select: Select
    of: str  # "month", "quarter", "year"
    by: str = "date"  # the date field that tells the period


@dataclass(frozen=True)
class MissingPeriods:
    """How many expected periods have no record in time.

    Expected are the calendar periods that lie wholly inside the window and whose deadline is before the judged day:
    the period's end moved by due_months and due_days. A period is served by a hit whose date `by` falls in the period, and whose counting date is not later than the deadline.
    Low counts periods without certain or possible hits, high those without certain ones. Here the window is not cut at the judged day; an open
    start means no period is expected.
    """

    select: Select
    of: str
    by: str
    due_months: int
    due_days: int
    window: Window


@dataclass(frozen=True)
class Scalar:
    """A formula over other indicators (and moments)."""

    formula: Value | Truth


@dataclass(frozen=True)
class Earlier:
    """The law at the act beside that at the decision, kept with a rule marked `milder` so that both can be shown.

    No road reads it: the comparison stands in the rule's own conditions and values. Acts before `until` are compared. `counted` tells
    whether the version before had the rule at all; conditions and values are those of both versions as written.
    """

    version: str
    until: int
    act: str  # the date field that tells the day of the act
    counted: bool
    where: Truth
    where_then: Truth
    value: Value | None = None
    value_then: Value | None = None
    basis: Basis = NO_BASIS  # of the version before


Aggregate = Count | Exists | Sum | Extreme | Pick | Peak | LongestRun | MissingPeriods


@dataclass(frozen=True)
class Indicator:
    """A named value of the subject."""

    name: str
    what: Aggregate | Scalar
    type: Type
    basis: Basis = NO_BASIS
    title: tuple[tuple[str, str], ...] = ()
    place: Place = field(default=NOWHERE, compare=False)
    earlier: Earlier | None = None


# --------------------------------------------------------------------------------------------------
# Scores


@dataclass(frozen=True)
class Restore:
    """One step of add-back: the share given back when the condition holds for the hit's record (first true one)."""

    share: int  # of 10,000
    when: Truth


@dataclass(frozen=True)
class Deduction:
    """Points taken (or given, `adds`) per group of hits; or once if `when` is set (a truth over indicators).

    Points of a hit: the value of `points` ([low, high], never negative), a missing one as `if_none`
    says: "undecided" keeps the open interval, "nothing" makes it 0, "at most" takes the bound `hit_at_most`.
    Then the share of the first true `restored` step is given back: points - round_half_up(points * share, 10,000); undecided steps are
    passed over in the low end and end the search without add-back in the high end.
    A group's points: as in Sum. `hit_at_most` caps each hit, `at_most` the rule's total. An open high end is `bound`, and no
    end lies above it.

    Acts: a group's act is that of its firsts, if they all name the same; otherwise it is open. Over all deductions (not additions, not those
    `beside`) of a programme, one act counts once: where groups of several rules share an act, only the rule with the greatest sum of lows over its
    certain groups of that act keeps them at the low end, and the rule with the greatest sum of highs at the high end (ties: the earlier rule).
    A group whose act is open counts at the high end only, and there as an act of its own. In a programme with one such rule acts play no part.
    `points.type.scale` is at most 4; roads bring points to scale 4.
    """

    id: str
    title: tuple[tuple[str, str], ...]
    points: Value
    select: Select | None = None
    when: Truth | None = None
    if_none: str = "undecided"
    restored: tuple[Restore, ...] = ()
    hit_at_most: int | None = None
    at_most: int | None = None
    adds: bool = False
    beside: bool = False
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)
    earlier: Earlier | None = None

    @property
    def bound(self) -> int:
        """Give the most that one hit can take, in 1/10,000: by its type, `hit_at_most` and POINTS_MAX."""
        most: int = (self.points.type.high or 0) * 10 ** (SHARE_SCALE - self.points.type.scale)
        capped = POINTS_MAX if self.hit_at_most is None else min(self.hit_at_most, POINTS_MAX)
        return min(most, capped)


@dataclass(frozen=True)
class Score:
    """start (the first true case) - deductions + additions - carried `start_less`, held between Grades.score_floor and score_top.

    Shown: deductions at their low end, additions at their low end. Worst: deductions at their high end,
    additions at their low end, and never above the shown one. Best: the shown one with additions at their high end. All at scale 4.
    A start that is missing makes the score missing.

    Conditions of the result shown read the shown score. Those asked at worst, of proposals and of the scope read [worst, best], or nothing where
    no score is shown: they are decided only where they are for every score that may come.
    """

    start: Value
    rules: tuple[Deduction, ...]


@dataclass(frozen=True)
class Weighted:
    """One item of a weighted programme: points [0..100] times weight; `mandatory` items may not be absent."""

    id: str
    title: tuple[tuple[str, str], ...]
    weight: Value  # Const or Unknown, scale 4
    points: Value
    mandatory: bool
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Weights:
    """Weighted items; an absent item (points missing) is renormalised away unless mandatory.

    `sum(w * s) >= cut * sum(w)` over the present items, exactly. Shown: a mandatory item that is missing, or any unknown
    weight of a present item, or an unknown cut that is reached, leaves the grade undecided. Worst: a mandatory item that is missing counts with 0 points.
    The score is sum(w*s) / sum(w) rounded half up to scale 4; comparisons use the product. With no present item the score is missing.
    An unknown weight of a present or mandatory item leaves both results undecided.
    """

    items: tuple[Weighted, ...]


# --------------------------------------------------------------------------------------------------
# Grades


@dataclass(frozen=True)
class Limb:
    """One alternative of a ground. `unless` is an exception: undecided leaves the limb true, marked "exception not shown"."""

    when: Truth
    unless: Truth | None = None


@dataclass(frozen=True)
class Phase:
    """What is carried for some cycles: a grade, a ceiling or points off the start."""

    cycles: int
    grade: str = ""
    not_above: str = ""
    start_less: int = 0  # scale 4


@dataclass(frozen=True)
class Carry:
    """What a ground (or a grade by score) carries into later cycles.

    The origin is the latest cycle in which a cause held; in cycle origin + k the phase that covers k (k from 1) applies.
    A direct ground is a cause in a cycle where it is true (at worst: or undecided), also where another decides. The grade by bands is one where the
    bands decide; at worst, where they may, every band from the best score's down to the worst score's is (from the first, or to the last, where that
    score or a cut is missing).

    A rule is lasting if its causes are direct grounds alone, without exceptions, that do not read the score: what the shown result carries by it, no
    missing fact takes away.
    """

    id: str
    causes: tuple[str, ...]  # ids of direct rules; or "score:D" for the grade D by bands
    phases: tuple[Phase, ...]
    from_cycle: int | None = None  # origins before it carry nothing
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Direct:
    """A ground that gives a grade at once. Adverse: undecided fires at worst."""

    id: str
    grade: str
    limbs: tuple[Limb, ...]
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Given:
    """A grade when a condition holds: `not graded`, `instead`, a band of `first match`."""

    id: str
    grade: str
    when: Truth
    adverse: bool
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Band:
    """A grade from a score on; `lowest` None is everything below the others."""

    grade: str
    lowest: Value | None
    basis: Basis = NO_BASIS


@dataclass(frozen=True)
class StepDown:
    """So many grades worse when a condition holds (adverse)."""

    id: str
    by: int
    when: Truth
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Ceiling:
    """Not above a grade when a condition holds (adverse)."""

    id: str
    not_above: str
    when: Truth
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


UNDECIDED = "undecided"
NOT_GRADED = "not graded"


@dataclass(frozen=True)
class Grades:
    """The decision. `order` is best to worst; other grades have no rank.

    In this order, the first that gives a grade decides: the worst of the direct grounds and carried grades; not graded;
    instead; bands or first match. Then, on ranked grades only: steps down, then ceilings (own and carried).
    Where nothing gives a grade it is `undecided`. A missing score or cut makes `bands` undecided; a worst
    score never gives a better grade than the shown one.

    Shown, undecided rules do not fire. At worst an undecided rule may fire or not, and the worst of what may come stands. What may come, in the order
    of decision: the grades of direct grounds that are true or undecided, and those carried (at worst, or in the shown result); then, unless a direct ground is certainly true
    (by a limb without exception, or one shown not to hold) or the shown result carries a grade by a rule that is lasting or has the same origin at worst, each rule that follows which is undecided, up to and with the
    first that is true, the bands (at the worst score), or what is left. Steps down and ceilings (own, or carried at worst or in the shown result) that are true or undecided bar
    the worst of the ranked grades that may come. If `undecided` may come too, it stands unless the ranked grade is then already the worst of the order. Where no ranked
    grade and no `undecided` may come, the first in the order of decision stands.

    At worst is a bound: however missing fields of the records turn out, no ranked grade is worse, unless it is `undecided`, which may become any. What a law itself
    decides by the absence of a value (Present, known_part, missing keys of groups, `if_none` nothing or at most, absent weighted items, hits without the date that tells
    their period) is decided, not bounded; neither are caps (`at_most`) over rules that share acts, phases that grow graver, nor grades carried by rules that are not lasting.
    """

    order: tuple[str, ...]
    beside: tuple[str, ...] = ()
    direct: tuple[Direct, ...] = ()
    not_graded: tuple[Given, ...] = ()
    instead: tuple[Given, ...] = ()
    bands: tuple[Band, ...] = ()
    first_match: tuple[Given, ...] = ()
    otherwise: str = ""  # the last limb of first match; "" is undecided
    steps_down: tuple[StepDown, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    carries: tuple[Carry, ...] = ()
    score_floor: int | None = None  # `never below`, at scale 4; applied after what is carried
    score_top: int | None = None  # `never above`


@dataclass(frozen=True)
class LevelGround:
    """A ground of a level machine: on each day it is reached the level falls to `to` (if that is worse) and its clock starts anew.

    It is reached by every certain group of `select` on the day of its first member (where that is only possible: the earliest day, which is the mildest); at worst by
    every group, on the day of each of its firsts. With `months` set, it is reached only on days e on which a limb holds for the groups in the window
    ending at e (see `Peak`), and in the shown result by settled groups only: `hits` is their number, `total` their sum of `of`, as intervals over the
    settled groups and over all that may lie there. Where the limbs are undecided it is reached at worst.
    """

    id: str
    to: str
    select: Select
    months: int | None = None
    of: Value | None = None
    limbs: tuple[Limb, ...] = ()
    raise_after_months: int | None = None  # how long after this ground a raising decision may come
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)
    earlier: Earlier | None = None


@dataclass(frozen=True)
class Raise:
    """From one level to a better one: by itself after `months` without any ground, or by a decision (`select`) not before the ground's own clock."""

    id: str
    level: str
    to: str
    months: int | None = None
    select: Select | None = None
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Levels:
    """A level machine. Best to worst. `start` is the level of a subject without any event.

    Events are taken in the order (date, lowering before raising, rule order, known_from, record). State: level, since (the day of the last
    change of level or ground), clock (the last ground's day or the day of the last raise by itself), and not_before: on each
    ground and each raise it becomes the later of itself and add_months(that day, raise_after_months of the last ground), so that a later, milder ground
    never shortens a wait, and each step up waits anew.
    Before each event and at the end (judged): while a raise by itself exists for the level and clock + months <= that day, the
    level rises and since = clock = clock + months. At the end it does so only if `blocked` is not true (at worst: nor undecided).
    At worst is a bound where raises go up by one level, raises by themselves start below `start`, all grounds wait equally and nothing is `blocked`.
    A lowering event: level = the worse of level and ground's level; since = clock = its day (also where the level stays).
    A raising event: from the level it names, and not before `not_before`: level = to, since = clock = its day; otherwise without effect.
    """

    order: tuple[str, ...]
    start: str
    grounds: tuple[LevelGround, ...]
    raises: tuple[Raise, ...]
    blocked: Truth = FALSE


# --------------------------------------------------------------------------------------------------
# Terms (programmes that judge decisions or records), lists, programmes


@dataclass(frozen=True)
class Terms:
    """Dates of display and repair for a decision, over its indicators; the severity is the grade of `first match`.

    Each is missing ("not started") where an anchor is missing. `never` true: not displayed at all. `open_until_cured` true: the
    end is open while not cured.
    """

    display_from: Value
    display_until: Value
    repair_from: Value
    never: Truth = FALSE
    no_repair: Truth = FALSE
    open_until_cured: Truth = FALSE
    basis: Basis = NO_BASIS


@dataclass(frozen=True)
class Proposal:
    """A proposal to a list: a ground with its alternatives. `finality` needs every counted record to be final."""

    id: str
    list: str
    limbs: tuple[Limb, ...]
    needs_finality: bool = False
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class GradeEffect:
    """What a grade leads to: one row of the closed list of measures. No road reads it: effects follow from adopted grades, not from computed ones."""

    grade: str
    measure: str
    adverse: bool
    title: tuple[tuple[str, str], ...] = ()
    basis: Basis = NO_BASIS
    place: Place = field(default=NOWHERE, compare=False)


class Judges(Enum):
    """What one standing is about."""

    ORGANISATION = "organisation"
    UNIT = "unit"
    RECORD = "record"
    DECISION = "decision"  # its indicators select only from `judged_records`, so does RECORD


@dataclass(frozen=True)
class Cycle:
    """How time is cut: no cycle (live), or calendar years; numbered by the year.

    `judged` is the day whose facts count: the cycle's last day moved by judged_months, then judged_days.
    `phase_starts` are years in which a longer period (a trading phase, a plan) begins: `during: phase`.
    """

    kind: str = ""  # "" or "calendar year"
    judged_months: int = 0
    judged_days: int = 0
    first: int | None = None
    last: int | None = None
    phase_starts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Programme:
    """One version of a programme, complete: everything a road needs to compute its standings."""

    id: str
    version: str
    title: tuple[tuple[str, str], ...]
    judges: Judges
    cycle: Cycle
    basis: Basis
    indicators: tuple[Indicator, ...]
    grades: Grades | None = None
    score: Score | None = None
    weights: Weights | None = None
    levels: Levels | None = None
    terms: Terms | None = None
    scope: Truth = TRUE
    judged_records: tuple[str, ...] = ()  # judges record/decision: the record types judged
    proposals: tuple[Proposal, ...] = ()
    publicity: tuple[tuple[str, str], ...] = ()  # (grade, audience)
    valid_from: int | None = None
    valid_to: int | None = None
    missing: tuple[str, ...] = ()  # parameters without a value: what the programme cannot say
    invented: bool = False  # a parameter or an adoption comes from an overlay marked as invented
    place: Place = field(default=NOWHERE, compare=False)
    effects: tuple[GradeEffect, ...] = ()
    in_force: int | None = None  # acts from this day on are judged by this version alone

    @property
    def key(self) -> str:
        """Give id and version."""
        return f"{self.id}@{self.version}"
