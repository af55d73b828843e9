"""A version of a record is known from one log position until another."""

from __future__ import annotations

import pytest

from goodstanding.kernel.record import IN_FORCE, Version


@pytest.mark.parametrize(
    ("known_from", "known_to", "position", "known"),
    [
        (5, None, None, True),
        (5, 9, None, False),  # superseded: not known now
        (5, None, 5, True),
        (5, None, 4, False),
        (5, 9, 8, True),
        (5, 9, 9, False),
        (5, 9, 10, False),
    ],
)
def test_a_version_is_known_half_open(
    known_from: int, known_to: int | None, position: int | None, known: bool
) -> None:
    assert Version("t", 1, "r", "o", known_from, known_to).known_at(position) is known


def test_a_version_is_in_force_unless_it_says_otherwise() -> None:
    made = Version("t", 1, "r", "o", 1)
    assert made.state == IN_FORCE
    assert (dict(made.values), dict(made.links)) == ({}, {})
