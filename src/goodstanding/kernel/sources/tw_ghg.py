"""Taiwan: yearly greenhouse-gas emissions of factories. Each row becomes a record `tw.ghg.factory_year` of the factory.

Sums that do not add up and figures that jump as no factory does are findings for an officer, never an accusation.
docs/sources/tw-ghg.md says more.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Severity, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import FieldValue
from goodstanding.kernel.sources import (
    Entry,
    Findings,
    Header,
    OrganisationRow,
    Row,
    Table,
    Taken,
    UnitRow,
    settle,
)
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    entries_of,
    minor_units,
    name_in,
    taken,
)

SOURCE = "tw_ghg"
RECORD_TYPE = "tw.ghg.factory_year"
AUTHORITY = "tw.moenv"
VOUCHED = f"{SOURCE}: the list names the registered operator of a factory by a business number whose check fits"
KIND = "factory"
COMPANY = "公司"
LAYOUT = Layout(
    {
        "年度": "year",
        "管制編號": "factory",
        "事業名稱": "name",
        "事業統編": "number",
        "縣市別": "county",
        "行業分類": "industry",
    }
    | {
        f"{column}{unit}": name
        for column, name in (
            ("直接排放量", "direct"),
            ("能源間接排放量", "indirect"),
            ("合計排放量", "total"),
        )
        for unit in ("", "(公噸co2e)")
    },
    ("year", "factory", "name", "number", "direct", "indirect", "total"),
    "factory",
)
ROC_ZERO = 1911
_YEAR = re.compile(r"1[0-9]{2}")
_FACTORY = re.compile(r"[A-Z0-9]{8}")
# Rounding of the parts may move their sum by less than a tonne, in hundredths.
ROUNDING = 100
# From one year to the next, and above a size at which a slip of a unit matters.
JUMP, JUMP_FROM = 100, 1_000_000


@dataclass(frozen=True, slots=True)
class _Year:
    """What was reported for one year of one factory."""

    entry: Entry[Filed]
    year: int
    total: int


def take(tables: Sequence[Table]) -> Taken:
    """Take years in; several files are read together."""
    found = Findings()
    entries = settle(
        (e for t in tables for e in entries_of(t, LAYOUT, _read, found)), "factory", found
    )
    by_factory: dict[str, list[_Year]] = defaultdict(list)
    for entry in entries:
        values = cast("dict[str, int]", dict(entry.content.values))
        year = _Year(entry, days.parts(values["year_end"])[0], values["reported_total"])
        by_factory[_factory(entry.content.record)].append(year)
    units: list[UnitRow] = []
    for factory, years in sorted(by_factory.items()):
        years.sort(key=lambda y: y.year)
        found.add(*_jumps(years))
        units += _units(factory, years)
    listed = taken(SOURCE, entries, "factory", found)
    records = tuple(replace(r, subject=f"tw.factory:{_factory(r.record)}") for r in listed.records)
    return replace(listed, units=tuple(units), records=records)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    year, factory, number = (header.cell(row, c).upper() for c in ("year", "factory", "number"))
    for column, fits in (
        ("year", _YEAR.fullmatch(year)),
        ("factory", _FACTORY.fullmatch(factory)),
        ("number", number_checks(number)),
    ):
        if not fits:
            code = "identifier-malformed" if column == "number" else "key-missing"
            wrong.append(header.wrong(row, code, column, header.cell(row, column)))
    direct, indirect, total = (
        _tonnes(header, row, c, wrong) for c in ("direct", "indirect", "total")
    )
    if any(f.refuses for f in wrong):
        return None
    if direct is not None and indirect is not None and total is not None:
        if abs(direct + indirect - total) >= ROUNDING:
            wrong.append(
                replace(header.wrong(row, "sum-differs", "total"), severity=Severity.WARNING)
            )
    values: dict[str, FieldValue] = {
        "year_end": days.of(int(year) + ROC_ZERO, 12, 31),
        "direct": direct,
        "indirect": indirect,
        "reported_total": total,
        "certainty": "decided",
        "authority": AUTHORITY,
    }
    operator = _operator(header, row, number, wrong)
    return Filed(operator, RECORD_TYPE, f"{SOURCE}:{factory}:{year}", tuple(values.items()))


def _tonnes(header: Header, row: Row, column: str, wrong: list[Finding]) -> int | None:
    """Read tonnes in hundredths; an empty part is missing, a year without total says nothing and is refused."""
    text = header.cell(row, column)
    if not text and column != "total":
        return None
    try:
        return minor_units(text)
    except ValueError:
        wrong.append(header.wrong(row, "amount-unreadable", column, text))
        return None


def _operator(header: Header, row: Row, number: str, wrong: list[Finding]) -> OrganisationRow:
    """Give the operator; its name ends with the word for a company, what follows names the factory."""
    name = name_in(header, row, "name", wrong)
    if name is not None and COMPANY in name:
        name = name[: name.index(COMPANY) + len(COMPANY)]
    return OrganisationRow(
        f"tw.ubn:{number}", name, "TW", "tw.ubn", number, Form.ORGANISATION, VOUCHED
    )


def _factory(record: str) -> str:
    return record.split(":")[1]


def _jumps(years: Sequence[_Year]) -> Iterator[Finding]:
    """Warn of totals a hundred times those of the year before, or a hundredth: a unit or a point may have slipped."""
    for before, after in itertools.pairwise(years):
        low, high = sorted((before.total, after.total))
        if after.year == before.year + 1 and high >= JUMP_FROM and high >= JUMP * low:
            yield finding(
                "year-jumps", after.entry.place, severity=Severity.WARNING, column="total"
            )


def _units(factory: str, years: Sequence[_Year]) -> Iterator[UnitRow]:
    """Give the factory with each operator, from the first year it is named to the first year of the next."""
    begun = [
        (days.of(y.year, 1, 1), y.entry.content.organisation.subject)
        for at, y in enumerate(years)
        if not at
        or years[at - 1].entry.content.organisation.subject != y.entry.content.organisation.subject
    ]
    for (start, holder), following in zip(begun, [*begun[1:], None], strict=True):
        until = None if following is None else following[0]
        yield UnitRow(f"tw.factory:{factory}", holder, start, kind=KIND, valid_to=until)


def number_checks(number: str) -> bool:
    """Tell whether a business number has eight digits whose check fits: the weighed digits' sums are divisible by 5.

    A seventh digit 7 weighs 28: its sum 10 counts as 1 or 0.

    >>> number_checks("12345675"), number_checks("12345678"), number_checks("00000000")
    (True, False, False)
    """
    if not re.fullmatch(r"[0-9]{8}", number) or number == "00000000":
        return False
    total = sum(
        sum(divmod(int(digit) * weight, 10))
        for digit, weight in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)
    )
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)
