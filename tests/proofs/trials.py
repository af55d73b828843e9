"""Random laws with the answers of the proofs, and random histories on which what was proved is tried by the interpreter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from goodstanding.compile.smt_delta import ADDED, Change
from goodstanding.compile.smt_monotone import RESULTS, changes_of
from goodstanding.desk.proving import OWN_ACT, Prover
from goodstanding.kernel.facts import facts
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, evaluate
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.store.solve import Solvers
from tests.agreement import laws
from tests.agreement.histories import histories


@dataclass(frozen=True)
class Proved:
    """A random law and the changes of which something was proved: the change, the result, and what the proof supposes."""

    law: laws.Law
    claims: tuple[tuple[Change, str, tuple[str, ...]], ...]


def proved(seed: int, seconds: float) -> Proved:
    """Prove what can be proved of the law of a seed; numbers of its records are made graver or milder."""
    made = _graded(laws.law(seed))
    programme = made.programme
    record_types = {name: tuple(versions.values()) for name, versions in made.types.items()}
    whole = Law(programmes={programme.id: (programme,)}, record_types=record_types)
    claims = []
    with Solvers(1, time.monotonic, total_seconds=seconds) as solvers:
        prover = Prover(whole, programme, solvers)
        for change in changes_of(programme, made.types):
            settled = prover.settle(prover.claim(change))
            claims += [(change, r, settled.given) for r in RESULTS if r not in settled.open]
    return Proved(made, tuple(claims))


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
            pair = _pair(made.law, change, _unlinked(record, others, rng, alone=alone), rng)
            if pair is None:
                continue
            before, after = ((*others, v) if v else others for v in pair)
            kept = [_without_links(vs, record.record) for vs in (before, after)]
            yield Trial(change, *kept, *_asked(made.law, rng))


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


def _asked(law: laws.Law, rng: Random) -> tuple[Run, Before]:
    cycle = rng.choice(law.cycles) if law.programme.cycle.kind else None
    at = run(law.programme, cycle=cycle, on=law.on if cycle is None else None)
    carries = law.programme.grades.carries if law.programme.grades else ()
    origins = [
        {c.id: cycle - rng.randint(1, 3) for c in carries if cycle and rng.randrange(2)}
        for _ in range(2)
    ]
    return at, Before(*origins)


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


__all__ = ["Proved", "Trial", "grades", "order", "proved", "trials"]
