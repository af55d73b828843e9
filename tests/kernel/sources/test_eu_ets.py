"""Named situations of the EU registry's files: what is taken, what is missing, what is refused and why."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.finding import Place, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import Table, eu_ets
from tests.kernel.sources.official_rows import refused, said, table

HEADER = ("account_id", "year", "allocated", "verified_tco2e", "surrendered", "compliance_code")
HOLDERS = (
    "account_id", "national_administrator", "account_holder_name", "company_registration_number", "lei",
    "holder_country", "installation_name", "main_activity", "permit_entry_date", "initial_emissions_year",
)  # fmt: skip


def years(*rows):
    return eu_ets.take([table(HEADER, *rows)])


def holder(account="1", **other):
    cells = {
        "national_administrator": "Austria", "account_holder_name": "Muster Zucker GmbH",
        "company_registration_number": "FN 1 a", "lei": "", "holder_country": "Austria",
        "installation_name": "Werk Eins", "main_activity": "20-Combustion of fuels", "permit_entry_date": "",
        "initial_emissions_year": "",
    }  # fmt: skip
    return (account, *(cells | other).values())


def figures(taken):
    names = ("allocated", "verified", "surrendered", "not_reported", "excluded")
    return [tuple(r.values[n] for n in names) for r in taken.records]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(
            ("269940", "87923", "87923"), (269940, 87923, 87923, False, False), id="plain"
        ),
        pytest.param(("", "", ""), (None, None, None, False, False), id="empty is missing"),
        pytest.param(("0", "0", "0"), (0, 0, 0, False, False), id="zero is zero"),
        pytest.param((" 1 ", "\xa02", "3 "), (1, 2, 3, False, False), id="outer blanks"),
        pytest.param(("1", "Not Reported", ""), (1, None, None, True, False), id="not reported"),
        pytest.param(("1", "Excluded", "4"), (1, None, 4, False, True), id="excluded"),
        pytest.param(
            ("1", "not  reported", ""),
            (1, None, None, True, False),
            id="not reported, other blanks",
        ),
        pytest.param(
            ("659284  129360  *****", "5", "5"),
            (None, 5, 5, False, False),
            id="several allocations",
        ),
        pytest.param(("*****", "5", "5"), (None, 5, 5, False, False), id="only stars"),
        pytest.param(("1", str(10**12), "5"), (1, 10**12, 5, False, False), id="at the bound"),
    ],
)
def test_a_cell_becomes_a_number_a_flag_or_missing(cells, expected):
    assert figures(years(("1", "2012", *cells, "A"))) == [expected]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(("", "2012", "1", "1", "1", "A"), "key-missing", id="no account"),
        pytest.param(("12a", "2012", "1", "1", "1", "A"), "key-missing", id="account is no number"),
        pytest.param(("1", "2004", "1", "1", "1", "A"), "not-a-year", id="before the scheme"),
        pytest.param(("1", "12", "1", "1", "1", "A"), "not-a-year", id="two digits"),
        pytest.param(("1", "2012.0", "1", "1", "1", "A"), "not-a-year", id="a decimal year"),
        pytest.param(("1", "2012", "1", "-5", "1", "A"), "not-a-whole-number", id="negative"),
        pytest.param(("1", "2012", "1", "5.0", "1", "A"), "not-a-whole-number", id="decimal"),
        pytest.param(("1", "2012", "1", "1,234", "1", "A"), "not-a-whole-number", id="separator"),
        pytest.param(("1", "2012", "1", "1e5", "1", "A"), "not-a-whole-number", id="exponent"),
        pytest.param(
            ("1", "2012", "1", "٣", "1", "A"), "not-a-whole-number", id="digits of another script"
        ),
        pytest.param(
            ("1", "2012", "1", "1", "Not Reported", "A"),
            "not-a-whole-number",
            id="word in surrendered",
        ),
        pytest.param(
            ("1", "2012", "n/a", "1", "1", "A"), "not-a-whole-number", id="word in allocated"
        ),
        pytest.param(
            ("1", "2012", "1", "9" * 5000, "1", "A"), "not-a-whole-number", id="endless digits"
        ),
        pytest.param(
            ("1", "2012", "1", str(10**12 + 1), "1", "A"), "number-too-large", id="beyond the bound"
        ),
        pytest.param(("1", "2012", "1", "1"), "row-width", id="too few cells"),
        pytest.param(("1", "2012", "1", "1", "1", "A", "x"), "row-width", id="too many cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_next_is_taken(row, code):
    taken = years(row, ("2", "2012", "1", "1", "1", "A"))
    assert refused(taken) == [(code, 2)]
    assert [r.subject for r in taken.records] == ["2"]


def test_several_faults_of_one_row_are_all_said():
    taken = years(("1", "2012", "x", "-1", "1.5", "A"))
    assert [c for _, _, c in said(taken) if c] == ["allocated", "verified_tco2e", "surrendered"]


def test_a_fault_shows_the_shape_of_a_cell_and_never_its_text():
    taken = years(("1", "2012", "1", "-12.5 Maria", "1", "A"))
    assert taken.findings[0].found == "-99.9 aaaaa"


def test_the_compliance_code_is_nowhere_and_need_not_be_there():
    row = ("1", "2012", "3", "2", "1")
    with_code, blank = years((*row, "C")), years((*row, ""))
    without = eu_ets.take([table(HEADER[:5], row)])
    assert with_code.records == blank.records == without.records
    assert not any(word in str(with_code.records) for word in ("compliance", "'C'"))


def test_other_years_and_columns_are_taken():
    later = (*HEADER, "reserve", "year_of_import")
    taken = eu_ets.take(
        [
            table(
                later,
                ("1", "2024", "1", "2", "3", "A", "x", "y"),
                ("1", "2013", "", "2", "3", "", "", ""),
            )
        ]
    )
    assert [r.values["year_end"] for r in taken.records] == [
        days.day("2024-12-31"),
        days.day("2013-12-31"),
    ]
    assert [c for code, _, c in said(taken) if code == "unknown-column"] == [
        "reserve",
        "year_of_import",
    ]


def test_a_repeated_row_is_dropped_and_contradicting_ones_are_all_refused():
    row, other = ("1", "2012", "1", "2", "3", "A"), ("2", "2012", "1", "2", "3", "A")
    taken = years(row, row, other, ("2", "2012", "1", "2", "4", "A"))
    assert [r.subject for r in taken.records] == ["1"]
    assert [(c, n) for c, n, _ in said(taken) if c.startswith("row")] == [
        ("row-repeated", 3), ("rows-contradict", 4), ("rows-contradict", 5),
    ]  # fmt: skip


def test_rows_of_several_files_are_taken_together():
    first, second = (
        table(HEADER, ("1", y, "1", "2", "3", "A"), file=f"{y}.csv") for y in ("2012", "2013")
    )
    assert len(eu_ets.take([first, second]).records) == 2


def test_years_alone_make_each_account_a_subject_without_name():
    taken = years(("7", "2012", "1", "2", "3", "A"))
    (organisation,), (unit,) = taken.organisations, taken.units
    assert (organisation.subject, organisation.name, organisation.identifier) == (
        "eu.ets.account:7",
        None,
        "7",
    )
    assert organisation.form is Form.ORGANISATION
    assert organisation.vouched_by
    assert (unit.unit, unit.holder, days.text(unit.valid_from)) == (
        "7",
        "eu.ets.account:7",
        "2005-01-01",
    )
    assert taken.counts["no-holder-file"] == 1


def both(*holders, rows=(("1", "2012", "1", "2", "3", "A"), ("2", "2012", "1", "2", "3", "A"))):
    return eu_ets.take([table(HOLDERS, *holders), table(HEADER, *rows)])


def holders_of(taken):
    return [u.holder for u in sorted(taken.units, key=lambda u: u.unit)]


@pytest.mark.parametrize(
    ("second", "same"),
    [
        pytest.param({}, True, id="equal to the letter"),
        pytest.param({"account_holder_name": " Muster\xa0Zucker  GmbH"}, True, id="other blanks"),
        pytest.param({"account_holder_name": "Muster Zucker Gmbh"}, False, id="other case"),
        pytest.param({"company_registration_number": "FN 2 b"}, False, id="other number"),
        pytest.param({"national_administrator": "Germany"}, False, id="other registry"),
        pytest.param({"lei": "529900T8BM49AURSDO55"}, True, id="identifier on one account only"),
    ],
)
def test_accounts_have_one_holder_only_where_registry_number_and_name_are_equal(second, same):
    first, other = holders_of(both(holder("1"), holder("2", **second)))
    assert (first == other) is same


@pytest.mark.parametrize(
    "number", ["", "University", "n.a. Körperschaft des öffentl. Rechts", "MOD"]
)
def test_words_and_empty_numbers_join_nothing(number):
    shared = {"account_holder_name": "University of Muster", "company_registration_number": number}
    assert holders_of(both(holder("1", **shared), holder("2", **shared))) == [
        "eu.ets.account:1",
        "eu.ets.account:2",
    ]


@pytest.mark.parametrize(
    ("lei", "identifier"),
    [
        pytest.param("529900t8bm49aursdo55", ("lei", "529900T8BM49AURSDO55"), id="lower case"),
        pytest.param("43700H0UCVNPOGDUF25", ("registration number", "FN 1 a"), id="19 signs"),
        pytest.param("1122AA223344AA11AA22", ("registration number", "FN 1 a"), id="invented"),
        pytest.param("529900T8BM49AURSDO56", ("registration number", "FN 1 a"), id="check fails"),
        pytest.param("", ("registration number", "FN 1 a"), id="none"),
    ],
)
def test_a_legal_entity_identifier_counts_only_if_its_check_fits(lei, identifier):
    taken = both(holder("1", lei=lei))
    organisation = taken.organisations[0]
    assert (organisation.identifier_kind, organisation.identifier) == identifier
    assert taken.counts.get("lei-fails", 0) == (bool(lei) and identifier[0] != "lei")


@pytest.mark.parametrize(
    ("day", "noted"),
    [
        ("2005-01-26", 0),
        ("", 0),
        ("0011-06-21", 1),
        ("5490-06-30", 1),
        ("12013-01-01", 1),
        ("2005-02-30", 1),
        ("1949-12-31", 1),
        ("2035-12-31", 0),
    ],
)
def test_a_permit_day_in_no_possible_year_is_noted_and_the_row_kept(day, noted):
    taken = both(holder("1", permit_entry_date=day))
    assert taken.counts.get("date-out-of-range", 0) == noted
    assert len(taken.units) == 2


@pytest.mark.parametrize(
    ("year", "noted"), [("2005", 0), ("0", 0), ("", 0), ("20055", 1), ("1", 1)]
)
def test_year_zero_is_no_year_and_an_impossible_one_is_noted(year, noted):
    assert (
        both(holder("1", initial_emissions_year=year)).counts.get("date-out-of-range", 0) == noted
    )


def test_accounts_in_one_file_only_are_taken_and_noted():
    taken = both(holder("1"), holder("3"))
    assert sorted(u.unit for u in taken.units) == ["1", "2", "3"]
    assert taken.counts["account-without-holder"] == 1
    assert taken.counts["account-without-years"] == 1


def test_holders_alone_are_registered_and_it_is_said_that_there_is_nothing_to_judge():
    taken = eu_ets.take([table(HOLDERS, holder("1"))])
    assert (len(taken.units), len(taken.records), taken.counts["no-years-file"]) == (1, 0, 1)


def test_a_holder_not_vouched_for_is_registered_without_name_and_not_judged():
    taken = both(
        holder("1", account_holder_name="Erika Muster"),
        holder("2", account_holder_name="Muster e.K."),
    )
    assert [(o.name, o.form.value, o.vouched_by) for o in taken.organisations] == [
        (None, "unknown", None), (None, "person-like", None),
    ]  # fmt: skip
    assert "Muster" not in str([*taken.organisations, *taken.findings])


def test_two_rows_of_one_account_that_contradict_leave_it_to_itself():
    taken = both(holder("1"), holder("1", account_holder_name="Andere GmbH"))
    assert refused(taken) == [("rows-contradict", 2), ("rows-contradict", 3)]
    assert [u.holder for u in taken.units] == ["eu.ets.account:1", "eu.ets.account:2"]


def test_accounts_of_one_holder_that_disagree_are_noted():
    leis = ("529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12")
    rows = (holder("1", lei=leis[0]), holder("2", lei=leis[1], holder_country="Germany"))
    taken = both(*rows)
    assert [c for code, _, c in said(taken) if code == "holder-differs"] == [
        "lei",
        "holder_country",
    ]
    assert (taken.organisations[0].identifier, taken.organisations[0].jurisdiction) == (
        leis[0],
        "AT",
    )


def test_an_unknown_country_and_an_endless_name_are_noted():
    taken = both(holder("1", holder_country="Atlantis", installation_name="W" * 401))
    assert {"country-unknown", "text-too-long"} <= set(taken.counts)
    assert taken.organisations[0].jurisdiction is None


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param((), "no-rows", id="empty"),
        pytest.param((("a", "b"), ("1", "2")), "no-header", id="another file"),
        pytest.param(tuple(("x",) for _ in range(100)), "no-header", id="a long text"),
        pytest.param((HEADER,), "no-data", id="header only"),
        pytest.param((HEADER, ("1", "x", "", "", "", "")), "no-data", id="nothing readable"),
        pytest.param((HEADER[:4],), "required-column-absent", id="a column missing"),
        pytest.param(
            (("account_id", "account_holder_name"),),
            "required-column-absent",
            id="holders incomplete",
        ),
        pytest.param((("account_id", *HEADER),), "column-twice", id="a column twice"),
        pytest.param(
            ((";".join(HEADER),), ("1;2012;1;1;1;A",)), "wrong-separator", id="semicolons"
        ),
        pytest.param((("\t".join(HEADER),),), "wrong-separator", id="tabs"),
    ],
)
def test_a_file_that_is_not_of_this_source_is_refused_as_a_whole(rows, code):
    taken = eu_ets.take([table(*rows)])
    assert taken.refuses
    assert (code, 0) in refused(taken)
    assert taken.records == ()


def test_a_file_the_store_could_not_open_is_refused_as_a_whole():
    broken = Table("x.csv", findings=(finding("file-damaged", Place("x.csv")),))
    assert eu_ets.take([broken]).refuses


def test_lines_the_store_could_not_read_are_passed_on():
    line = finding("row-unreadable", Place("official.csv", 1))
    other = finding("row-unreadable", Place("official.csv", 3))
    taken = eu_ets.take(
        [table(line, HEADER, other, ("", "", "", "", "", ""), ("1", "2012", "1", "1", "1", ""))]
    )
    assert refused(taken) == [("row-unreadable", 1), ("row-unreadable", 3)]
    assert (len(taken.records), taken.counts["filler-row"]) == (1, 1)


def test_the_header_is_not_sought_for_ever_among_unreadable_lines():
    lines = [finding("row-unreadable", Place("official.csv", n)) for n in range(1, 100)]
    assert ("no-rows", 0) in refused(eu_ets.take([table(*lines)]))


def test_the_years_taken_are_the_cycles_that_can_be_judged():
    taken = years(("1", "2012", "1", "2", "3", "A"), ("1", "2011", "1", "2", "3", "A"))
    assert eu_ets.years_of(taken.records) == {2011, 2012}
