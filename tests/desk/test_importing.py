"""Official files become a register and a list of reasons; a file that is none becomes a finding."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from goodstanding.desk.asking import Asked
from goodstanding.desk.checking import read_law
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import evaluate
from goodstanding.desk.importing import SOURCES, import_files
from goodstanding.desk.wording import read_wording
from tests.small_law import TODAY

LAW = Path(__file__).parents[2] / "law"
WORDS, SENTENCES = read_wording([LAW])
YEARS = "account_id,year,allocated,verified_tco2e,surrendered,compliance_code\n1,2011,10,8,8,A\n1,2012,10,20,,B\n2,12013,1,1,1,A\n"
HOLDERS = "account_id,national_administrator,account_holder_name,company_registration_number\n1,XX,Invented Works GmbH,1\n2,XX,Somebody,2\n"


@pytest.fixture(scope="module")
def desk():
    law, findings = read_law([LAW / "eu", LAW / "mx"])
    assert [f for f in findings if f.refuses] == []
    return Desk(law, (), (LAW,), lambda: TODAY, WORDS, SENTENCES)


@pytest.fixture
def files(tmp_path):
    years, holders = tmp_path / "years.csv", tmp_path / "holders.csv"
    years.write_text(YEARS, encoding="utf-8")
    holders.write_text(HOLDERS, encoding="utf-8")
    return [years, holders]


def test_official_files_become_a_register_that_can_be_judged(desk, files, tmp_path):
    made = import_files(desk, "eu-ets", files, tmp_path / "r")
    assert (made.made, made.findings) == (True, ())
    assert dict(made.counts)["records"] == 2
    assert made.refused == 1
    with made.reasons_file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["row"] for r in rows if r["weight"] == "error"} == {"4"}
    done = evaluate(
        desk, tmp_path / "r", Asked(cycles=(2011, 2012)), tmp_path / "standings.parquet"
    )
    assert done.findings == ()
    assert done.refused == 0


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"%PDF-1.4", b"<html></html>", b"a;b\n1;2\n", b"\x1f\x8b broken"]
)
def test_a_file_that_is_none_of_the_source_makes_no_register(desk, tmp_path, content):
    (tmp_path / "f.csv").write_bytes(content)
    made = import_files(desk, "mx-sat-69b", [tmp_path / "f.csv"], tmp_path / "r")
    assert (made.made, made.refuses) == (False, True)
    assert made.findings
    assert not (tmp_path / "r").exists()


def test_a_folder_with_something_in_it_is_left_alone(desk, files, tmp_path):
    assert [f.code for f in import_files(desk, "eu-ets", files, tmp_path).findings] == [
        "output-exists"
    ]


def test_a_source_nobody_knows_is_a_finding(desk, files, tmp_path):
    assert [f.code for f in import_files(desk, "cn-court", files, tmp_path / "r").findings] == [
        "unknown-source"
    ]
    assert set(SOURCES) == {
        "br-mg-anticorruption",
        "ca-montreal-food-fines",
        "eu-ets",
        "gleif-lei",
        "mx-sat-69b",
        "tw-ghg",
        "uk-lt-aml-fines",
        "uk-payment-practices",
        "us-fda",
        "us-fdic-failed-banks",
        "us-ofac-sdn",
    }
