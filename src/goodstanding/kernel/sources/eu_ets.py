"""EU emissions trading: the registry's accounts and their years become units, holders and records `eu.ets.account_year`.

Two files, in any order and number: the years (account, year, allocated, verified, surrendered) and the accounts with their holders. The registry's own
compliance code is never read: it is what a programme must find by itself. docs/sources/eu-ets.md says what is done with each trap.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import Version
from goodstanding.kernel.sources import (
    TEXT_MAX,
    Entry,
    Findings,
    Header,
    OrganisationRow,
    Row,
    Table,
    Taken,
    UnitRow,
    data_rows,
    lacks,
    plain_text,
    read_header,
    settle,
)
from goodstanding.kernel.sources.eu_ets_holders import form_of_holder

SOURCE = "eu_ets"
RECORD_TYPE = "eu.ets.account_year"
AUTHORITY = "eu.commission"

_YEARS = ("account_id", "year", "allocated", "verified_tco2e", "surrendered")
_HOLDERS = (
    "account_id",
    "national_administrator",
    "account_holder_name",
    "company_registration_number",
)
# Read where they are there.
_MORE = (
    "lei", "holder_country", "installation_name", "main_activity", "permit_entry_date", "permit_expiry_date",
    "initial_emissions_year", "final_emissions_year",
)  # fmt: skip
# Known and left where they are; the compliance code above all.
_LEFT = (
    "compliance_code", "account_status", "holder_city", "installation_id", "installation_country", "permit_id",
    "subsidiary_undertaking_name", "parent_undertaking_name", "eprtr_id",
)  # fmt: skip
_NAMES = {name: name for name in (*_YEARS, *_HOLDERS, *_MORE, *_LEFT)}

TONNES_MAX = 10**12
# The scheme began on this day. The files name only today's holder: it is registered as holder throughout.
SCHEME_BEGAN = days.of(2005, 1, 1)
_YEAR_LAST = 2099
_DATE_YEARS = (1950, 2035)
_NUMBER = re.compile(r"[0-9]{1,15}")
_SEVERAL = re.compile(r"(?=.*\s|.*\*)(?:[0-9]+|\*+)(?:\s+(?:[0-9]+|\*+))*")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

_COUNTRIES: Mapping[str, str] = dict(
    pair.split("=")
    for pair in (
        "Austria=AT|Belgium=BE|Bulgaria=BG|Croatia=HR|Cyprus=CY|Czech Republic=CZ|Czechia=CZ|Denmark=DK|Estonia=EE|Finland=FI"
        "|France=FR|Germany=DE|Greece=GR|Hungary=HU|Iceland=IS|Ireland=IE|Italy=IT|Latvia=LV|Liechtenstein=LI|Lithuania=LT"
        "|Luxembourg=LU|Malta=MT|Netherlands=NL|Northern Ireland=GB|Norway=NO|Poland=PL|Portugal=PT|Romania=RO|Slovakia=SK"
        "|Slovenia=SI|Spain=ES|Sweden=SE|United Kingdom=GB|Gibraltar=GI|Cayman Islands=KY|Switzerland=CH|United States=US"
        "|Jersey=JE|Guernsey=GG|Isle of Man=IM|Monaco=MC|Bermuda=BM|British Virgin Islands=VG|Canada=CA|Japan=JP|Turkey=TR"
    ).split("|")
)


@dataclass(frozen=True, slots=True)
class _Year:
    """What the registry says of one account in one year."""

    account: str
    year: int
    allocated: int | None
    verified: int | None
    surrendered: int | None
    not_reported: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class _Account:
    """What the registry says of one account and its holder."""

    account: str
    registry: str
    holder: str
    number: str
    lei: str
    country: str
    installation: str
    activity: str


def take(tables: Sequence[Table]) -> Taken:
    """Take the files of the registry in."""
    found = Findings()
    years: list[Entry[_Year]] = []
    accounts: list[Entry[_Account]] = []
    files = {"years": 0, "holders": 0}
    for table in tables:
        header = read_header(table, _NAMES, _is_header, found)
        if header is None:
            continue
        kind = "years" if "year" in header.at else "holders"
        if lacks(header, _YEARS if kind == "years" else _HOLDERS, found):
            continue
        files[kind] += 1
        before = len(years) + len(accounts)
        if kind == "years":
            years += _years(header, found)
        else:
            accounts += _accounts(header, found)
        if len(years) + len(accounts) == before:
            found.add(finding("no-data", Place(table.file)))
    settled_years = [e.content for e in settle(years, "account_id, year", found)]
    settled = {e.content.account: e for e in settle(accounts, "account_id", found)}
    organisations, units = _holders(settled, {y.account for y in settled_years}, files, found)
    return Taken(
        SOURCE,
        (None,),
        tuple(organisations),
        tuple(units),
        tuple(_version(y) for y in settled_years),
        tuple(found.kept),
        dict(found.counts),
    )


def _is_header(columns: frozenset[str]) -> bool:
    return "account_id" in columns and ("year" in columns or "account_holder_name" in columns)


# --------------------------------------------------------------------------------------------------
# Years


def _years(header: Header, found: Findings) -> Iterator[Entry[_Year]]:
    for row in data_rows(header, found):
        wrong: list[Finding] = []
        year = _year(header, row, wrong)
        found.add(*wrong)
        if not any(f.refuses for f in wrong):
            yield Entry(header.place(row), (year.account, year.year), year)


def _year(header: Header, row: Row, wrong: list[Finding]) -> _Year:
    account = header.cell(row, "account_id")
    if not _NUMBER.fullmatch(account):
        wrong.append(header.wrong(row, "key-missing", "account_id", account))
    year = header.cell(row, "year")
    number = int(year) if re.fullmatch(r"[0-9]{4}", year) else 0
    if not SCHEME_FIRST <= number <= _YEAR_LAST:
        wrong.append(header.wrong(row, "not-a-year", "year", year))
    allocated = header.cell(row, "allocated")
    if _SEVERAL.fullmatch(allocated):
        wrong.append(header.note(row, "several-allocations", "allocated", allocated))
        allocated = ""
    verified = header.cell(row, "verified_tco2e")
    word = " ".join(verified.casefold().split())
    flagged = word in {"not reported", "excluded"}
    return _Year(
        account,
        number,
        _tonnes(header, row, "allocated", allocated, wrong),
        None if flagged else _tonnes(header, row, "verified_tco2e", verified, wrong),
        _tonnes(header, row, "surrendered", header.cell(row, "surrendered"), wrong),
        word == "not reported",
        word == "excluded",
    )


SCHEME_FIRST = 2005


def _tonnes(header: Header, row: Row, column: str, text: str, wrong: list[Finding]) -> int | None:
    """Read whole tonnes; an empty cell is missing, never zero."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        wrong.append(header.wrong(row, "not-a-whole-number", column, text))
        return None
    if int(text) > TONNES_MAX:
        wrong.append(header.wrong(row, "number-too-large", column, text, high=TONNES_MAX))
        return None
    return int(text)


