"""Random laws with the answers of the proofs, and random histories on which what was proved is tried by the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from goodstanding.compile.smt_back import passing
from goodstanding.compile.smt_complete import without_doubt
from goodstanding.compile.smt_delta import ADDED, Change
from goodstanding.compile.smt_monotone import RESULTS
from goodstanding.desk.proving import OWN_ACT, Prover
from goodstanding.desk.stories import with_values
from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, evaluate
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.store.solve import NO_MODEL, Solvers
from tests.agreement import laws
from tests.agreement.histories import histories

# The parameters of random laws that may have no value.
_PARAMETERS = ("p", "cut", "w")


@dataclass(frozen=True)
class Proved:
    """A random law and the changes of which something was proved: the change, the result, and what the proof supposes."""

    law: laws.Law
    claims: tuple[tuple[Change, str, tuple[str, ...]], ...]
    complete: bool = False  # whatever is on record, a grade comes out
    back: Mapping[str, int | None] = field(default_factory=dict)  # clean cycles from each grade
    acts: tuple[str, ...] = ()  # what the way back supposes to be done


def proved(made: laws.Law, solvers: Solvers) -> Proved:
    """Prove what can be proved of a law."""
    programme = made.programme
    record_types = {name: tuple(versions.values()) for name, versions in made.types.items()}
    whole = Law(programmes={programme.id: (programme,)}, record_types=record_types)
    prover = Prover(whole, programme, solvers)
    prover.ask()
    claims = []
    for claim in prover.claims:
        settled = prover.settle(claim)
        claims += [(claim.change, r, settled.given) for r in RESULTS if r not in settled.open]
    prover.back.settle()
    asked = prover.complete.get(("grade",))
    complete = asked is not None and asked.result()[0].status == NO_MODEL
    return Proved(made, tuple(claims), complete, prover.back.numbers, prover.back.acts)


def large(seed: int) -> laws.Law:
    """Make the large random law of a seed; numbers of its records are graver or milder."""
    return _graded(laws.law(seed))


def _graded(law: laws.Law) -> laws.Law:
    types = {}
    for name, versions in law.types.items():
        newest = versions[max(versions)]
        numbers = [f for f, t in newest.fields if t.kind is Kind.NUMBER]
        graver, milder = tuple(numbers[::2]), tuple(numbers[1::2])
        types[name] = {k: replace(v, graver=graver, milder=milder) for k, v in versions.items()}
    return replace(law, types=types)


@dataclass(frozen=True)
class Trial:
    """Two histories that differ by a change, and how they are judged."""

    change: Change
    before: tuple[Version, ...]
    after: tuple[Version, ...]
    at: Run
    carried: Before


def trials(made: Proved, change: Change, given: tuple[str, ...], seed: int) -> Iterator[Trial]:
    """Give histories of the law in which the change can be made, as far as the proof supposes."""
    rng = Random(seed)  # noqa: S311 - the same seed gives the same trials
    alone = change.own_act or OWN_ACT in given
    for history in histories(made.law, seed, 30):
        versions = tuple(v for v in history.versions if v.known_to is None)
        for record in [v for v in versions if v.type == change.type][:2]:
            others = tuple(v for v in versions if v.record != record.record)
            one = _beside(made.law, record, others, rng) if rng.randrange(2) else record
            pair = _pair(made.law, change, _unlinked(one, others, rng, alone=alone), rng)
            if pair is None:
                continue
            before, after = ((*others, v) if v else others for v in pair)
            kept = [_without_links(vs, record.record) for vs in (before, after)]
            yield Trial(change, *kept, *_asked(made.law, rng))


def _beside(law: laws.Law, record: Version, others: tuple[Version, ...], rng: Random) -> Version:
    """Make a record like another of its type: of the same key, a day before or after it, with a field more or less on record."""
    alike = [v for v in others if v.type == record.type and v.version == record.version]
    if not alike:
        return record
    newest = law.types[record.type][record.version]
    values = dict(rng.choice(alike).values)
    date = values.get(newest.counting)
    if isinstance(date, int):
        values[newest.counting] = date + rng.choice((-1, 0, 1))
    changed = rng.choice([name for name, _ in newest.fields if name != newest.counting] or ["act"])
    if changed not in newest.required:
        values[changed] = rng.choice((None, record.values.get(changed)))
    return replace(record, values=values, known_from=rng.choice((0, record.known_from, 99)))


def _pair(
    law: laws.Law, change: Change, record: Version, rng: Random
) -> tuple[Version | None, Version] | None:
    """Give the record before and after the change; None where the change cannot be made to it."""
    if change.kind == ADDED:
        return None, record
    newest = law.types[change.type][max(law.types[change.type])]
    if record.version != newest.version:
        return None
    was = record.values.get(change.field)
    now: FieldValue
    if change.favours == "set":
        day = law.on or 20_000
        now = rng.choice((day, day - 40, day - 400, was - 3 if isinstance(was, int) else day))
        if isinstance(was, int) and now >= was:
            return None
    elif isinstance(was, int) and not isinstance(was, bool):
        bounds = newest.type_of(change.field)
        step = rng.choice((1, 100, 10_000, 10**6)) * (1 if change.favours == "more" else -1)
        now = was + step
        if bounds is None or not (bounds.low or 0) <= now <= (bounds.high or 0):
            return None
    else:
        return None
    return record, replace(record, values={**record.values, change.field: now})


def _unlinked(record: Version, others: tuple[Version, ...], rng: Random, *, alone: bool) -> Version:
    acts = [v.values.get("act") or v.record for v in others]
    named = None if alone or not acts or rng.randrange(2) else rng.choice(acts)
    name = "changed record" if alone else record.record
    return replace(record, record=name, links={}, values={**record.values, "act": named})


def _without_links(versions: tuple[Version, ...], record: str) -> tuple[Version, ...]:
    """Take out what rests on the record or is cured, ended or annulled by it: a change of one record is told of only."""
    return tuple(
        replace(v, links={name: to for name, to in v.links.items() if to != record})
        for v in versions
    )


def _asked(law: laws.Law, rng: Random, cycle: int | None = None) -> tuple[Run, Before]:
    if cycle is None and law.programme.cycle.kind:
        cycle = rng.choice(law.cycles)
    at = run(law.programme, cycle=cycle, on=law.on if cycle is None else None)
    carries = law.programme.grades.carries if law.programme.grades else ()
    origins = [
        {c.id: cycle - rng.randint(1, 3) for c in carries if cycle and rng.randrange(2)}
        for _ in range(2)
    ]
    return at, Before(*origins)


# --------------------------------------------------------------------------------------------------
# Complete


def known_grades(made: Proved, seed: int) -> Iterator[str]:
    """Give the grades of histories in which every fact is known, by a law whose parameters all have values."""
    law = made.law
    if law.programme.judged_records:
        return  # what is judged there has a record, and most of these histories have none
    programme = with_values(without_doubt(law.programme), dict.fromkeys(_PARAMETERS, 3))
    rng = Random(seed)  # noqa: S311 - the same seed gives the same histories
    for history in histories(law, seed, 30):
        versions = tuple(v for v in history.versions if _all_known(law, v))
        at, carried = _asked(law, rng)
        found = evaluate(programme, facts(versions, law.types), at, carried)
        if all(_is_known(i, found.known[i.name]) for i in programme.indicators):
            yield found.shown.grade


def _is_known(i: n.Indicator, value: object) -> bool:
    """Tell whether an indicator is known; what picks a record may be missing where there is none, and formulas follow."""
    if isinstance(i.what, n.Pick | n.Extreme | n.Scalar):
        return True
    if isinstance(value, tuple):
        return value[0] is not None and value[0] == value[1]
    return value is not None


def _all_known(law: laws.Law, v: Version) -> bool:
    newest = max(law.types[v.type])
    whole = all(v.values.get(name) is not None for name, _ in law.types[v.type][newest].fields)
    return v.version == newest and v.known_to is None and whole and not v.links


# --------------------------------------------------------------------------------------------------
# The way back


def after_the_way_back(made: Proved, seed: int) -> Iterator[tuple[str, str]]:
    """Give the grades with and without a past, from the cycle on in which the past is proved to count no longer."""
    law, first = made.law, made.law.cycles[0]
    end = days.of(first, 12, 31)
    rng = Random(seed)  # noqa: S311 - the same seed gives the same histories
    for history in histories(law, seed, 30):
        past = [_past(law, v, end, made.acts) for v in history.versions if v.known_to is None]
        kept = facts([v for v in past if v is not None], law.types)
        carried, clean = _asked(law, rng, first)[1], Before()
        steps: int | None = None
        for cycle in range(first, first + 12):
            at = run(law.programme, cycle=cycle)
            one, other = (
                evaluate(law.programme, kept, at, carried),
                evaluate(law.programme, {}, at, clean),
            )
            if cycle == first:
                steps = made.back.get(one.shown.grade)
            if steps is not None and cycle >= first + steps:
                yield one.shown.grade, other.shown.grade
            carried = Before(one.shown.origins, one.worst.origins)
            clean = Before(other.shown.origins, other.worst.origins)


def _past(law: laws.Law, v: Version, end: int, acts: tuple[str, ...]) -> Version | None:
    """Move every day of a record of the past before its end; what the way back supposes to be done is done."""
    if not passing(law.types, v.type) or v.version != max(law.types[v.type]):
        return None
    dates = {n_ for n_, t in law.types[v.type][v.version].fields if t.kind is Kind.DATE}
    values = {
        k: min(x, end) if k in dates | {"cured", "ended"} and isinstance(x, int) else x
        for k, x in v.values.items()
    }
    done = {act: values.get(act) or end for act in ("cured", "ended") if act in " ".join(acts)}
    return replace(v, values={**values, **done}, links={})


def grades(law: laws.Law, trial: Trial, result: str) -> tuple[str, str]:
    """Give both grades of a trial, as the interpreter finds them; empty where there is no standing."""
    found = []
    for versions in (trial.before, trial.after):
        made = evaluate(law.programme, facts(versions, law.types), trial.at, trial.carried)
        outcome = made.worst if result == "at worst" else made.shown
        found.append(outcome.grade if made.in_scope else "")
    return found[0], found[1]


def order(programme: n.Programme) -> tuple[str, ...]:
    """Give the ranked grades or levels, from the best."""
    if programme.levels:
        return programme.levels.order
    return programme.grades.order if programme.grades else ()
