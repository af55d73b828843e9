"""A standing: what one programme says about one organisation on one day, with all that a reader must know to trust it.

A computed grade is a proposal (FAIRNESS 8). `study` marks a result that rests on something unconfirmed (FAIRNESS 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from goodstanding.kernel.facts import Fact, Facts, newest_of
from goodstanding.kernel.identity import Judgeable, only_judgeable
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before, Evaluation, evaluate
from goodstanding.kernel.rules.guide import guide
from goodstanding.kernel.rules.once import once
from goodstanding.kernel.rules.windows import Run, judged_day, run

# From least to most certain, of those that count.
_CERTAINTIES = (n.Certainty.UNDER_REVIEW.value, n.Certainty.DECIDED.value, n.Certainty.FINAL.value)
_RANK: dict[object, int] = {certainty: rank for rank, certainty in enumerate(_CERTAINTIES)}


class Standing(NamedTuple):
    """One row of standings (docs/register-format.md) with the evaluation it comes from."""

    organisation: str
    unit: str | None
    programme: str
    version: str
    cycle: int | None
    judged: int
    known: int | None
    grade: str
    at_worst: str
    open: bool
    score: int | None
    worst_score: int | None
    reasons: tuple[str, ...]
    proposed: tuple[str, ...]
    study: bool
    invented: bool
    certainty: str | None
    since: int | None
    display: str | None
    display_from: int | None
    display_until: int | None
    repair_from: int | None
    carried: tuple[str, ...]
    missing: tuple[str, ...]
    evaluation: Evaluation


Types = Mapping[str, Mapping[int, n.RecordType]]
# What an authority issued to a subject by one programme: cycle -> carry rule -> cycle of origin.
Issued = Mapping[int, Mapping[str, int]]
NOTHING_ISSUED: Issued = {}


def stand(
    subject: Judgeable,
    programme: n.Programme,
    facts: Facts,
    at: Run,
    before: Before,
    types: Types,
    *,
    unit: str | None = None,
    known: int | None = None,
) -> Standing | None:
    """Judge an organisation (or its unit, decision, record) by one programme; None where it is out of scope.

    Raises NotJudgeable for any subject but a Judgeable.
    """
    only_judgeable(subject)
    evaluation = evaluate(programme, facts, at, before)
    if evaluation.in_scope is False:
        return None
    shown, worst = evaluation.shown, evaluation.worst
    reasons = reasons_of(evaluation)
    terms = evaluation.terms
    return Standing(
        subject.id,
        unit,
        programme.id,
        programme.version,
        at.cycle,
        at.judged,
        known,
        shown.grade,
        worst.grade,
        evaluation.open or evaluation.in_scope is None,
        shown.score,
        worst.score,
        reasons,
        evaluation.proposed,
        rests_on_unconfirmed(programme, evaluation, reasons),
        programme.invented,
        certainty_of(evaluation, types),
        shown.level.since if shown.level else None,
        display_of(terms) if terms else None,
        _day(terms.get("display_from")),
        _day(terms.get("display_until")),
        _day(terms.get("repair_from")),
        tuple(f"{rule}:{origin}" for rule, origin in sorted(shown.origins.items())),
        programme.missing,
        evaluation,
    )


def _day(value: int | bool | None) -> int | None:
    return None if value is None or isinstance(value, bool) else value


def display_of(terms: Mapping[str, int | bool | None]) -> str:
    """Say in words how a decision is displayed: never, open until cured, not started, end not known, or term."""
    if terms["never"]:
        return "never"
    if terms["open_until_cured"]:
        return "open until cured"
    if terms["display_from"] is None:
        return "not started"
    return "end not known" if terms["display_until"] is None else "term"


def reasons_of(evaluation: Evaluation) -> tuple[str, ...]:
    """Give the ids of the rules that decided (in the order of decision), then of the score rules that took or gave something in either result."""
    fired = [id_ for _, id_ in evaluation.shown.fired]
    scored = [c.rule for c in evaluation.contributions if c.low or c.high]
    return tuple(dict.fromkeys(fired + scored))


def rests_on_unconfirmed(
    programme: n.Programme, evaluation: Evaluation, reasons: tuple[str, ...]
) -> bool:
    """Tell whether this is a study result: the programme's basis, a reason or a proposal is unconfirmed, or the score where it decided."""
    if not programme.basis.confirmed:
        return True
    told, proposed = guide(programme), evaluation.proposed
    if not told.score_confirmed and (
        evaluation.shown.by_bands
        or not told.read_score.isdisjoint(reasons)
        or not told.proposals_read_score.isdisjoint(proposed)
    ):
        return True
    return not (
        told.unconfirmed.isdisjoint(reasons) and told.unconfirmed_proposals.isdisjoint(proposed)
    )


