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
        "src/goodstanding/kernel/rules/evaluate.py",
        "says id",
        "keeps the closure made for a law object together with that object, so no id is ever used twice;"
        " hashing a whole law costs more than judging by it",
    ),
    Excepted(
        "bans",
        "src/goodstanding/kernel/rules/evaluate.py",
        "_MADE belongs to the module",
        "the same: what is kept changes how fast the answer comes, never the answer",
    ),
)
