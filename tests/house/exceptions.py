"""The places that may break a rule of the house, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Excepted:
    """A file that may break a rule: the check, the file, words of the rule, and why."""

    check: str
    path: str
    rule: str
    reason: str


EXCEPTIONS = (
    Excepted(
        "purity",
        "src/goodstanding/kernel/rules/once.py",
        "says id",
        "keeps what was worked out for a law object together with that object, so no id is ever used twice;"
        " hashing a whole law costs more than judging by it",
    ),
    Excepted(
        "purity",
        "src/goodstanding/kernel/rules/walk.py",
        "reaches an attribute whose name cannot be read here",
        "walks over the declared fields of the core nodes, whatever they are; it calls nothing it finds",
    ),
    Excepted(
        "purity",
        "src/goodstanding/compile/grades.py",
        "reaches an attribute whose name cannot be read here",
        "reads the dates, truths and effects that the core nodes declare, by the names of two closed lists in the same file",
    ),
)
