"""A published file is read by its columns, audited on a day, and reported office by office in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from goodstanding.desk.auditing import audit_file, told
from goodstanding.desk.context import Desk
from goodstanding.doors import assemble
from goodstanding.kernel import days
from goodstanding.kernel.audit import Flaw
from goodstanding.kernel.telling import Teller

HEAD = (
    "no,rfc,nombre,situacion,"
    + ",".join(
        f"oficio_{column}_sat,pub_sat_{page},oficio_{column}_dof,pub_dof_{page}"
        for column, page in (
            ("presuncion", "presunto"),
            ("desvirtuado", "desvirtuado"),
            ("definitivo", "definitivo"),
            ("sentencia", "sentencia"),
        )
    )
    + "\n"
)
PRESUMED = "500-05-2018-16632 de fecha 01 de junio de 2018,01/06/2018"
ROW = "{no},{rfc},{name},Presunto," + PRESUMED + "," * 14 + "\n"
ON = days.day("2022-11-30")
# A number that fits the card of nobody: format, day and check character of the example in the standard.
CARD = "11010519491231002X"


@cache
def desk() -> Desk:
    return assemble.desk()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    rows = [
        ROW.format(no=1, rfc="AAA080808HL8", name="MUESTRA"),
        ROW.format(no=2, rfc="X" * 12, name="X"),
        ROW.format(no=3, rfc="ACC071123LL9", name=f"OTRA {CARD}"),
    ]
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return file


def test_a_file_is_told_by_its_columns_and_each_flaw_is_found(published: Path) -> None:
    done = audit_file(desk(), published, on=ON)
    assert done.audit is not None
    assert (done.source, done.refuses) == ("mx-sat-69b", True)
    found = {flaw: len(entries) for flaw, entries in done.audit.of("mx.sat").items()}
    assert found == {
        Flaw.IDENTITY_NUMBER: 1,
        Flaw.WITHOUT_IDENTIFIER: 1,
        Flaw.IDENTIFIER_FAILS: 1,
        Flaw.UNDECIDED_TOO_LONG: 3,
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_repeats_no_cell(published: Path, language: str) -> None:
    done = audit_file(desk(), published, on=ON)
    text = "\n".join(told(done, desk(), Teller(language, desk().sentences, {})))
    assert "mx-sat-69b" in text
    assert not [part for part in (CARD, "MUESTRA", "AAA080808HL8") if part in text]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_has_its_sentence(flaw: Flaw, language: str) -> None:
    key = "audit_" + flaw.value.replace(" ", "_").replace("-", "_")
    assert set(desk().sentences[key]) >= {language}


def test_what_cannot_be_read_is_said(published: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    asked = [
        audit_file(desk(), other),
        audit_file(desk(), published, "br-mg"),
        audit_file(desk(), tmp_path / "nothing.csv"),
    ]
    assert [[f.code for f in done.findings] for done in asked] == [
        ["unknown-source"],
        ["unknown-source"],
        ["file-not-read"],
    ]
    assert all(done.refuses and told(done, desk(), Teller("en", {}, {})) == [] for done in asked)
