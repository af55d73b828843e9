"""Random histories: the versions of records of a few subjects, full of ties, month ends, gaps, links and corrections."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from goodstanding.kernel import days
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from tests.agreement.laws import WORDS, Law

# Days on which windows, cycles and months turn, and 29 February.
_DAYS = tuple(
    days.day(d)
    for d in (
        "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2024-12-31",
        "2025-01-01", "2025-01-31", "2025-02-28", "2025-03-01", "2025-06-30", "2025-12-31", "2026-01-01", "2026-03-31",
        "2023-02-28", "2022-02-28", "2026-12-31", "2027-01-01",
    )
)  # fmt: skip
_CERTAINTIES = (
    *(c.value for c in n.Certainty if c.counts),
    "final",
    "final",
    "decided",
    "final",
    "final",
    "alleged",
    "suspended",
    "annulled",
)
_SMALL = (
    0,
    0,
    1,
    1,
    2,
    3,
    5,
    7,
    50,
    250,
    2500,
    5000,
    10_000,
    10_050,
    100_000,
    999_999,
    1_000_000,
    9_999_999,
)


@dataclass(frozen=True)
class History:
    """One subject with the versions of its records; `holder` is another id for units."""

    subject: str
    versions: tuple[Version, ...]


def histories(law: Law, seed: int, number: int) -> tuple[History, ...]:
    """Make the histories of a seed, each of one subject."""
    rng = Random(seed)  # noqa: S311 - the same seed gives the same histories
    return tuple(_history(law, rng, f"S{i:03}") for i in range(number))


def _history(law: Law, rng: Random, subject: str) -> History:
    # ids that sort differently by byte and by language
    filed = [
        (f"{rng.choice('aBzéÉ中')}{subject}-{i}", rng.choice(sorted(law.types)))
        for i in range(rng.choice((0, 1, 2, 3, 5, 8, 12, 16)))
    ]
    versions = [
        v for record, type_ in filed for v in _versions(law, rng, subject, record, type_, filed)
    ]
    rng.shuffle(versions)
    return History(subject, tuple(versions))


def _versions(
    law: Law, rng: Random, subject: str, record: str, type_: str, filed: list[tuple[str, str]]
) -> list[Version]:
    first = rng.randint(1, 9)
    made = [_version(law, rng, subject, record, type_, filed, first, None)]
    if rng.randrange(4) == 0:
        change = rng.choice((10, 14, 15, 16, 20))
        before = made.pop()
        made.append(_until(before, change))
        if rng.randrange(6):
            made.append(_version(law, rng, subject, record, type_, filed, change, None))
    return made


def _until(v: Version, known_to: int) -> Version:
    return Version(
        v.type, v.version, v.record, v.subject, v.known_from, known_to, v.state, v.values, v.links
    )


def _version(
    law: Law,
    rng: Random,
    subject: str,
    record: str,
    type_: str,
    filed: list[tuple[str, str]],
    known_from: int,
    known_to: int | None,
) -> Version:
    kind = law.types[type_][rng.choice(sorted(law.types[type_]))]
    values: dict[str, FieldValue] = {name: _value(rng, t) for name, t in kind.fields}
    if rng.randrange(12):
        values[kind.counting] = _day(rng)
    values["certainty"] = rng.choice(_CERTAINTIES)
    values["cured"] = _day(rng) if rng.randrange(3) == 0 else None
    values["ended"] = _day(rng) if rng.randrange(4) == 0 else None
    values["decision"] = rng.choice((None, "d1", "d1", "d2", record))
    values["act"] = rng.choice((None, None, None, "a1", "a1", "a2", rng.choice(filed)[0]))
    values["authority"] = rng.choice((None, "o1", "o2"))
    links = {}
    for link in kind.links:
        pick = rng.randrange(10)
        targets = [r for r, t in filed if t == link.to]
        if pick < 6 and targets:
            links[link.name] = rng.choice(targets)
        elif pick == 6:
            links[link.name] = (
                f"aS{rng.randrange(10):03}-{rng.randrange(3)}"  # of another subject, or of none
            )
            if any(r == links[link.name] and t != link.to for r, t in filed):
                del links[link.name]  # a link to another type is refused at filing
    state = rng.choice(("in force",) * 12 + ("annulled", "held"))
    return Version(type_, kind.version, record, subject, known_from, known_to, state, values, links)


def _day(rng: Random) -> int:
    if rng.randrange(2):
        return rng.choice(_DAYS)
    return days.of(rng.randint(2022, 2026), rng.randint(1, 12), rng.randint(1, 28))


def _value(rng: Random, type_: Type) -> FieldValue:
    return None if rng.randrange(5) == 0 else value_of(rng, type_)


def value_of(rng: Random, type_: Type) -> FieldValue:
    """Make a value of a type."""
    match type_.kind:
        case Kind.DATE:
            return _day(rng)
        case Kind.TRUTH:
            return rng.randrange(2) == 0
        case Kind.WORD:
            return rng.choice(WORDS)
        case Kind.CODE:
            return rng.choice(("o1", "o2", "o3", ""))
    low, high = type_.low or 0, type_.high or 0
    pick = rng.randrange(10)
    if pick == 0:
        return high
    value = rng.choice(_SMALL)
    if pick == 1:
        value = rng.randint(0, 20_000)
    return -min(value, -low) if low < 0 and rng.randrange(2) else min(value, high)
