"""What may be handed over as an official file: wrappings, encodings, broken and hostile bytes. Nothing raises, nothing is swallowed."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from goodstanding.kernel.finding import Finding
from goodstanding.kernel.sources import Row, eu_ets, mx_sat_69b
from goodstanding.store import files
from goodstanding.store.files import open_table

PLAIN = "a,b\n1,é\n2,y\n"


def opened(tmp_path, data, name="official.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    table = open_table(path)
    return table, list(table.rows)


def cells(rows):
    return [(r.line, list(r.cells)) for r in rows if isinstance(r, Row)]


def codes(rows):
    return [(f.code, f.place.line) for f in rows if isinstance(f, Finding)]


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return data.getvalue()


WHOLE = [(1, ["a", "b"]), (2, ["1", "é"]), (3, ["2", "y"])]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PLAIN.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN.encode(), id="UTF-8 with mark"),
        pytest.param(PLAIN.encode("cp1252"), id="Windows-1252"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode("cp1252"), id="Windows line ends"),
        pytest.param(PLAIN.rstrip().encode(), id="no final line end"),
        pytest.param(gzip.compress(PLAIN.encode()), id="gzip"),
        pytest.param(gzip.compress(PLAIN.encode("cp1252")), id="gzip, Windows-1252"),
        pytest.param(zipped(official_csv=PLAIN), id="zip"),
        pytest.param(
            zipped(data__official_CSV=PLAIN, leeme_pdf="%PDF"),
            id="zip with a folder and another file",
        ),
        pytest.param(PLAIN.replace("1", '"1"').encode(), id="quotes"),
    ],
)
def test_a_file_is_read_in_whatever_wrapping_whatever_its_name(tmp_path, data):
    table, rows = opened(tmp_path, data, "without_ending")
    assert table.findings == ()
    assert cells(rows) == WHOLE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "file-empty", id="0 bytes"),
        pytest.param(b"\n \r\n\t", "file-empty", id="only blanks"),
        pytest.param(b"\xef\xbb\xbf", "file-empty", id="only a mark"),
        pytest.param(bytes(range(256)) * 9, "file-not-text", id="binary"),
        pytest.param(b"%PDF-1.7\n%", "file-not-text", id="PDF"),
        pytest.param(b"a,b\n\0\0\0", "file-not-text", id="zero bytes"),
        pytest.param(PLAIN.encode("utf-16"), "file-utf16", id="UTF-16 with mark"),
        pytest.param((PLAIN * 5).encode("utf-16-le"), "file-utf16", id="UTF-16 without mark"),
        pytest.param(b"<!DOCTYPE html><html><body>404", "file-is-web-page", id="error page"),
        pytest.param(b"\n  <html>", "file-is-web-page", id="page after blanks"),
        pytest.param(b"<?xml version='1.0'?><Error/>", "file-is-web-page", id="error of a store"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "file-is-spreadsheet", id="old spreadsheet"
        ),
        pytest.param(zipped(xl__workbook_xml="<x/>"), "file-is-spreadsheet", id="spreadsheet"),
        pytest.param(
            zipped(a_csv=PLAIN, b_csv=PLAIN), "archive-members", id="two tables in one archive"
        ),
        pytest.param(zipped(a_pdf="x"), "archive-members", id="no table in the archive"),
        pytest.param(
            gzip.compress(zipped(a_csv=PLAIN)), "archive-members", id="archive in an archive"
        ),
        pytest.param(
            gzip.compress(gzip.compress(PLAIN.encode())), "file-not-text", id="wrapped twice"
        ),
        pytest.param(gzip.compress(PLAIN.encode() * 99)[:-9], "file-damaged", id="gzip cut off"),
        pytest.param(
            gzip.compress(PLAIN.encode() * 99)[:-8] + bytes(8),
            "file-damaged",
            id="gzip with a wrong sum",
        ),
        pytest.param(b"\x1f\x8b" + bytes(40), "file-damaged", id="gzip in name only"),
        pytest.param(zipped(a_csv=PLAIN)[:-30], "file-damaged", id="zip cut off"),
        pytest.param(b"PK\x03\x04" + bytes(40), "file-damaged", id="zip in name only"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole_with_its_reason(tmp_path, data, code):
    table, rows = opened(tmp_path, data)
    assert (codes(table.findings), rows) == ([(code, 0)], [])
    for source in (eu_ets, mx_sat_69b):
        assert source.take([table]).refuses


def test_a_path_that_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        assert codes(open_table(path).findings) == [("file-not-read", 0)]


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n")

    def deny(_):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(files, "look", deny)
    assert codes(open_table(path).findings) == [("file-not-read", 0)]


def test_more_text_than_the_bound_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TEXT_BYTES_MAX", 1000)
    for data in (b"a,b\n" * 999, gzip.compress(b"a" * 10**7)):
        table, _ = opened(tmp_path, data)
        assert codes(table.findings) == [("file-too-large", 0)]


def test_bytes_that_the_encoding_does_not_define_refuse_their_row_only(tmp_path):
    _, rows = opened(tmp_path, b"a,b\n1,\xe9\n2,\x8d\n3,\xd1\n")
    assert codes(rows) == [("undecodable-bytes", 3)]
    assert cells(rows) == [(1, ["a", "b"]), (2, ["1", "é"]), (4, ["3", "Ñ"])]


def test_one_broken_line_does_not_turn_a_file_of_utf8_into_another_encoding(tmp_path):
    _, rows = opened(tmp_path, "a,b\n1,ñ\n2,é\n".encode() + b"3,\xe9\n")
    assert codes(rows) == [("undecodable-bytes", 4)]
    assert cells(rows)[1:] == [(2, ["1", "ñ"]), (3, ["2", "é"])]


def test_a_line_of_a_hundred_megabytes_is_refused_and_the_next_is_read(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n1,2\n")
    rows = list(open_table(path).rows)
    assert codes(rows) == [("line-too-long", 2)]
    assert cells(rows) == [(1, ["a", "b"]), (3, ["1", "2"])]


def test_a_long_last_line_without_end_is_refused(tmp_path):
    _, rows = opened(tmp_path, b"a,b\n" + b"x" * (files.LINE_BYTES_MAX + 1))
    assert codes(rows) == [("line-too-long", 2)]


def test_a_file_of_one_giant_cell_is_refused_without_a_header(tmp_path):
    table, _ = opened(tmp_path, b'"' + b"x" * 300_000)
    assert eu_ets.take([open_table(tmp_path / table.file)]).refuses


def test_a_quote_that_is_never_closed_refuses_its_row_and_not_those_below(tmp_path):
    below = "".join(f"{n},x\n" for n in range(3, 200))
    _, rows = opened(tmp_path, f'a,b\n1,"open\n{below}'.encode())
    assert codes(rows) == [("row-unreadable", 2)]
    assert [line for line, _ in cells(rows)] == [1, *range(3, 200)]


@pytest.mark.parametrize("broken", ['1,"x"y', '1,"x" ', '"'])
def test_a_row_with_broken_quotes_is_refused_and_the_next_is_read(tmp_path, broken):
    _, rows = opened(tmp_path, f"a,b\n{broken}\n3,z\n".encode())
    assert codes(rows) == [("row-unreadable", 2)]
    assert cells(rows)[-1] == (3, ["3", "z"])


def test_line_breaks_and_commas_inside_quotes_belong_to_the_cell_and_lines_go_on(tmp_path):
    _, rows = opened(tmp_path, b'a,b\r\n1,"x,\r\ny ""z"""\r\n2,w\r\n')
    assert cells(rows) == [(1, ["a", "b"]), (2, ["1", 'x,\r\ny "z"']), (4, ["2", "w"])]


