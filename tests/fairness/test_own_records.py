"""A standing depends on the subject's own records: changing any other subject's changes nothing (FAIRNESS 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from tests.agreement.histories import History, histories
from tests.agreement.laws import Law, law
from tests.agreement.roads import Rows, interpret, translate

Road = Callable[[Law, Sequence[History]], Rows]
ROADS: dict[str, Road] = {
    "interpreter": lambda made, given: interpret(made, given).rows,
    "SQL": translate,
}
SEEDS = [2, 5, 8, 13, 21, 34, 55, 89]
# The engine takes a second per law.
ASKED = [
    (name, road, seed)
    for name, road in ROADS.items()
    for seed in (SEEDS if name == "interpreter" else SEEDS[:4])
]


def of_subject(rows: Rows, subject: str) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if key[1] == subject}


def other_histories(made: Law, seed: int) -> tuple[History, ...]:
    """Make other records for the same subjects."""
    return histories(made, seed + 1_000, 8)


def linked_to(history: History, target: str) -> History:
    """Let every link of a history end at a record of somebody else."""
    return replace(
        history,
        versions=tuple(replace(v, links=dict.fromkeys(v.links, target)) for v in history.versions),
    )


def changes(
    made: Law, seed: int, subject: str
) -> dict[str, Callable[[tuple[History, ...]], tuple[History, ...]]]:
    """Say what may happen to all subjects but the first."""
    others = [h for h in other_histories(made, seed) if h.subject != subject]

    def pointing(given: tuple[History, ...]) -> tuple[History, ...]:
        mine = next((v.record for v in given[0].versions), "nothing")
        return (given[0], *(linked_to(h, mine) for h in given[1:]))

    return {
        "they have other records": lambda given: (given[0], *others),
        "they have no records": lambda given: (
            given[0],
            *(replace(h, versions=()) for h in given[1:]),
        ),
        "they are not there": lambda given: given[:1],
        "their links end at this subject's records": pointing,
        "their records have this subject's acts": lambda given: (
            given[0],
            *(_with_acts(h, given[0].versions) for h in given[1:]),
        ),
    }


def _with_acts(history: History, own: Sequence[Version]) -> History:
    acts = [v.values["act"] or v.record for v in own] or [None]
    return replace(
        history,
        versions=tuple(
            replace(v, values={**v.values, "act": acts[i % len(acts)]})
            for i, v in enumerate(history.versions)
        ),
    )


@pytest.mark.parametrize(
    ("road", "seed"), [row[1:] for row in ASKED], ids=[f"{row[0]}, law {row[2]}" for row in ASKED]
)
def test_changing_any_other_subjects_records_changes_nothing(road: Road, seed: int) -> None:
    made = law(seed)
    given = histories(made, seed, 8)
    first = max(given, key=lambda h: len(h.versions))
    subject = first.subject
    given = (first, *(h for h in given if h is not first))
    before = of_subject(road(made, given), subject)
    for name, change in changes(made, seed, subject).items():
        after = of_subject(road(made, change(given)), subject)
        assert after == before, name


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
def test_changing_ones_own_records_does_change_something(road: Road) -> None:
    """Otherwise the test above would see nothing."""
    changed = 0
    for seed in SEEDS[:4]:
        made = law(seed)
        given, others = histories(made, seed, 4), other_histories(made, seed)
        subject = given[0].subject
        exchanged = (replace(others[0], subject=subject), *given[1:])
        changed += of_subject(road(made, given), subject) != of_subject(
            road(made, exchanged), subject
        )
    assert changed >= 2


def test_a_link_of_ones_own_to_somebody_elses_record_reaches_nothing() -> None:
    for seed in SEEDS[:4]:
        made = law(seed)
        given = histories(made, seed, 6)
        foreign = next((v.record for h in given[1:] for v in h.versions), None)
        if foreign is None:
            continue
        pointing = (linked_to(given[0], foreign), *given[1:])
        nowhere = (linked_to(given[0], "no such record"), *given[1:])
        for road in ROADS.values():
            assert of_subject(road(made, pointing), given[0].subject) == of_subject(
                road(made, nowhere), given[0].subject
            )


def test_the_language_has_no_node_that_names_another_subject() -> None:
    names = {kind.__name__.lower() for kind in vars(n).values() if isinstance(kind, type)}
    for part in ("subject", "other", "relation", "group", "parent"):
        assert not [name for name in names if part in name], part