def certainty_of(evaluation: Evaluation, types: Types) -> str | None:
    """Give the least certainty among the adverse records that certainly met an indicator or a score rule; None without any."""
    adverse = _adverse(types)
    ranks = {_RANK[f.values["certainty"]] for f in counted(evaluation) if f.type in adverse}
    return _CERTAINTIES[min(ranks)] if ranks else None


@once
def _adverse(types: Types) -> frozenset[str]:
    """Give the record types that speak against an organisation."""
    return frozenset(
        name for name, t in newest_of(types).items() if t.direction is n.Direction.ADVERSE
    )


def counted(evaluation: Evaluation) -> list[Fact]:
    """Give the facts that certainly met an indicator or a score rule (some more than once)."""
    found = [h.fact for hits in evaluation.hits.values() for h in hits if h.certain]
    for contribution in evaluation.contributions:
        for group in (*contribution.groups, *contribution.overtaken):
            found += [h.fact for h in group.hits if h.certain]
    for outcome in (evaluation.shown, evaluation.worst):
        if outcome.level:
            found += outcome.level.facts
    return found


def chain(
    family: Iterable[n.Programme],
    facts: Facts,
    upto: int,
    *,
    on: int | None = None,
    start: int | None = None,
    issued: Issued = NOTHING_ISSUED,
    latest: int | None = None,
) -> Iterator[tuple[n.Programme, Run, Before, Evaluation]]:
    """Judge cycle after cycle, from the family's first (or `start`) to `upto`, each reading what the one before carries.

    `family` are the versions of one programme; each cycle is judged by the version that applies to it. `on` re-evaluates the last
    cycle on another day than its own. What an authority issued for a cycle is carried on instead of what was computed. Nothing later than
    `latest` counts in any cycle, nor than `on` where that is asked.
    """
    latest = on if latest is None else latest
    versions = sorted(family, key=lambda p: p.cycle.first or 0)
    first = versions[0].cycle.first if start is None else start
    begin = first if first is not None else upto
    before = carried_on(issued, begin - 1)
    for cycle in range(begin, upto + 1):
        programme = version_for(versions, cycle)
        if programme is None:
            before = carried_on(issued, cycle)
            continue
        is_last = on is not None and cycle == upto
        at = run(programme, cycle=cycle, on=on) if is_last else run_by(programme, cycle, latest)
        evaluation = evaluate(programme, facts, at, before)
        yield programme, at, before, evaluation
        before = carried_on(issued, cycle, evaluation)


def run_by(programme: n.Programme, cycle: int, latest: int | None) -> Run:
    """Give the run of a cycle that later ones go on from: judged on its own day, but never after the day that asks for it."""
    own = judged_day(programme.cycle, cycle)
    return run(programme, cycle=cycle, on=own if latest is None else min(own, latest))


def carried_on(issued: Issued, cycle: int, computed: Evaluation | None = None) -> Before:
    """Give what a cycle carries into the next: as issued, else as computed, else nothing."""
    origins = issued.get(cycle)
    if origins is not None:
        return Before(origins, origins)
    if computed is None:
        return NOTHING_BEFORE
    return Before(computed.shown.origins, computed.worst.origins)


def version_for(versions: Iterable[n.Programme], cycle: int) -> n.Programme | None:
    """Give the version of a programme that judges a cycle."""
    for programme in versions:
        first, last = programme.cycle.first, programme.cycle.last
        if (first is None or first <= cycle) and (last is None or cycle <= last):
            return programme
    return None