def test_control_signs_refuse_their_row(tmp_path):
    _, rows = opened(tmp_path, b"a,b\n1,x\x07\n2,y\n" + b"#" * 70_000 + b"\n3,\0\n")
    assert codes(rows) == [("control-sign", 2), ("control-sign", 5)]


def test_old_line_ends_of_one_sign_are_no_rows_and_the_file_is_refused(tmp_path):
    table, rows = opened(tmp_path, b"account_id,year\r1,2012\r")
    assert codes(rows) == [("row-unreadable", 1)]
    assert eu_ets.take([open_table(tmp_path / table.file)]).refuses


def test_findings_about_lines_at_the_end_of_a_file_are_not_lost(tmp_path):
    _, rows = opened(tmp_path, b"a,b\n" + b"x" * (files.LINE_BYTES_MAX + 1) + b'\n"')
    assert codes(rows) == [("line-too-long", 2), ("row-unreadable", 3)]


def test_an_official_list_in_its_own_encoding_is_taken(tmp_path):
    header = (
        "No,RFC,Nombre del Contribuyente,Situación del contribuyente,"
        "Número y fecha de oficio global de presunción SAT,Publicación página SAT presuntos,"
        "Número y fecha de oficio global de presunción DOF,Publicación DOF presuntos,"
        "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT,Publicación página SAT desvirtuados,"
        "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF,Publicación DOF desvirtuados,"
        "Número y fecha de oficio global de definitivos SAT,Publicación página SAT definitivos,"
        "Número y fecha de oficio global de definitivos DOF,Publicación DOF definitivos,"
        "Número y fecha de oficio global de sentencia favorable SAT,Publicación página SAT sentencia favorable,"
        "Número y fecha de oficio global de sentencia favorable DOF,Publicación DOF sentencia favorable"
    )
    lines = [
        '"Información actualizada al 31 de diciembre de 2025; los listados, de carácter público",'
        + "," * 18,
        "Listado completo de contribuyentes (Artículo 69-B del CFF)" + "," * 19,
        header,
        '1,ÑAÑ140114GY4,"MUSTRA ""EL NIÑO"", S.A. DE C.V.",Definitivo,'
        "500-05-2018-16632 de fecha 01 de junio de 2018,01/06/2018,,25/06/2018" + "," * 12,
        "2,AAAA800101AB1,PEREZ MUSTER JUAN,Definitivo,,01/06/2018" + "," * 14,
        "," * 19,
    ]
    path = tmp_path / "Listado_Completo_69-B.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252") + b"\r\n")
    taken = mx_sat_69b.take([open_table(path)])
    assert [(f.code, f.place.line) for f in taken.findings] == [("natural-person", 5)]
    assert [o.name for o in taken.organisations] == ['MUSTRA "EL NIÑO", S.A. DE C.V.']
    assert len(taken.records) == 1
