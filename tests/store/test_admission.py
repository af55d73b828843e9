"""A foreign register is looked at before it is read: every reason has its code, nothing that refuses passes, nothing good is lost."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goodstanding.desk.wording import read_wording
from goodstanding.kernel import days
from goodstanding.store import admission, lake
from goodstanding.store.admission import PRECEDENCE, Receipt, admit, admit_one
from goodstanding.store.lake import Register, RegisterWriter, bucket_of
from tests.small_law import (
    IDENTITY_ROWS,
    META,
    ORGANISATION_ROWS,
    UNIT_ROWS,
    VERSIONS,
    holding,
    organisation,
    penalty,
    small_law,
    write_small,
)

WORDS = read_wording([Path(__file__).parents[2] / "law"])[0]
# The specimen of a standard: nobody's.
NUMBER = "11010519491231002X"


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return small_law(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def good(tmp_path_factory, law):
    return write_small(tmp_path_factory.mktemp("good") / "r", law)


def look(folder, law, tmp_path):
    tmp_path.mkdir(exist_ok=True)
    admission = admit(
        folder, law.types, refused=tmp_path / "refused.csv", into=tmp_path / "left", words=WORDS
    )
    rows = []
    if (tmp_path / "refused.csv").exists():
        with (tmp_path / "refused.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    return admission, rows


def test_a_good_register_is_read_where_it_lies(good, law, tmp_path):
    admission, rows = look(good, law, tmp_path)
    assert (admission.folder, admission.refused, admission.findings, rows) == (good, 0, [], [])
    assert list(tmp_path.iterdir()) == []


# --------------------------------------------------------------------------------------------------
# Receipts: what was looked at is not looked at again


def grown(folder, law, more, monkeypatch):
    """Put rows of records into a file more; give what a look with the receipt of before reads, and what it finds."""
    receipt = look(folder, law, folder.parent / "first")[0].receipt
    write_small(folder.parent / "more", law, more, meta=replace(META, position=21))
    for dataset in ("records/xs.office.penalty/v1", "records/xs.office.payment/v1"):
        for file in (folder.parent / "more" / dataset).glob("*.parquet"):
            shutil.copyfile(file, folder / dataset / "more.parquet")
    (folder / "register.json").write_text(replace(META, position=21).to_json())
    looked_at = []
    own = admission._suspects

    def noted(engine, dataset, where):
        looked_at.append(dataset.files or (dataset.name,))
        return own(engine, dataset, where)

    monkeypatch.setattr(admission, "_suspects", noted)
    found = admit(
        folder,
        law.types,
        refused=folder.parent / "r.csv",
        into=folder.parent / "left",
        before=receipt,
    )
    return found, looked_at


@pytest.fixture
def growing(tmp_path, law):
    return write_small(tmp_path / "growing", law)


def test_only_new_files_are_looked_at_with_a_receipt(growing, law, monkeypatch):
    found, looked_at = grown(growing, law, [of_penalty(known=(21, None))], monkeypatch)
    assert (found.refused, found.findings) == (0, [])
    assert looked_at == [("records/xs.office.penalty/v1/more.parquet",)]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (penalty("1-a", "one", "2025-01-01", known=(21, None)), "known-twice"),
        (penalty("2-p", "one", "2025-01-01", known=(21, None)), "filed-twice"),
        (penalty("x-1", "one", "2025-01-01", fine=-1, known=(21, None)), "beyond-bounds"),
        (penalty("x-1", "one", "2025-01-01", number=NUMBER, known=(21, None)), "identity-number"),
    ],
    ids=["known twice", "filed twice", "beyond bounds", "a person's number"],
)
def test_a_new_row_that_is_wrong_has_all_looked_at(growing, law, monkeypatch, more, code):
    found, looked_at = grown(growing, law, [more], monkeypatch)
    assert set(found.refused_by_code) == {code}
    assert ("organisations",) in looked_at
    shutil.rmtree(growing.parent / "left")
    whole, _ = look(growing, law, growing.parent / "whole")
    assert found.refused_by_code == whole.refused_by_code


@pytest.mark.parametrize(
    "other",
    [{"types": "of another law"}, {"position": 99}, {"files": {}}],
    ids=["another law", "a later position", "no files"],
)
def test_a_receipt_of_something_else_vouches_for_nothing(growing, law, other):
    receipt = look(growing, law, growing.parent / "first")[0].receipt
    assert receipt.unseen(receipt) == frozenset()
    assert replace(receipt, **other).unseen(receipt) in (None, frozenset(receipt.files))


def test_a_file_that_changed_is_not_vouched_for(growing, law):
    receipt = look(growing, law, growing.parent / "first")[0].receipt
    file = next((growing / "records/xs.office.penalty/v1").glob("*.parquet"))
    file.touch()
    now = look(growing, law, growing.parent / "second")[0].receipt
    assert receipt.unseen(now) == {f"records/xs.office.penalty/v1/{file.name}"}
    assert Receipt.of_map(now.to_map()) == now


# --------------------------------------------------------------------------------------------------
# Rows: what is wrong -> column and code


def of_penalty(**more):
    return penalty("x-1", "one", "2025-01-01", **more)


RECORDS = {
    "an amount below its bound": (of_penalty(fine=-1), "fine", "beyond-bounds"),
    "an amount above its bound": (of_penalty(fine=10**15 + 1), "fine", "beyond-bounds"),
    "a share above its bound": (of_penalty(share_of_turnover=10_001), "share_of_turnover", "beyond-bounds"),
    "a word the law does not know": (of_penalty(kind="flogging"), "kind", "not-one-of"),
    "a state nobody has": (of_penalty(state="gone"), "state", "not-one-of"),
    "a certainty nobody has": (of_penalty(certainty="rumoured"), "certainty", "not-one-of"),
    "no certainty": (of_penalty(certainty=None), "certainty", "missing-value"),
    "no counting date": (of_penalty(decided=None), "decided", "missing-value"),
    "no required word": (of_penalty(kind=None), "kind", "missing-value"),
    "a date before the century": (of_penalty(decided=days.day("1900-01-01") - 1), "decided", "wrong-century"),
    "a date after the century": (of_penalty(cured=days.day("2199-12-31") + 1), "cured", "wrong-century"),
    "the year 12013": (of_penalty(ended=3_668_000), "ended", "wrong-century"),
    "a NUL in a code": (of_penalty(number="a\x00b"), "number", "hidden-sign"),
    "a change of direction in an act": (of_penalty(act="a\u202eb"), "act", "hidden-sign"),
    "a huge text": (of_penalty(number="9x" * 500_000), "number", "text-too-long"),
    "known before the log": (of_penalty(known=(-1, None)), "known_from", "known-backwards"),
    "known after the log": (of_penalty(known=(21, None)), "known_from", "known-backwards"),
    "known backwards": (of_penalty(known=(5, 5)), "known_from", "known-backwards"),
    "an identity number in a code": (of_penalty(number=NUMBER), "number", "identity-number"),
    "an identity number in small letters and wide digits": (
        of_penalty(number="ＮＯ．１１０１０５１９４９１２３１００２ｘ"),
        "number",
        "identity-number",
    ),
    "an identity number with blanks": (of_penalty(decision="No 110105 1949-12-31 002X"), "decision", "identity-number"),
    "an identity number as an act": (of_penalty(act=NUMBER), "act", "identity-number"),
    "an identity number with a wrong check sign": (of_penalty(number=NUMBER[:-1] + "1"), "number", "identity-number-possible"),
}  # fmt: skip


@pytest.mark.parametrize("case", RECORDS, ids=str)
def test_a_record_with_something_wrong_is_refused_with_its_reason(case, law, tmp_path):
    version, column, code = RECORDS[case]
    folder = write_small(tmp_path / "r", law, [*VERSIONS, version])
    admission, rows = look(folder, law, tmp_path / "out")
    assert (admission.refused, admission.refused_by_code) == (1, {code: 1})
    assert [(r["dataset"], r["column"], r["code"]) for r in rows] == [
        ("records/xs.office.penalty/v1", column, code)
    ]
    assert rows[0]["subject"] == "one"
    assert rows[0]["record"] == "x-1"
    assert rows[0]["expected_en"]
    assert rows[0]["expected_zh"]
    assert "{" not in rows[0]["expected_en"] + rows[0]["expected_zh"]
    assert "1949" not in str(rows)
    with Register(admission.folder, META, law.types) as left:
        assert {v.record for v in left.versions_of("one")} == {
            v.record for v in VERSIONS if v.subject == "one"
        }
        assert len(left.versions_of("two")) == 4


PASS = {
    "an amount at its bounds": of_penalty(fine=10**15, share_of_turnover=10_000),
    "an amount of nothing": of_penalty(fine=0),
    "dates at the ends": of_penalty(cured=days.day("2199-12-31"), decided=days.day("1900-01-01")),
    "the longest text": of_penalty(number="x" * 400),
    "known at the last position": of_penalty(known=(20, None)),
    "closed at the last position": of_penalty(known=(19, 20)),
    "a code that passes the check sign and has no birth in it": of_penalty(
        number="110105194999990020"
    ),
    "a code of an organisation": of_penalty(number="91440300708461136T"),
    "a decision number with many digits": of_penalty(
        decision="京市监处罚〔2025〕110105-20250101-0001号"
    ),
    "letters of any country": of_penalty(number="Ünïcode 统一 ق"),
}


@pytest.mark.parametrize("case", PASS, ids=str)
def test_a_record_with_nothing_wrong_is_never_refused(case, law, tmp_path):
    folder = write_small(tmp_path / "r", law, [*VERSIONS, PASS[case]])
    admission, rows = look(folder, law, tmp_path / "out")
    assert (admission.refused, rows) == (0, [])


OTHERS = {
    "an unknown form": ("organisations", organisation("x", form="company"), "form", "not-one-of"),
    "no form": ("organisations", organisation("x", form=None), "form", "missing-value"),
    "an organisation nobody vouches for": ("organisations", organisation("x", vouched_by=None), "form", "form-not-vouched"),
    "a number of a person as a name": ("organisations", organisation("x", name=f"Shop {NUMBER}"), "name", "identity-number"),
    "a number of a person as an id": ("organisations", organisation(NUMBER, identifier="y", name="X"), "subject", "identity-number"),
    "two versions at once": ("organisations", organisation("one", known=(7, None)), "subject", "known-twice"),
    "a wrong bucket": ("organisations", (1, *organisation("x")[1:]), "bucket", "wrong-bucket"),
    "a person-like form code": (
        "organisations",
        (*organisation("x")[:8], "gleif", "SOLE_PROPRIETOR", "organisation", "somebody"),
        "form",
        "person-like-form",
    ),
    "two holders at once": ("units", holding("u2", "one", "2022-01-01"), "unit", "two-holders"),
    "held backwards": ("units", holding("u9", "one", "2022-01-01", "2021-01-01"), "valid_to", "held-backwards"),
    "a holder in the wrong bucket": ("units", (*holding("u9", "one", "2022-01-01")[:3], 5, *holding("u9", "one", "2022-01-01")[4:]), "holder_bucket", "wrong-bucket"),
    "an identity of one": ("identities", ("same as", "x", "x", META.positions[0][1], 1, None, ""), "elder", "same-as-itself"),
    "an unknown identity": ("identities", ("friend of", "x", "y", META.positions[0][1], 1, None, ""), "kind", "not-one-of"),
    "what is carried is no JSON": ("issued", (bucket_of("one"), "one", "p", 2024, 1, None, "D", None, "{", "h", 1), "carried", "broken-json"),
    **{f"what is carried is {said}": ("issued", (bucket_of("one"), "one", "p", 2024, 1, None, "D", None, said, "h", 1), "carried", "broken-json")
       for said in ('{"a": "2024"}', '{"a": 2024.5}', '{"a": true}', '{"a": null}', '{"a": 1e3}', '{"a": 99999999999999999999}', '{"a": [1]}', "[2024]", "2024")},
    "what is carried is no map": ("issued", (bucket_of("one"), "one", "p", 2024, 1, None, "D", None, '{"a": "b"}', "h", 1), "carried", "broken-json"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_other_rows_with_something_wrong_are_refused_with_their_reason(case, law, tmp_path):
    dataset, row, column, code = OTHERS[case]
    rows = {
        "organisations": list(ORGANISATION_ROWS),
        "units": list(UNIT_ROWS),
        "identities": list(IDENTITY_ROWS),
        "issued": [(bucket_of("two"), "two", "p", 2024, 1, None, "D", None, '{"a": 2024}', "h", 1)],
    }
    rows[dataset].append(row)
    with RegisterWriter(tmp_path / "r", law.types) as writer:
        for name, some in rows.items():
            writer.add(name, some)
        writer.finish(META)
    admission, found = look(tmp_path / "r", law, tmp_path / "out")
    assert {(r["column"], r["code"]) for r in found} == {(column, code)}
    assert admission.refused == (2 if code in {"known-twice", "two-holders"} else 1)
    assert "1949" not in str(found)


def test_the_number_of_a_person_may_not_stand_in_the_reasons_even_as_the_id(law, tmp_path):
    folder = write_small(tmp_path / "r", law, [penalty(NUMBER, NUMBER, "2025-01-01", fine=-5)])
    _, rows = look(folder, law, tmp_path / "out")
    assert {r["code"] for r in rows} == {"identity-number", "beyond-bounds"}
    assert {(r["subject"], r["record"]) for r in rows} == {("", "")}


def test_of_several_reasons_all_are_written_and_the_first_in_precedence_counts(law, tmp_path):
    version = of_penalty(
        fine=-1, kind="flogging", number=NUMBER, certainty=None, cured=3_668_000, act="\x01"
    )
    folder = write_small(tmp_path / "r", law, [version])
    admission, rows = look(folder, law, tmp_path / "out")
    codes = [r["code"] for r in rows]
    assert codes == [
        "identity-number",
        "missing-value",
        "not-one-of",
        "beyond-bounds",
        "wrong-century",
        "hidden-sign",
    ]
    assert codes == sorted(codes, key=PRECEDENCE.index)
    assert (admission.refused, admission.refused_by_code) == (1, {"identity-number": 1})


def test_a_record_filed_under_two_types_is_refused_in_both(law, tmp_path):
    folder = write_small(tmp_path / "r", law, [*VERSIONS, penalty("2-p", "two", "2025-01-01")])
    admission, rows = look(folder, law, tmp_path / "out")
    assert admission.refused == 2
    assert {(r["dataset"], r["code"]) for r in rows} == {
        ("records/xs.office.penalty/v1", "filed-twice"),
        ("records/xs.office.payment/v1", "filed-twice"),
    }


def test_a_record_known_twice_at_once_is_refused_whoever_it_is_about(law, tmp_path):
    folder = write_small(
        tmp_path / "r", law, [*VERSIONS, penalty("1-a", "two", "2024-03-01", known=(9, None))]
    )
    admission, rows = look(folder, law, tmp_path / "out")
    assert admission.refused == 2
    assert {(r["record"], r["code"]) for r in rows} == {("1-a", "known-twice")}


def test_a_found_value_is_shown_so_that_no_spreadsheet_runs_it(law, tmp_path):
    folder = write_small(
        tmp_path / "r",
        law,
        [of_penalty(kind='=HYPERLINK("http://x")'), of_penalty(fine=-3, known=(2, 4))],
    )
    _, rows = look(folder, law, tmp_path / "out")
    assert {r["found"] for r in rows if r["column"] == "kind"} == {'\'=HYPERLINK("http://x")'}
    assert {r["found"] for r in rows if r["column"] == "fine"} == {"-3"}


def test_every_reason_has_its_sentences_in_both_languages():
    for code in PRECEDENCE:
        for part in ("what", "expected"):
            assert set(WORDS.findings[code][part]) == {"en", "zh"}, code


# --------------------------------------------------------------------------------------------------
# Files


def spoil(good, tmp_path, change):
    """Copy the register, and change one file of it."""
    folder = tmp_path / "r"
    for file in sorted(good.rglob("*")):
        if file.is_file():
            target = folder / file.relative_to(good)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    change(folder / "records/xs.office.penalty/v1/0000.parquet")
    return folder


def with_table(change):
    def spoiled(file):
        pq.write_table(change(pq.read_table(file)), file)

    return spoiled


def flip(file):
    """Change one byte in each of the data pages, not in the footer."""
    data = bytearray(file.read_bytes())
    for at in range(60, len(data) // 3, 7):
        data[at] ^= 0xFF
    file.write_bytes(bytes(data))


def not_utf8(file):
    table = pq.read_table(file)
    at = table.column_names.index("number")
    wrong = pa.array([b"\xff\xfe"] * table.num_rows, pa.binary())
    pq.write_table(
        table.set_column(
            at, "number", pa.Array.from_buffers(pa.string(), len(wrong), wrong.buffers())
        ),
        file,
    )


FILES = {
    "no bytes": (lambda f: f.write_bytes(b""), "unreadable-data-file"),
    "cut in the middle": (lambda f: f.write_bytes(f.read_bytes()[: f.stat().st_size // 2]), "unreadable-data-file"),
    "cut at the end": (lambda f: f.write_bytes(f.read_bytes()[:-3]), "unreadable-data-file"),
    "bits flipped": (flip, "unreadable-data-file"),
    "a CSV file": (lambda f: f.write_text("bucket,subject\n1,one\n"), "unreadable-data-file"),
    "only NUL": (lambda f: f.write_bytes(b"\0" * 5000), "unreadable-data-file"),
    "texts that are not UTF-8": (not_utf8, "unreadable-data-file"),
    "a column missing": (with_table(lambda t: t.drop_columns(["fine"])), "missing-column"),
    "a column renamed": (with_table(lambda t: t.rename_columns([c if c != "fine" else "Fine" for c in t.column_names])), "undeclared-column"),
    "a column more": (with_table(lambda t: t.append_column("owner_name", pa.array(["x"] * t.num_rows))), "undeclared-column"),
    "amounts as doubles": (with_table(lambda t: t.set_column(t.column_names.index("fine"), "fine", t["fine"].cast(pa.float64()))), "wrong-column-type"),
    "dates as texts": (with_table(lambda t: t.set_column(t.column_names.index("decided"), "decided", t["decided"].cast(pa.string()))), "wrong-column-type"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES, ids=str)
def test_a_spoiled_file_refuses_the_register_and_is_named(case, good, law, tmp_path):
    change, code = FILES[case]
    folder = spoil(good, tmp_path, change)
    admission, _ = look(folder, law, tmp_path / "out")
    assert admission.refuses
    assert code in {f.code for f in admission.findings}
    assert all("\n" not in f.found for f in admission.findings)


def test_a_spoiled_file_beside_a_good_one_refuses_too(good, law, tmp_path):
    folder = spoil(good, tmp_path, lambda f: (f.parent / "0001.parquet").write_bytes(b"PAR1"))
    assert look(folder, law, tmp_path / "out")[0].refuses


def page(**said):
    return json.dumps({"format": 1, "position": 20} | said)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{}",
        '{"format": 1}',
        "\0" * 9,
        page(format=True),
        page(position=-1),
        page(position=2**63),
        page(position=True),
        page(position=20.0),
        page().replace("20", "9" * 400),
        page().replace("20", "9" * 5_000),
        page(positions=[[-1, "2024-01-01"]]),
        page(positions=[[2**63, "2024-01-01"]]),
        page(positions=[[1, 20240101]]),
        page(positions=5),
    ],
    ids=lambda text: repr(text)[:60],
)
def test_a_folder_without_its_page_is_no_register(text, tmp_path, law):
    folder = tmp_path / "r"
    folder.mkdir()
    if text is not None:
        (folder / "register.json").write_text(text)
    admission, _ = look(folder, law, tmp_path / "out")
    assert [f.code for f in admission.findings] == ["no-register"]
    one = admit_one(folder, law.types, "one", tmp_path / "one")
    assert [f.code for f in one.findings] == ["no-register"]


def test_a_type_the_law_does_not_know_is_noted_and_not_read(law, tmp_path):
    fewer = replace(
        law, record_types={k: v for k, v in law.record_types.items() if k != "xs.office.reading"}
    )
    folder = write_small(tmp_path / "r", law)
    admission, _ = look(folder, fewer, tmp_path / "out")
    assert not admission.refuses
    assert [f.code for f in admission.findings] == ["unknown-record-type"]


@pytest.mark.parametrize("version", ["v2", "v01", "v01x", "v１"])
def test_a_version_the_law_does_not_know_refuses(version, good, law, tmp_path):
    folder = spoil(good, tmp_path, lambda f: f.parent.rename(f.parent.with_name(version)))
    admission, _ = look(folder, law, tmp_path / "out")
    assert [f.code for f in admission.findings if f.refuses] == ["unknown-type-version"]


def test_a_version_is_named_in_one_way(good, law, tmp_path):
    folder = spoil(good, tmp_path, lambda f: shutil.copytree(f.parent, f.parent.with_name("v01")))
    admission, _ = look(folder, law, tmp_path / "out")
    assert [f.code for f in admission.findings if f.refuses] == ["unknown-type-version"]


@pytest.mark.parametrize(
    ("error", "is_broken"),
    [
        (duckdb.Error("Invalid Error: Invalid TType"), True),
        (duckdb.IOException("No magic bytes"), True),
        (duckdb.DatabaseError("deserialize"), True),
        (duckdb.BinderException("our own text"), False),
        (duckdb.InterruptException("INTERRUPT Error"), False),
    ],
    ids=repr,
)
def test_what_an_engine_says_of_a_file_is_a_finding_and_of_its_own_text_is_not(
    good, law, tmp_path, monkeypatch, error, is_broken
):
    def fails(*_):
        raise error

    monkeypatch.setattr(admission, "_suspects", fails)
    if is_broken:
        found, _ = look(good, law, tmp_path)
        assert [f.code for f in found.findings] == ["unreadable-data-file"]
    else:
        with pytest.raises(type(error)):
            look(good, law, tmp_path)


def test_a_finding_about_rows_names_the_file_as_it_was_asked_for(law, tmp_path):
    versions = [*VERSIONS, of_penalty(fine=-1), penalty("n-1", "nobody", "2025-01-01")]
    folder = write_small(tmp_path / "r", law, versions)
    found, _ = look(folder, law, tmp_path / "out")
    assert found.folder != folder
    assert [str(f.place) for f in found.findings] == [str(folder / "records/xs.office.penalty/v1")]


def test_records_about_nobody_are_counted(law, tmp_path):
    folder = write_small(tmp_path / "r", law, [*VERSIONS, penalty("n-1", "nobody", "2025-01-01")])
    admission, _ = look(folder, law, tmp_path / "out")
    assert [(f.code, f.found) for f in admission.findings] == [("unknown-subject", "1")]
    assert admission.refused == 0


def test_an_empty_register_is_one(law, tmp_path):
    folder = write_small(tmp_path / "r", law, [], organisations=[], units=[], identities=[])
    admission, rows = look(folder, law, tmp_path / "out")
    assert (admission.findings, rows) == ([], [])
    with Register(folder, META, law.types) as opened:
        assert opened.find("one") == []
        assert opened.versions(0, 65_536) == {}


def test_what_is_left_is_the_register_without_the_refused_rows(law, tmp_path):
    folder = write_small(tmp_path / "r", law, [*VERSIONS, of_penalty(fine=-1)])
    admission, _ = look(folder, law, tmp_path / "out")
    count = "SELECT count(*) FROM read_parquet(?)"
    files = [str(f / "records/xs.office.penalty/v1/*.parquet") for f in (folder, admission.folder)]
    before, after = (duckdb.execute(count, [f]).fetchall()[0][0] for f in files)
    assert before - after == 1
    assert (admission.folder / lake.ORGANISATIONS).is_symlink()
