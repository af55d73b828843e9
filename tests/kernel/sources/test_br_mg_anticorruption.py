"""Named situations of the list of Minas Gerais: forms, numbers, sanctions, phases, amounts. All firms are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import br_mg_anticorruption as source
from tests.kernel.sources.official_rows import refused, said, table

COLUMNS = (
    "sei", "numero", "ano", "portaria", "data_publicacao", "orgao_instaurador", "orgao_lesado", "empresa_processada",
    "tipo_societario", "cnpj", "conuta", "data_decisao", "decisao", "fase", "valor_multa",
)  # fmt: skip
USUAL = {
    "numero": "3",
    "ano": "2019",
    "data_publicacao": "2019-04-11",
    "empresa_processada": "INVENTADA LTDA",
    "tipo_societario": "SOCIEDADE LIMITADA - ME/EPP",
    "cnpj": "11.222.333/0001-81",
    "conuta": "Texto",
    "data_decisao": "2022-05-12",
    "decisao": "Multa e P.Ext. de decisão condenatória",
    "fase": "TRANSITADO EM JULGADO",
    "valor_multa": "7651,89",
}


def row(**cells):
    return [(USUAL | cells).get(name, "") for name in COLUMNS]


def take(*rows, header=COLUMNS):
    return source.take([table(header, *rows)])


def test_a_row_becomes_one_record_of_the_legal_person():
    taken = take(row())
    (record,) = taken.records
    assert record.subject == "br.cnpj:11222333"
    assert (record.state, dict(record.values)) == (
        "in force",
        {
            "opened": days.day("2019-04-11"),
            "decided": days.day("2022-05-12"),
            "sanction": "fine_and_publication",
            "fine": 765189,
            "certainty": "final",
            "decision": "PAR 3/2019",
            "authority": "br.mg.cge",
        },
    )
    (firm,) = taken.organisations
    assert (firm.name, firm.identifier, firm.form) == (
        "INVENTADA LTDA",
        "11222333000181",
        Form.ORGANISATION,
    )
    assert "sociedade limitada" in firm.vouched_by
    assert taken.findings == ()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"tipo_societario": "MICROEMPREENDEDOR INDIVIDUAL"}, "person-like-form"),
        ({"tipo_societario": "Empresário Individual - ME"}, "person-like-form"),
        ({"cnpj": "123"}, "identifier-malformed"),
        ({"cnpj": ""}, "identifier-malformed"),
        ({"numero": ""}, "key-missing"),
        ({"ano": "19"}, "key-missing"),
        ({"data_decisao": "12/05/2022"}, "day-not-as"),
        ({"data_publicacao": ""}, "day-not-as"),
        ({"valor_multa": "7.651.89"}, "amount-unreadable"),
        ({"fase": "FASE DESCONHECIDA"}, "word-unknown"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = take(row(**cells), row(numero="9"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_of_an_individuals_row_nothing_is_kept():
    taken = take(row(tipo_societario="MEI", empresa_processada="Maria Inventada", cnpj="x"), row())
    assert "Maria" not in repr(taken)


@pytest.mark.parametrize(
    ("decision", "sanction"),
    [
        ("Multa", "fine"),
        ("Publicação Extraordinária", "publication"),
        ("Arquivamento", None),
        ("", None),
    ],
)
def test_only_a_sanction_of_the_law_makes_a_record(decision, sanction):
    taken = take(row(decisao=decision), row(numero="9"))
    assert [
        r.values["sanction"] for r in taken.records if r.values["decision"] == "PAR 3/2019"
    ] == [sanction] * bool(sanction)
    assert refused(taken) == []


@pytest.mark.parametrize(
    ("phase", "certainty"),
    [
        ("TRANSITADO\xa0EM JULGADO ", "final"),
        ("Em prazo recursal", "decided"),
        ("EM FASE DE RECURSO", "under review"),
        ("Suspenso por decisão judicial", "suspended"),
    ],
)
def test_the_phase_says_how_certain_the_sanction_is(phase, certainty):
    assert take(row(fase=phase)).records[0].values["certainty"] == certainty


@pytest.mark.parametrize(
    ("amount", "fine"), [("", None), ("0", 0), ("6000,0", 600_000), ("608.016,54", 60_801_654)]
)
def test_no_amount_is_missing_and_not_zero(amount, fine):
    assert take(row(valor_multa=amount)).records[0].values["fine"] == fine


def test_a_number_whose_check_digits_fail_holds_the_record():
    taken = take(row(cnpj="11.222.333/0001-82"))
    assert taken.records[0].state == "held"
    assert said(taken) == [("identifier-check-fails", 2, "cnpj")]


@pytest.mark.parametrize(
    "cnpj",
    ["11222333000181", "11.222.333.0001-81", " 11.222.333/0001-81\u200b", "12.ABC.345/01DE-35"],
)
def test_numbers_are_read_however_they_are_parted(cnpj):
    assert take(row(cnpj=cnpj)).records[0].state == "in force"


def test_an_unknown_form_is_registered_without_name_and_not_judged():
    (firm,) = take(row(tipo_societario="Forma Nova")).organisations
    assert (firm.name, firm.form.is_judged) == (None, False)


def test_establishments_are_one_legal_person_and_one_proceeding_fines_several():
    taken = take(row(), row(numero="4", cnpj="11.222.333/0002-62"), row(cnpj="12.ABC.345/01DE-35"))
    assert len(taken.organisations) == 2
    assert len(taken.records) == 3


def test_rows_that_contradict_each_other_are_both_refused():
    assert [code for code, _ in refused(take(row(), row(valor_multa="1,00")))] == [
        "rows-contradict",
        "rows-contradict",
    ]


def test_a_missing_column_refuses_the_file():
    assert refused(take(header=COLUMNS[:-1])) == [("required-column-absent", 0)]
