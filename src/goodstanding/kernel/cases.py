"""Run the cases that stand beside the rules: records in, standing out, compared with what the jurist expects.

A case that does not hold is a finding, with the reasons of what happened instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.finding import Finding, finding
from goodstanding.kernel.identity import Form, Judgeable, Organisation
from goodstanding.kernel.judging import Judged, judged_of
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE
from goodstanding.kernel.rules.items import Case, CaseRecord
from goodstanding.kernel.rules.windows import judged_day, run
from goodstanding.kernel.standing import Standing, Types, chain, stand

SUBJECT = Judgeable(Organisation("case", "the organisation of the case", Form.ORGANISATION))
UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Run:
    """What a case gave: the standing, or None where the organisation is out of scope or nothing was judged."""

    case: Case
    standing: Standing | None


def versions_of(case: Case, types: Types) -> tuple[Version, ...]:
    """Give the records of a case as versions known from position 1 on, in the order written."""
    return tuple(_version(record, types) for record in case.records)


def _version(record: CaseRecord, types: Types) -> Version:
    about_unit = types[record.type][max(types[record.type])].about == "unit"
    values: dict[str, FieldValue] = dict(record.values)
    values |= {
        "certainty": record.certainty.value,
        "act": record.act or None,
        "decision": record.decision or None,
        "authority": record.authority or None,
        "cured": record.cured,
        "ended": record.ended,
    }
    subject = (record.unit or UNIT) if about_unit else SUBJECT.id
    return Version(
        record.type, record.version, record.id, subject, 1, values=values, links=dict(record.links)
    )


def judge(case: Case, family: tuple[n.Programme, ...], types: Types) -> Run:
    """Judge a case by the versions of its programme (the one it names, and those before for what is carried)."""
    by_subject: dict[str, list[Version]] = {}
    for version in versions_of(case, types):
        by_subject.setdefault(version.subject, []).append(version)
    made = {subject: facts(versions, types) for subject, versions in by_subject.items()}
    own = made.pop(SUBJECT.id, {})
    programme = next(p for p in family if p.version == case.version)
    units = made or ({UNIT: {}} if programme.judges is n.Judges.UNIT else {})
    wanted = case.unit or case.decision or case.record or None
    for judged in judged_of(programme, own, units, _day(case, programme)):
        if wanted is None or judged.key == wanted:
            return Run(case, _standing(case, programme, family, judged, types))
    return Run(case, None)


def _day(case: Case, programme: n.Programme) -> int:
    if case.on is not None:
        return case.on
    return judged_day(programme.cycle, case.cycle) if case.cycle is not None else 0


def _standing(
    case: Case,
    programme: n.Programme,
    family: tuple[n.Programme, ...],
    judged: Judged,
    types: Types,
) -> Standing | None:
    if case.cycle is None or not programme.cycle.kind:
        at = run(programme, on=case.on, opened=judged.opened)
        return stand(SUBJECT, programme, judged.facts, at, NOTHING_BEFORE, types, unit=judged.key)
    first = case.cycle if case.from_cycle is None else case.from_cycle
    *_, (_, at, before, _) = chain(family, judged.facts, case.cycle, on=case.on, start=first)
    return stand(SUBJECT, programme, judged.facts, at, before, types, unit=judged.key)


def check(case: Case, family: tuple[n.Programme, ...], types: Types) -> Iterator[Finding]:
    """Give a finding for each expectation of a case that does not hold."""
    standing = judge(case, family, types).standing
    expect = case.expect
    if standing is None:
        if expect.in_scope is not False:
            yield _failed(case, "in scope", "yes", "no", "")
        return
    for what, expected, found in _compared(case, standing):
        if expected != found:
            yield _failed(case, what, str(expected), str(found), _happened(standing))


def _compared(case: Case, standing: Standing) -> Iterator[tuple[str, object, object]]:
    expect = case.expect
    if expect.in_scope is not None:
        yield "in scope", expect.in_scope, True
    pairs: tuple[tuple[str, object, object], ...] = (
        ("grade", expect.grade, standing.grade),
        ("at worst", expect.at_worst, standing.at_worst),
        ("score", _points(expect.score), _points(standing.score)),
        ("score at worst", _points(expect.score_at_worst), _points(standing.worst_score)),
        ("open", expect.open, standing.open),
        ("proposed", _sorted(expect.proposed), _sorted(standing.proposed)),
        ("missing", _sorted(expect.missing), _sorted(standing.missing)),
        ("since", _text(expect.since), _text(standing.since)),
        (
            "display from",
            expect.display_from,
            _date_word(standing, standing.display_from, expect.display_from),
        ),
        (
            "display until",
            expect.display_until,
            _date_word(standing, standing.display_until, expect.display_until),
        ),
        ("repair from", expect.repair_from, _text(standing.repair_from) or "none"),
    )
    yield from ((what, expected, found) for what, expected, found in pairs if expected is not None)
    seen = (*standing.reasons, *standing.proposed)
    for rule in expect.reasons or ():
        yield f"reason {rule}", "there", "there" if rule in seen else "not there"
    for rule in expect.absent or ():
        yield f"reason {rule}", "not there", "there" if rule in seen else "not there"


_DISPLAY_WORDS = {"never": "never", "open until cured": "open", "not started": "not started"}


def _date_word(standing: Standing, day: int | None, expected: str | None) -> str:
    """Say a date of display, or the word for having none; `none` asks only that there is no date."""
    if day is not None:
        return days.text(day)
    return "none" if expected == "none" else _DISPLAY_WORDS.get(standing.display or "", "none")


def _points(value: int | None) -> str | None:
    return None if value is None else say.points(value)


def _text(value: int | None) -> str | None:
    return None if value is None else days.text(value)


def _sorted(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(values))


def _happened(standing: Standing) -> str:
    """Say in one line what happened instead."""
    parts = [f"grade {standing.grade}", f"at worst {standing.at_worst}"]
    if standing.score is not None:
        parts.append(f"score {say.points(standing.score)}")
    parts += [
        f"reasons {', '.join(standing.reasons) or '-'}",
        f"proposed {', '.join(standing.proposed) or '-'}",
    ]
    known = standing.evaluation.known
    parts.append(
        "; ".join(
            f"{k} = {_known(v)}" for k, v in sorted(known.items()) if k not in ("grade", "score")
        )
    )
    return "; ".join(parts)


def _known(value: object) -> str:
    if isinstance(value, tuple):
        low, high = value
        return str(low) if low == high else f"{low}..{high}"
    return str(value)


def _failed(case: Case, what: str, expected: str, found: str, happened: str) -> Finding:
    return finding(
        "case-fails",
        case.place,
        expected=f"{what}: {expected}",
        found=f"{what}: {found}",
        case=case.name,
        happened=happened,
    )


Family = Mapping[str, tuple[n.Programme, ...]]
__all__ = ["Facts", "Family", "Run", "check", "judge", "versions_of"]