def _version(year: _Year) -> Version:
    return Version(
        RECORD_TYPE,
        1,
        f"{RECORD_TYPE}:{year.account}:{year.year}",
        year.account,
        1,
        values={
            "year_end": days.of(year.year, 12, 31),
            "allocated": year.allocated,
            "verified": year.verified,
            "surrendered": year.surrendered,
            "not_reported": year.not_reported,
            "excluded": year.excluded,
            "certainty": "decided",
            "authority": AUTHORITY,
        },
    )


# --------------------------------------------------------------------------------------------------
# Accounts and holders


def _accounts(header: Header, found: Findings) -> Iterator[Entry[_Account]]:
    for row in data_rows(header, found):
        account = header.cell(row, "account_id")
        if not _NUMBER.fullmatch(account):
            found.add(header.wrong(row, "key-missing", "account_id", account))
            continue
        for column in ("permit_entry_date", "permit_expiry_date"):
            if not _is_day(header.cell(row, column)):
                found.add(header.note(row, "date-out-of-range", column, header.cell(row, column)))
        for column in ("initial_emissions_year", "final_emissions_year"):
            if not _is_year(header.cell(row, column)):
                found.add(header.note(row, "date-out-of-range", column, header.cell(row, column)))
        lei = header.cell(row, "lei").upper()
        if lei and not lei_fits(lei):
            found.add(header.note(row, "lei-fails", "lei", lei))
            lei = ""
        yield Entry(
            header.place(row),
            account,
            _Account(
                account,
                plain_text(header.cell(row, "national_administrator")),
                _text(header, row, "account_holder_name", found),
                _text(header, row, "company_registration_number", found),
                lei,
                plain_text(header.cell(row, "holder_country")),
                _text(header, row, "installation_name", found),
                _text(header, row, "main_activity", found),
            ),
        )


def _text(header: Header, row: Row, column: str, found: Findings) -> str:
    text = plain_text(header.cell(row, column))
    if len(text) > TEXT_MAX:
        found.add(header.note(row, "text-too-long", column, "", high=TEXT_MAX))
        return ""
    return text


def _is_day(text: str) -> bool:
    """Tell whether a cell is empty or a day that can be meant."""
    match = _DAY.fullmatch(text)
    if match is None:
        return not text
    year, month, dom = map(int, match.groups())
    try:
        days.of(year, month, dom)
    except ValueError:
        return False
    return _DATE_YEARS[0] <= year <= _DATE_YEARS[1]


