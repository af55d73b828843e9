"""Minas Gerais: firms fined under Brazil's anti-corruption law. Each row becomes a record `br.mg.lac_sanction`.

The kind of legal person is told by the source's own column of forms; what the firm did is prose there and is not taken.
docs/sources/br-mg-anticorruption.md says what is done with each trap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from goodstanding.kernel.finding import Finding, Severity
from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import (
    Header,
    OrganisationRow,
    Row,
    Table,
    Taken,
    plain_header,
    plain_text,
)
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    amount_in,
    columns,
    day_in,
    name_in,
    take_listed,
    word_in,
)

SOURCE = "br_mg_anticorruption"
RECORD_TYPE = "br.mg.lac_sanction"
AUTHORITY = "br.mg.cge"
_REQUIRED = (
    "numero",
    "ano",
    "data_publicacao",
    "empresa_processada",
    "tipo_societario",
    "cnpj",
    "data_decisao",
    "decisao",
    "fase",
    "valor_multa",
)
LAYOUT = Layout(
    columns(
        *_REQUIRED, "sei", "portaria", "orgao_instaurador", "orgao_lesado", "conuta", "conduta"
    ),
    _REQUIRED,
    "numero",
)
# How the forms of legal persons begin, plain. All others are either a person's business or not known.
_FORMS = (
    "sociedade limitada",
    "s.a. sociedade anonima",
    "sociedade anonima",
    "s.l.u. sociedade limitada unipessoal",
    "fundacao",
    "associacao",
    "cooperativa",
    "consorcio",
    "empresa publica",
    "sociedade de economia mista",
)
_SOLE = ("microempreendedor individual", "empresario individual", "mei", "ei")
# Where the proceeding stands: the certainty of the sanction.
_PHASES = {
    "transitado em julgado": "final",
    "decisao condenatoria": "decided",
    "em prazo recursal": "decided",
    "em fase de recurso": "under review",
    "em fase recursal": "under review",
    "recurso": "under review",
    "pedido de reconsideracao": "under review",
    "suspenso": "suspended",
    "suspenso por decisao judicial": "suspended",
    "anulado": "annulled",
}
_CNPJ = re.compile(r"([0-9A-Z]{2})\.?([0-9A-Z]{3})\.?([0-9A-Z]{3})[/.]?([0-9A-Z]{4})-?([0-9]{2})")
_CASE = re.compile(r"[0-9]{1,6}")
_YEAR = re.compile(r"20[0-9]{2}")


def take(tables: Sequence[Table]) -> Taken:
    """Take the list in; several files are read as one edition."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    """Read one row. Of an individual's business nothing is looked at but the form."""
    form = plain_header(plain_text(header.cell(row, "tipo_societario")))
    if form.startswith(_SOLE):
        wrong.append(header.wrong(row, "person-like-form", "tipo_societario"))
        return None
    sanction = _sanction(header.cell(row, "decisao"))
    if not sanction:
        wrong.append(header.note(row, "no-sanction", "decisao"))
        return None
    cnpj = cnpj_of(plain_text(header.cell(row, "cnpj")))
    if not cnpj:
        wrong.append(header.wrong(row, "identifier-malformed", "cnpj", header.cell(row, "cnpj")))
        return None
    held = not cnpj_checks(cnpj)
    if held:
        warning = header.wrong(row, "identifier-check-fails", "cnpj")
        wrong.append(replace(warning, severity=Severity.WARNING))
    number, year = header.cell(row, "numero"), header.cell(row, "ano")
    if not (_CASE.fullmatch(number) and _YEAR.fullmatch(year)):
        wrong.append(header.wrong(row, "key-missing", "numero"))
    values = {
        "opened": day_in(header, row, "data_publicacao", wrong),
        "decided": day_in(header, row, "data_decisao", wrong),
        "sanction": sanction,
        "fine": amount_in(header, row, "valor_multa", wrong, ","),
        "certainty": word_in(header, row, "fase", _PHASES, wrong),
        "decision": f"PAR {number}/{year}",
        "authority": AUTHORITY,
    }
    return Filed(
        _organisation(header, row, cnpj, form, wrong),
        RECORD_TYPE,
        f"{SOURCE}:PAR {number}/{year}:CNPJ {cnpj}",
        tuple(values.items()),
        "held" if held else "in force",
    )


def _sanction(decision: str) -> str:
    """Name the sanctions of law 12.846, art 6; empty where the decision is none of them (an acquittal, a closed file)."""
    plain = plain_header(plain_text(decision))
    fine, publication = "multa" in plain, "p.ext" in plain or "publicacao extraordinaria" in plain
    if fine and publication:
        return "fine_and_publication"
    return "fine" if fine else "publication" if publication else ""


def _organisation(
    header: Header, row: Row, cnpj: str, form: str, wrong: list[Finding]
) -> OrganisationRow:
    """Give the legal person: the first eight signs of the number; the other four are its establishment."""
    known = next((f for f in _FORMS if form.startswith(f)), None)
    subject = f"br.cnpj:{cnpj[:8]}"
    if known is None:
        wrong.append(header.note(row, "form-not-known", "tipo_societario", form))
        return OrganisationRow(subject, None, "BR", "cnpj", cnpj, Form.UNKNOWN, None)
    name = name_in(header, row, "empresa_processada", wrong)
    vouched = f"{SOURCE}: the list's column of forms says {known}"
    return OrganisationRow(subject, name, "BR", "cnpj", cnpj, Form.ORGANISATION, vouched)


def cnpj_of(text: str) -> str:
    """Give the 14 signs of a CNPJ, of digits or (from 2026 on) letters and digits; empty where it is none.

    >>> cnpj_of("11.222.333/0001-81")
    '11222333000181'
    """
    match = _CNPJ.fullmatch(text)
    return "".join(match.groups()) if match else ""


def cnpj_checks(cnpj: str) -> bool:
    """Tell whether both check digits fit; a letter counts by its place after the digits in ASCII.

    >>> cnpj_checks("11222333000181"), cnpj_checks("12ABC34501DE35"), cnpj_checks("11222333000182")
    (True, True, False)
    """
    return all(_check_digit(cnpj[:length]) == cnpj[length] for length in (12, 13))


def _check_digit(signs: str) -> str:
    weighed = sum((ord(sign) - ord("0")) * (2 + at % 8) for at, sign in enumerate(reversed(signs)))
    rest = weighed % 11
    return "0" if rest < 2 else str(11 - rest)
