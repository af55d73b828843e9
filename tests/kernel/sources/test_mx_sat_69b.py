"""Named situations of Mexico's list under article 69-B: layouts, numbers, days, notices, editions."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import Row, Table, mx_sat_69b
from goodstanding.kernel.sources.mx_sat_69b_cells import dates_of, edition_day
from tests.kernel.sources.official_rows import refused, said, table

SHORT = (
    "no", "rfc", "nombre", "situacion",
    "oficio_presuncion_sat", "pub_sat_presunto", "oficio_presuncion_dof", "pub_dof_presunto",
    "oficio_desvirtuado_sat", "pub_sat_desvirtuado", "oficio_desvirtuado_dof", "pub_dof_desvirtuado",
    "oficio_definitivo_sat", "pub_sat_definitivo", "oficio_definitivo_dof", "pub_dof_definitivo",
    "oficio_sentencia_sat", "pub_sat_sentencia", "oficio_sentencia_dof", "pub_dof_sentencia",
)  # fmt: skip
OFFICIAL = (
    "No", "RFC", "Nombre del Contribuyente", "Situación del contribuyente",
    "Número y fecha de oficio global de presunción SAT", "Publicación página SAT presuntos",
    "Número y fecha de oficio global de presunción DOF", "Publicación DOF presuntos",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT", "Publicación página SAT desvirtuados",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF", "Publicación DOF desvirtuados",
    "Número y fecha de oficio global de definitivos SAT", "Publicación página SAT definitivos",
    "Número y fecha de oficio global de definitivos DOF", "Publicación DOF definitivos",
    "Número y fecha de oficio global de sentencia favorable SAT", "Publicación página SAT sentencia favorable",
    "Número y fecha de oficio global de sentencia favorable DOF", "Publicación DOF sentencia favorable",
)  # fmt: skip
PREAMBLE = (
    ("Información actualizada al 30 de noviembre de 2022", *[""] * 19),
    ("Listado completo de contribuyentes (Artículo 69-B del CFF)", *[""] * 19),
)
RFC = "AAA080808HL8"
NOTICE = "500-05-2018-16632 de fecha 01 de junio de 2018"


def row(no="1", rfc=RFC, nombre="MUSTRA, S.A. DE C.V.", **cells):
    """Make a row; without cells named, with one presumption."""
    if not cells:
        cells = {"pub_sat_presunto": "01/06/2018", "oficio_presuncion_sat": NOTICE}
    return tuple(({"no": no, "rfc": rfc, "nombre": nombre} | cells).get(name, "") for name in SHORT)


def take(*rows, header=SHORT, above=()):
    return mx_sat_69b.take([table(*above, header, *rows)])


def notices(taken):
    return [(r.values["stage"], days.text(r.values["took_effect"])) for r in taken.records]


# --------------------------------------------------------------------------------------------------
# Layouts


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(SHORT, id="short"),
        pytest.param(OFFICIAL, id="official"),
        pytest.param(("No.", *OFFICIAL[1:]), id="No."),
        pytest.param(
            tuple(f" {name.upper()} \n" for name in OFFICIAL), id="capitals, blanks, breaks"
        ),
        pytest.param(
            tuple(name.replace("ó", "o").replace("ú", "u") for name in OFFICIAL), id="no accents"
        ),
    ],
)
def test_the_header_is_found_by_its_content(header):
    taken = take(row(), header=header, above=PREAMBLE)
    assert taken.editions == (days.day("2022-11-30"),)
    assert notices(taken) == [("presunto", "2018-06-01")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Información actualizada al 30 de noviembre de 2022", "2022-11-30"),
        (
            "Información actualizada al 31 de diciembre de 2025; los listados a que se hace mención",
            "2025-12-31",
        ),
        ("INFORMACIÓN ACTUALIZADA AL 1 DE SETIEMBRE DEL 2020", "2020-09-01"),
        ("Información actualizada al 31 de febrero de 2022", None),
        ("Información actualizada al 3 de brumario de 2022", None),
        ("", None),
    ],
)
def test_the_day_of_the_edition_stands_above_the_header(text, day):
    found = edition_day(text)
    assert (None if found is None else days.text(found)) == day


def test_the_layout_of_2018_is_refused_because_it_does_not_tell_page_from_gazette():
    old = [name for name in OFFICIAL if not name.endswith(" DOF")]
    header = tuple(
        "Número y fecha de oficio global de presunción" if "presunción" in n else n for n in old
    )
    assert ("layout-of-2018", 0) in refused(take(header=header))


def test_a_column_that_stands_twice_refuses_the_file():
    assert refused(take(header=(*SHORT[:4], SHORT[4], *SHORT[4:]))) == [("column-twice", 0)]


def test_a_missing_column_of_days_refuses_the_file_and_a_missing_status_does_not():
    assert refused(take(header=SHORT[:-1])) == [("required-column-absent", 0)]
    assert not take(row()[:3] + row()[4:], header=SHORT[:3] + SHORT[4:]).refuses


def test_filler_rows_and_further_columns_are_passed_over():
    taken = take((*row(), "x"), ("",) * 21, header=(*SHORT, "Observaciones"))
    assert (len(taken.units), taken.counts["filler-row"], taken.counts["unknown-column"]) == (
        1,
        1,
        1,
    )


def test_the_word_of_the_list_for_the_status_is_never_read():
    first, *others = (
        take(row(situacion=w, pub_sat_presunto="01/06/2018")).records
        for w in ("Definitivo", "", "x")
    )
    assert others == [first, first]


# --------------------------------------------------------------------------------------------------
# Numbers and names


@pytest.mark.parametrize(
    ("rfc", "code"),
    [
        pytest.param("AAAA800101AB1", "natural-person", id="13 signs"),
        pytest.param("ÑAAA80010AB12", "natural-person", id="13 signs with Ñ, 14 bytes"),
        pytest.param("X" * 13, "natural-person", id="13 signs, suppressed"),
        pytest.param("AAA080808HL", "rfc-malformed", id="11 signs"),
        pytest.param("AAA081308HL8", "rfc-malformed", id="month 13"),
        pytest.param("AAA080230HL8", "rfc-malformed", id="30 February"),
        pytest.param("aaa080808hl8", "rfc-malformed", id="lower case"),
        pytest.param("AA1080808HL8", "rfc-malformed", id="digit among letters"),
        pytest.param("AAA080808HLB", "rfc-malformed", id="last sign"),
        pytest.param("XXXXXXXXXXX", "rfc-malformed", id="11 X"),
        pytest.param("", "rfc-malformed", id="empty"),
    ],
)
def test_a_row_without_the_number_of_a_legal_person_is_refused_and_not_repeated(rfc, code):
    taken = take(row(rfc=rfc, nombre="PEREZ MUSTER JUAN"), row(no="2"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.units) == 1
    assert "PEREZ" not in str(taken)
    assert not rfc or rfc not in str(taken.findings)


@pytest.mark.parametrize(
    "rfc",
    [
        "ÑAÑ140114GY4",
        "N\u0303AN\u0303140114GY4",
        "I&D030528BP4",
        " AAA080808HL8\xa0",
        "AAA000229AB1",
    ],
)
def test_numbers_are_counted_in_characters_and_may_hold_n_with_tilde_and_ampersand(rfc):
    assert len(take(row(rfc=rfc)).units) == 1


def test_a_check_digit_that_fails_is_noted_and_never_refuses():
    taken = take(row(rfc="ACC071123LL9"))
    assert said(taken) == [("rfc-check-fails", 2, "rfc")]
    assert len(taken.units) == 1


def test_suppressed_rows_are_each_their_own_organisation_without_name():
    hidden = [
        row(no=str(n), rfc="X" * 12, nombre="Información suprimida en cumplimiento") for n in (1, 2)
    ]
    taken = take(*hidden)
    assert len({u.holder for u in taken.units}) == len(taken.organisations) == 2
    assert {(o.name, o.identifier, o.form.is_judged) for o in taken.organisations} == {
        (None, None, True)
    }
    assert len({r.record for r in taken.records}) == 2
    assert take(*hidden).organisations == taken.organisations


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" MUSTRA,\xa0S.A.\nDE  C.V. ", "MUSTRA, S.A. DE C.V."),
        ("MUSTRA, S.C. // En cumplimiento a la sentencia de fecha 3 de mayo", "MUSTRA, S.C."),
        ("", None),
        ("M" * 401, None),
    ],
)
def test_the_name_is_what_stands_before_the_slashes_on_one_line(cell, name):
    assert take(row(nombre=cell)).organisations[0].name == name


@pytest.mark.parametrize("no", ["", "x", "1.0"])
def test_a_row_without_its_number_is_refused(no):
    assert refused(take(row(no=no))) == [("key-missing", 2), ("no-data", 0)]


def test_rows_of_one_taxpayer_are_separate_proceedings_of_one_holder():
    second = row(
        no="2", nombre="MUSTRA SA", pub_sat_presunto="01/02/2020", pub_sat_definitivo="01/09/2020"
    )
    taken = take(row(), second)
    assert [(u.unit, u.holder, days.text(u.valid_from)) for u in taken.units] == [
        ("1", f"mx.rfc:{RFC}", "2018-06-01"), ("2", f"mx.rfc:{RFC}", "2020-02-01"),
    ]  # fmt: skip
    assert [o.name for o in taken.organisations] == ["MUSTRA SA"]
    assert taken.counts["names-differ"] == 1


def test_one_row_twice_counts_once_and_contradicting_rows_of_one_proceeding_are_held():
    other = row(no="3", oficio_presuncion_sat=NOTICE, pub_sat_presunto="02/06/2018")
    taken = take(row(), row(no="2"), other)
    assert [u.unit for u in taken.units] == ["1", "3"]
    assert {r.state for r in taken.records} == {"held"}
    assert taken.counts == {"row-repeated": 1, "proceeding-twice": 2}


def test_one_number_of_two_different_rows_refuses_both():
    assert refused(take(row(), row(rfc="ÑAÑ140114GY4"), row(no="2"))) == [
        ("rows-contradict", 2),
        ("rows-contradict", 3),
    ]


# --------------------------------------------------------------------------------------------------
# Days and notices


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("01/06/2018", ["2018-06-01"]),
        ("1/6/2018", ["2018-06-01"]),
        ("12/04/2022 - 22/02/2021", ["2022-04-12", "2021-02-22"]),
        ("12/04/2022//22/02/2021", ["2022-04-12", "2021-02-22"]),
        ("12/04/2022 // 22/02/2021", ["2022-04-12", "2021-02-22"]),
        ("12/04/2022   22/02/2021", ["2022-04-12", "2021-02-22"]),
        ("12/04/2022\n22/02/2021", ["2022-04-12", "2021-02-22"]),
        ("19/07/2018 - 30/10/18", ["2018-07-19", "2018-10-30"]),
        ("30-10-18 // 19/07/2018", ["2018-10-30", "2018-07-19"]),
        ("44029", ["2020-07-17"]),
        (" \xa0", []),
    ],
)
def test_a_cell_of_days_is_read_in_all_its_shapes(cell, expected):
    assert [days.text(d) for d in dates_of(cell)] == expected


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2018",
        "01-06/2018",
        "2018-06-01",
        "junio de 2018",
        "01/06/218",
        "01/06/2018 22/02/2021",
        "01/06/2018 -",
        "01/06/1918",
        "00000",
        "99999",
        "٠١/٠٦/٢٠١٨",
    ],
)
def test_a_cell_of_days_in_any_other_shape_refuses_the_row(cell):
    taken = take(row(pub_sat_presunto=cell), row(no="2"))
    assert refused(taken) == [("date-unreadable", 2)]
    assert len(taken.units) == 1


@pytest.mark.parametrize(
    ("page", "gazette", "expected"),
    [
        pytest.param("01/06/2018", "25/06/2018", ["2018-06-01"], id="both"),
        pytest.param("01/06/2018", "", ["2018-06-01"], id="page only"),
        pytest.param("", "25/06/2018", ["2018-06-25"], id="gazette only"),
        pytest.param("25/06/2018", "01/06/2018", ["2018-06-01"], id="gazette first"),
        pytest.param(
            "25/11/2022 - 26/10/2018",
            "21/11/2018",
            ["2018-10-26", "2022-11-25"],
            id="the newest lacks the gazette",
        ),
        pytest.param(
            "12/04/2022 - 22/02/2021",
            "05/05/2022 - 10/03/2021",
            ["2021-02-22", "2022-04-12"],
            id="two of each, later first",
        ),
        pytest.param(
            "12/04/2022 - 22/02/2021",
            "10/03/2021 - 05/05/2022",
            ["2021-02-22", "2022-04-12"],
            id="each side in its own order",
        ),
    ],
)
def test_the_oldest_on_the_page_and_the_oldest_in_the_gazette_are_one_notice(
    page, gazette, expected
):
    taken = take(row(pub_sat_definitivo=page, pub_dof_definitivo=gazette))
    assert notices(taken) == [("definitivo", day) for day in expected]


def test_each_stage_has_its_own_notices():
    cells = {
        f"pub_sat_{page}": f"0{n}/01/2019"
        for n, page in enumerate(("presunto", "desvirtuado", "definitivo", "sentencia"), 1)
    }
    assert notices(take(row(**cells))) == [
        ("presunto", "2019-01-01"), ("desvirtuado", "2019-01-02"), ("definitivo", "2019-01-03"), ("sentencia_favorable", "2019-01-04"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (NOTICE, ("500-05-2018-16632", "2018-06-01")),
        ("500-05-2018-16632 de fecha 1 de junio del 2018?", ("500-05-2018-16632", "2018-06-01")),
        ("500-05-2018-16632  de fecha  01 junio 2018", ("500-05-2018-16632", "2018-06-01")),
        ("500-04-00-2018-1663 de 01 de junio de 2018", ("500-04-00-2018-1663", "2018-06-01")),
        ("500-05-2018-16632 de fecha 31 de junio de 2018", None),
        ("500-05-2018-16632 de fecha 01 de brumario de 2018", None),
        ("oficio sin número", None),
    ],
)
def test_number_and_date_of_a_notice_are_read_or_missing_with_a_note(cell, expected):
    taken = take(row(oficio_presuncion_sat=cell, pub_sat_presunto="01/06/2018"))
    values = taken.records[0].values
    found = values["notice"] and (values["notice"], days.text(values["dated"]))
    assert found == expected
    assert taken.counts.get("notice-unreadable", 0) == (expected is None)


def test_numbers_of_several_notices_go_with_their_days_oldest_first():
    cell = (
        "500-05-2022-2 de fecha 1 de abril de 2022 // 500-05-2021-1 de fecha 1 de febrero de 2021"
    )
    cell = cell.replace("-2 de", "-2222 de").replace("-1 de", "-1111 de")
    taken = take(row(oficio_definitivo_sat=cell, pub_sat_definitivo="12/04/2022 - 22/02/2021"))
    assert [r.values["notice"] for r in taken.records] == ["500-05-2021-1111", "500-05-2022-2222"]


def test_numbers_that_cannot_be_paired_with_days_are_missing_with_a_note():
    taken = take(row(oficio_sentencia_sat=NOTICE, pub_sat_sentencia="19/07/2018 - 30/10/18"))
    assert [r.values["notice"] for r in taken.records] == [None, None]
    assert taken.counts["notices-unpaired"] == 1


def test_the_gazettes_number_serves_where_the_page_has_none():
    taken = take(
        row(
            oficio_presuncion_dof=NOTICE,
            pub_sat_presunto="01/06/2018",
            pub_dof_presunto="25/06/2018",
        )
    )
    assert taken.records[0].values["notice"] == "500-05-2018-16632"


def test_a_notice_without_any_day_has_no_effect_and_is_noted():
    taken = take(row(pub_sat_presunto="01/06/2018", oficio_definitivo_sat=NOTICE))
    assert notices(taken) == [("presunto", "2018-06-01")]
    assert taken.counts == {"notice-without-date": 1}


def test_a_row_without_any_notice_is_refused():
    assert refused(take(row(oficio_presuncion_sat=NOTICE), row(no="2"))) == [("no-notice", 2)]


def test_stages_on_one_day_hold_the_row_because_nobody_can_say_which_came_last():
    taken = take(
        row(pub_sat_definitivo="01/06/2018", pub_sat_sentencia="01/06/2018"),
        row(no="2", rfc="ÑAÑ140114GY4"),
    )
    assert {r.subject: r.state for r in taken.records} == {"1": "held", "2": "in force"}
    assert taken.counts == {"stages-tie": 1}


def test_two_notices_of_one_stage_on_one_day_are_two_records():
    taken = take(row(pub_sat_definitivo="01/06/2018 - 01/06/2018"))
    assert len({r.record for r in taken.records}) == 2


def test_ids_of_records_do_not_hang_on_the_number_of_the_row():
    assert [r.record for r in take(row()).records] == [r.record for r in take(row(no="9")).records] == [
        f"mx_sat_69b:{RFC}:500-05-2018-16632:presunto:2018-06-01"
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------------
# Editions


def edition(text, *rows, file="list.csv"):
    return Table(file, [Row(1, [text]), *(Row(n, r) for n, r in enumerate((SHORT, *rows), 2))])


def test_editions_are_taken_in_the_order_of_their_days_and_differences_become_versions():
    first = edition("al 30 de noviembre de 2022", row(), row(no="2", rfc="ÑAÑ140114GY4"))
    changed = row(
        pub_sat_presunto="01/06/2018", oficio_presuncion_sat=NOTICE, pub_sat_definitivo="15/12/2022"
    )
    taken = mx_sat_69b.take([edition("al 31 de diciembre de 2022", changed), first])
    assert [days.text(d) for d in taken.editions] == ["2022-11-30", "2022-12-31"]
    assert sorted((r.values["stage"], r.subject, r.known_from, r.known_to) for r in taken.records) == [
        ("definitivo", "1", 2, None), ("presunto", "1", 1, None), ("presunto", "2", 1, 2),
    ]  # fmt: skip
    assert sorted((o.identifier, o.known_from, o.known_to) for o in taken.organisations) == [
        (RFC, 1, None),
        ("ÑAÑ140114GY4", 1, 2),
    ]


def test_a_renumbered_row_ends_under_its_old_number_and_begins_under_its_new_one():
    taken = mx_sat_69b.take(
        [edition("al 1 de enero de 2022", row()), edition("al 2 de enero de 2022", row(no="5"))]
    )
    assert [(r.subject, r.known_from, r.known_to) for r in taken.records] == [
        ("1", 1, 2),
        ("5", 2, None),
    ]


def test_several_files_need_their_days_and_each_day_once():
    nameless = edition("", row(), file="a.csv")
    dated = edition("al 1 de enero de 2022", row(), file="b.csv")
    assert refused(mx_sat_69b.take([nameless, dated])) == [("edition-not-said", 0)]
    assert (
        refused(mx_sat_69b.take([dated, edition("al 1 de enero de 2022", row(), file="c.csv")]))
        == [("same-edition-twice", 0)] * 2
    )
    assert not mx_sat_69b.take([nameless]).refuses