def _is_year(text: str) -> bool:
    """Tell whether a cell is empty, 0 (no year) or a year that can be meant."""
    if text in {"", "0"}:
        return True
    return bool(re.fullmatch(r"[0-9]{4}", text)) and _DATE_YEARS[0] <= int(text) <= _DATE_YEARS[1]


def lei_fits(lei: str) -> bool:
    """Tell whether a legal entity identifier has its form and its check (ISO 7064, modulus 97 leaves 1).

    >>> lei_fits("529900T8BM49AURSDO55"), lei_fits("1122AA223344AA11AA22")
    (True, False)
    """
    return bool(_LEI.fullmatch(lei)) and int("".join(str(int(c, 36)) for c in lei)) % 97 == 1


def _holders(
    accounts: Mapping[str, Entry[_Account]],
    with_years: set[str],
    files: Mapping[str, int],
    found: Findings,
) -> tuple[list[OrganisationRow], list[UnitRow]]:
    organisations: dict[str, OrganisationRow] = {}
    units: list[UnitRow] = []
    for account, entry in accounts.items():
        holder = _holder(entry, found)
        known = organisations.setdefault(holder.subject, holder)
        if holder != known:
            organisations[holder.subject] = _reconciled(known, holder, entry.place, found)
        of = entry.content
        units.append(
            UnitRow(
                account, holder.subject, SCHEME_BEGAN, of.installation or None, of.activity or None
            )
        )
        if files["years"] and account not in with_years:
            found.add(finding("account-without-years", entry.place, severity=Severity.NOTE))
    alone = sorted(with_years - accounts.keys(), key=int)
    if alone and not files["holders"]:
        found.add(finding("no-holder-file", Place(""), severity=Severity.NOTE))
    if accounts and not files["years"]:
        found.add(finding("no-years-file", Place(""), severity=Severity.NOTE))
    for account in alone:
        if files["holders"]:
            found.add(
                finding(
                    "account-without-holder", Place(""), severity=Severity.NOTE, account=account
                )
            )
        local = _local(account, Form.ORGANISATION, _ACCOUNT_VOUCHED, None)
        organisations[local.subject] = local
        units.append(UnitRow(account, local.subject, SCHEME_BEGAN))
    return list(organisations.values()), units


_ACCOUNT_VOUCHED = "eu_ets: the account itself is judged, as the operator account of an installation; its holder is not named"


def _local(
    account: str, form: Form, vouched_by: str | None, country: str | None
) -> OrganisationRow:
    """Make the subject of one account alone, without a name: it is joined with nothing."""
    return OrganisationRow(
        f"eu.ets.account:{account}", None, country, "account", account, form, vouched_by
    )


def _holder(entry: Entry[_Account], found: Findings) -> OrganisationRow:
    """Make the registered holder: the same registry, number and name to the letter are one, anything else is apart.

    Without a number that can tell organisations apart the account stands alone: words such as UNIVERSITY are shared.
    """
    of = entry.content
    form, why = form_of_holder(of.registry, of.holder, of.number)
    country = _COUNTRIES.get(of.country)
    if of.country and country is None:
        found.add(
            finding("country-unknown", entry.place, severity=Severity.NOTE, column="holder_country")
        )
    if not form.is_judged:
        note = finding(
            "holder-not-vouched", entry.place, severity=Severity.NOTE, column="account_holder_name"
        )
        found.add(note)
        return _local(of.account, form, None, country)
    vouched_by = f"eu_ets: {why}"
    if not of.holder or not re.search(r"[0-9]", of.number):
        return replace(_local(of.account, form, vouched_by, country), name=of.holder or None)
    key = f"{of.registry}\x1f{of.number}\x1f{of.holder}"
    subject = "eu.ets.holder:" + hashlib.sha256(key.encode()).hexdigest()[:24]
    kind, identifier = ("lei", of.lei) if of.lei else ("registration number", of.number)
    return OrganisationRow(subject, of.holder, country, kind, identifier, form, vouched_by)


def _reconciled(
    known: OrganisationRow, again: OrganisationRow, place: Place, found: Findings
) -> OrganisationRow:
    """Keep the first of what two accounts of one holder say; a legal entity identifier is preferred to a number."""
    better = known
    if known.identifier_kind != "lei" and again.identifier_kind == "lei":
        better = replace(known, identifier_kind="lei", identifier=again.identifier)
    elif known.identifier_kind == again.identifier_kind and known.identifier != again.identifier:
        found.add(finding("holder-differs", place, severity=Severity.NOTE, column="lei"))
    if known.jurisdiction != again.jurisdiction:
        found.add(finding("holder-differs", place, severity=Severity.NOTE, column="holder_country"))
    return better


def years_of(records: Iterable[Version]) -> frozenset[int]:
    """Give the years of which records were taken: the cycles that can be judged."""
    return frozenset(days.parts(int(str(r.values["year_end"])))[0] for r in records)
