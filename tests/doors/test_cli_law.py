"""`law check --coverage` and `audit`, end to end: what they print, what they exit with, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.doors import cli
from tests.desk.test_auditing import HEAD, ROW

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "law" / "good"


@pytest.fixture
def published(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(HEAD + ROW.format(no=1, rfc="AAA080808HL8", name="MUESTRA"), encoding="utf-8")
    return file


def run(capsys, *arguments):
    code = cli.main([str(a) for a in arguments])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("language", "row", "last"),
    [("en", "lists: xx.list", "0 errors"), ("zh", "名单: xx.list", "错误 0 项")],
)
def test_a_check_says_what_covers_what_only_where_it_is_asked(capsys, language, row, last):
    code, out, _ = run(capsys, "law", "check", GOOD, "--coverage", "--lang", language)
    assert code == 0
    assert row in out
    assert out.splitlines()[-1].startswith(last)
    _, plain, _ = run(capsys, "law", "check", GOOD, "--lang", language)
    assert row not in plain


@pytest.mark.parametrize(
    ("language", "office"),
    [("en", "Tax Administration Service: 1 entries shown"), ("zh", "公布 1 条")],
)
def test_an_audit_goes_by_offices_and_fails_where_something_may_not_be_shown(
    capsys, published, language, office
):
    code, out, err = run(capsys, "audit", published, "--on", "2022-11-30", "--lang", language)
    assert (code, err) == (1, "")
    assert office in out
    assert "MUESTRA" not in out


def test_an_audit_before_the_time_has_passed_finds_nothing_unlawful(capsys, published):
    code, out, _ = run(capsys, "audit", published, "--on", "2019-05-31")
    assert code == 0
    assert "to be looked at: presumed and not yet decided" in out


def test_what_no_importer_knows_is_said(capsys, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    code, out, err = run(capsys, "audit", file)
    assert (code, out.strip()) == (1, "")
    assert "unknown-source" in err
