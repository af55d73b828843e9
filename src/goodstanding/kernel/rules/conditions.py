"""The conditions of a programme's rules: each asked once per subject, and only where something it reads is on record."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.meaning import Env, test
from goodstanding.kernel.rules.walk import inside, names_read

# Stands for the day a decision opened wherever names and record types are compared: it differs from subject to subject.
OPENED = ""


def opened(node: object) -> frozenset[str]:
    """Give OPENED if a node reads the day a decision opened."""
    return frozenset({OPENED} if n.Now(n.Moment.OPENED) in inside(node) else ())


class Conditions:
    """The conditions of all rules in a row, so that each is asked once per subject, and not at all where nothing it reads is on record.

    A condition that reads the score is asked per result (shown, worst), the others once.
    """

    def __init__(self) -> None:
        self.asked: list[Callable[[Env], tuple[bool | None, bool]]] = []
        self.reads: list[frozenset[str]] = []
        self.late: frozenset[int] = frozenset()

    def add(self, *limbs: n.Limb) -> int:
        """Take in a condition; gives its place."""
        self.asked.append(ground_of(limbs))
        self.reads.append(names_read(limbs) | opened(limbs))
        if "score" in self.reads[-1]:
            self.late |= {len(self.asked) - 1}
        return len(self.asked) - 1


Truths = list[tuple[bool | None, bool]]
NO = (False, False)


def ground_of(limbs: tuple[n.Limb, ...]) -> Callable[[Env], tuple[bool | None, bool]]:
    """Make the closure of a ground: its truth, and whether it stands on an exception that was not shown."""
    tests = [(test(limb.when), test(limb.unless) if limb.unless else None) for limb in limbs]
    if len(tests) == 1 and tests[0][1] is None:
        only = tests[0][0]
        return lambda env: (only(env), False)

    def ground(env: Env) -> tuple[bool | None, bool]:
        result: bool | None = False
        not_shown = False
        for when, unless in tests:
            truth = when(env)
            excepted = unless(env) if unless else False
            if excepted:
                continue
            if truth:
                if excepted is False:
                    return True, False
                result, not_shown = True, True
            elif truth is None and result is False:
                result = None
        return result, not_shown

    return ground


def any_open(truths: Truths, which: Iterable[int]) -> bool:
    """Tell whether one of these conditions is undecided, or stands on an exception that was not shown."""
    for k in which:
        truth, not_shown = truths[k]
        if truth is None or not_shown:
            return True
    return False
