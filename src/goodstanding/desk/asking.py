"""What is asked of a register: which programmes, on which day, of which cycles, known when; read from words, refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.law import Law, applies
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.shapes import nearest
from goodstanding.kernel.rules.windows import judged_day
from goodstanding.store.admission import shown
from goodstanding.store.lake import Meta

_CYCLES = re.compile(r"([12][0-9]{3})(?:\.\.([12][0-9]{3}))?")
_POSITION = re.compile(r"[0-9]{1,18}")
CYCLES_MAX = 300


@dataclass(frozen=True)
class Asked:
    """A question as put: nothing is filled in yet. `on` None is today, `known` None is all that is known."""

    programmes: tuple[str, ...] = ()
    on: int | None = None
    known: str = ""
    cycles: tuple[int, int] | None = None


@dataclass(frozen=True)
class Job:
    """One run to make: a family of versions of a programme, for one cycle, or for a day (live programmes).

    `on` with a cycle re-evaluates it on that day.
    """

    family: tuple[n.Programme, ...]
    programme: n.Programme
    cycle: int | None
    on: int | None

    @property
    def judged(self) -> int:
        """Give the day whose facts count."""
        if self.on is not None:
            return self.on
        return judged_day(self.programme.cycle, self.cycle) if self.cycle is not None else 0


def read_cycles(text: str) -> tuple[int, int]:
    """Read `2024` or `2023..2025`; raises ValueError for anything else."""
    match = _CYCLES.fullmatch(text)
    first, last = (match[1], match[2] or match[1]) if match else ("", "")
    if (
        not match
        or not 0 <= int(last) - int(first) < CYCLES_MAX
        or not int(first) >= days.YEAR_FIRST
    ):
        raise ValueError(text)
    return int(first), int(last)


def position_of(known: str, meta: Meta) -> int | Finding:
    """Give the log position that is asked for: a number, the last one of a day, or the last of all."""
    if not known:
        return meta.position
    if _POSITION.fullmatch(known) and int(known) <= meta.position:
        return int(known)
    try:
        return meta.position_on(days.day(known))
    except ValueError:
        return finding(
            "unknown-position", Place("--known"), found=shown(known), position=meta.position
        )


def jobs(law: Law, asked: Asked, today: int) -> tuple[list[Job], list[Finding]]:
    """Say which runs answer a question, programme by programme, cycles in order.

    Without cycles, a programme that has cycles gives the last one judged by the day asked. A day and cycles together re-evaluate.
    """
    findings = [
        finding(
            "unknown-programme",
            Place("--programme"),
            name=shown(id_),
            nearest=nearest(id_, list(law.programmes)),
        )
        for id_ in asked.programmes
        if id_ not in law.programmes
    ]
    wanted = [id_ for id_ in law.programmes if not asked.programmes or id_ in asked.programmes]
    on = today if asked.on is None else asked.on
    found = [job for id_ in wanted for job in _jobs(law.programmes[id_], asked, on)]
    if not found and not findings:
        findings.append(finding("nothing-to-judge", Place("--on, --cycle"), day=days.text(on)))
    return found, findings


def _jobs(family: tuple[n.Programme, ...], asked: Asked, on: int) -> Iterator[Job]:
    cyclic = tuple(p for p in family if p.cycle.kind)
    live = next((p for p in family if not p.cycle.kind and applies(p, on=on)), None)
    if live and asked.cycles is None:
        yield Job(family, live, None, on)
    if not cyclic:
        return
    if asked.cycles is not None:
        for cycle in range(asked.cycles[0], asked.cycles[1] + 1):
            version = _version(cyclic, cycle)
            if version:
                yield Job(cyclic, version, cycle, asked.on)
        return
    for cycle in range(days.parts(on)[0], days.YEAR_FIRST, -1):
        version = _version(cyclic, cycle)
        if version and judged_day(version.cycle, cycle) <= on:
            yield Job(cyclic, version, cycle, None)
            return


def _version(family: Iterable[n.Programme], cycle: int) -> n.Programme | None:
    return next((p for p in family if applies(p, cycle=cycle)), None)


def first_cycle(family: Iterable[n.Programme], cycle: int) -> int:
    """Give the cycle in which the chain of carried state begins: the family's first, or the cycle itself where nothing is carried."""
    versions = tuple(family)
    firsts = [p.cycle.first for p in versions]
    carries = any(p.grades and p.grades.carries for p in versions)
    known = [first for first in firsts if first is not None]
    if not carries or len(known) < len(firsts):
        return cycle
    return min(known)
