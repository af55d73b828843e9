"""Sorts every account-year on which the programme and the registry's code differ into a class of cause, by a predicate anyone can compute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CLASSES: Mapping[str, str] = {
    "C1": "code C, a positive figure and enough units stand in the file: the figure came late, and the file has no date of entry",
    "C2": "code C, verified 0 or empty, nothing handed back: a zero entered late or by the authority",
    "C3": "code C, verified 0 or empty, units handed back",
    "C4": "code C, the figure stands in the file and is not covered: late and short",
    "B1": "code B, no verified figure in the file any more",
    "B2": "code B, verified 0 in the file: the figure was corrected downwards afterwards",
    "B3": "code B, sums of the phase equal to the tonne: handed back after 30 April and booked to the year",
    "B4": "code B, more handed back than emitted in the phase: made good later",
    "B5": "code B, the file says not reported, now or in the year before",
    "A1": "code A, the year itself is covered; an earlier year of the phase (or the phase before) is not",
    "A2": "code A, nothing handed back in the year",
    "A3": "code A, part handed back, short in the phase by 2 % or more",
    "A4": "code A, the year before was never reported",
}


@dataclass(frozen=True)
class AccountYear:
    """One account in one year: the registry's code (read here only), the figures, and what the programme says."""

    account: str
    year: int
    code: str
    verified: int | None
    surrendered: int | None
    due: int  # verified emissions of the phase up to this year
    given: int
    grade: str  # "not judged" where the importer does not vouch for the holder
    reason: str

    @property
    def compared(self) -> bool:
        """Tell whether the registry's code is one of A, B, C (with or without star)."""
        return self.code[:1] in {"A", "B", "C"}


def figures(rows: list[AccountYear]) -> dict[str, int]:
    """Count what the acceptance figures are made of."""
    counts: Counter[str] = Counter()
    for row in rows:
        if row.compared:
            counts["compared"] += 1
            counts[row.code[0]] += 1
            counts[f"{row.code[0]} {row.grade}"] += 1
            counts[row.grade] += 1
            counts["agree"] += row.grade == row.code[0]
    return dict(counts)


def cause(row: AccountYear) -> str:
    """Name the class of a decided difference; raises LookupError for one that has none."""
    verified, surrendered = row.verified or 0, row.surrendered or 0
    match row.code[0], row.grade:
        case "C", "A":
            if verified > 0:
                return "C1"
            return "C3" if surrendered else "C2"
        case "C", "B":
            return "C4"
        case "B", "A":
            if row.verified is None:
                return "B1"
            if verified == 0:
                return "B2"
            return "B3" if row.due == row.given else "B4"
        case "B", "C":
            return "B5"
        case "A", "B":
            if surrendered >= verified:
                return "A1"
            return "A2" if row.surrendered is None else "A3"
        case "A", "C":
            return "A4"
    raise LookupError(row)


def report(rows: list[AccountYear]) -> str:
    """Write the page: the figures, each class with its count and examples, what stays undecided and why."""
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: list[AccountYear]) -> Iterator[str]:
    compared = [r for r in rows if r.compared]
    decided = [r for r in compared if r.grade in {"A", "B", "C"}]
    different = [r for r in decided if r.grade != r.code[0]]
    yield "# EU ETS: where the programme and the registry's code differ"
    yield ""
    yield "Written by `tests/realdata/test_eu_ets.py --golden` from the files of `../shared/data/eu_ets`; the test compares it. The code is read"
    yield "by this comparison only, never by the importer or the rule. Compared are the account-years coded A, B or C (star or not)."
    yield ""
    yield "| code | " + " | ".join(GRADES) + " |"
    yield "|---|" + "---:|" * len(GRADES)
    for code in "ABC":
        counts = Counter(r.grade for r in compared if r.code[0] == code)
        yield f"| {code} | " + " | ".join(str(counts[g]) for g in GRADES) + " |"
    yield ""
    yield f"Of {len(compared)} compared, {len(decided)} are decided, {len(decided) - len(different)} of them alike."
    yield ""
    yield "## Classes of cause"
    yield ""
    yield "| class | account-years | predicate | examples (account, year) |"
    yield "|---|---:|---|---|"
    for name, text in CLASSES.items():
        of_class = sorted((int(r.account), r.year) for r in different if cause(r) == name)
        examples = ", ".join(f"{a} {y}" for a, y in of_class[:3])
        yield f"| {name} | {len(of_class)} | {text} | {examples} |"
    yield f"| all | {len(different)} | | |"
    yield ""
    yield "## Undecided, by the limb that says so"
    yield ""
    yield "| limb | code A | code B | code C |"
    yield "|---|---:|---:|---:|"
    limbs = Counter((r.reason, r.code[0]) for r in compared if r.grade == "undecided")
    for limb in sorted({reason for reason, _ in limbs}):
        yield f"| {limb} | " + " | ".join(str(limbs[limb, code]) for code in "ABC") + " |"
    yield ""
    yield "Not judged are accounts for whose holder the importer does not vouch (eu-ets.md)."


GRADES = ("A", "B", "C", "undecided", "not judged")
