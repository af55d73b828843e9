"""Montréal: convictions for offences against food law. Each row becomes a record `ca.montreal.food_conviction` of the owner.

The source has no register numbers: an owner is known by its number where its registered name is one, else by
establishment and name, and such owners are never joined. docs/sources/ca-montreal-food-fines.md says more.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import Version
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken, plain_text
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    amount_in,
    columns,
    compact_day,
    day_in,
    name_in,
    take_listed,
)

SOURCE = "ca_montreal_food_fines"
RECORD_TYPE = "ca.montreal.food_conviction"
AUTHORITY = "ca.montreal"
_REQUIRED = (
    "id_poursuite",
    "business_id",
    "date",
    "description",
    "date_jugement",
    "montant",
    "proprietaire",
)
LAYOUT = Layout(
    columns(*_REQUIRED, "adresse", "etablissement", "ville", "statut", "date_statut", "categorie"),
    _REQUIRED,
    "id_poursuite",
)
_NUMBER = re.compile(r"[0-9]{1,9}")
# Words that only the name of a legal person or of a registered partnership may carry.
_LEGAL_FORM = re.compile(
    r"\b(INC|INCORPOREE|INCORPORATED|LTEE|LIMITEE|LTD|LIMITED|CORP|CORPORATION|CO LTD|ULC|LLP|SOCIETE EN COMMANDITE"
    r"|COOP|COOPERATIVE|S ?E ?N ?C( ?R ?L)?|S ?E ?C)\b"
)
_NUMBERED = re.compile(r"([0-9]{4}) ?-? ?([0-9]{4}) (QUEBEC)|([0-9]{6,8}) (CANADA)")
# The rule broken is prose: the kinds are told by how it begins, plain.
_KINDS: tuple[tuple[str, str], ...] = (
    ("le produit alterable a la chaleur", "cold"),
    ("le produit perissable vendu chaud", "hot"),
    ("dans le cas d'un produit congele", "cold"),
    ("les lieux, vehicules, equipements", "clean"),
    ("les surfaces du materiel", "clean"),
    ("le lieu ou le vehicule doit etre exempt de contaminants", "contaminants"),
    ("les personnes", "handling"),
    ("hygiene du manipulateur", "handling"),
    ("dans un lieu ou un vehicule, les produits non emballes", "handling"),
    ("dans un local", "premises"),
    ("le lieu ou le vehicule doit etre aere", "premises"),
    ("tout produit conditionne", "labelling"),
    ("nul ne peut, sans etre titulaire d'un permis", "permit"),
    ("est prohibee toute tromperie", "deception"),
    ("nul ne peut preparer, detenir", "unfit"),
    ("est passible de l'amende prevue au premier alinea quiconque entrave", "obstruction"),
)


def take(tables: Sequence[Table]) -> Taken:
    """Take the list in; several files are read as one edition. Each conviction refers to the earlier one it may repeat."""
    taken = take_listed(SOURCE, tables, LAYOUT, _read)
    return replace(taken, records=tuple(_referred(taken.records)))


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    """Read one row. Where the owner is not known to be an organisation nothing else of it is looked at."""
    owner = _plain(header.cell(row, "proprietaire"))
    form = _LEGAL_FORM.search(owner)
    if form is None:
        wrong.append(header.wrong(row, "owner-not-vouched", "proprietaire"))
        return None
    wrong += (
        header.wrong(row, "key-missing", column)
        for column in ("id_poursuite", "business_id")
        if not _NUMBER.fullmatch(header.cell(row, column))
    )
    offence = day_in(header, row, "date", wrong, compact_day, "YYYYMMDD")
    judged = day_in(header, row, "date_jugement", wrong, compact_day, "YYYYMMDD")
    if offence is not None and judged is not None and judged < offence:
        wrong.append(header.wrong(row, "days-out-of-order", "date_jugement"))
    rule = plain_text(header.cell(row, "description"))
    number = header.cell(row, "id_poursuite")
    values = {
        "offence": offence,
        "judged_on": judged,
        "kind": _kind(rule),
        "rule": hashlib.sha256(rule.encode()).hexdigest()[:12] if rule else None,
        "fine": amount_in(header, row, "montant", wrong),
        "certainty": "decided",
        "decision": number,
        "authority": AUTHORITY,
    }
    return Filed(
        _organisation(header, row, owner, form[1], wrong),
        RECORD_TYPE,
        f"{SOURCE}:{number}",
        tuple(values.items()),
    )


def _organisation(
    header: Header, row: Row, owner: str, form: str, wrong: list[Finding]
) -> OrganisationRow:
    name = name_in(header, row, "proprietaire", wrong)
    vouched = f"{SOURCE}: the registered name shows the legal form {form}"
    match = _NUMBERED.match(owner)
    if match:
        number = match[4] or match[1] + match[2]
        kind = "ca.qc.numbered" if match[3] else "ca.numbered"
        return OrganisationRow(
            f"{kind}:{number}", name, "CA", kind, number, Form.ORGANISATION, vouched
        )
    local = hashlib.sha256(owner.encode()).hexdigest()[:12]
    subject = f"ca.montreal.owner:{header.cell(row, 'business_id')}-{local}"
    return OrganisationRow(subject, name, "CA", None, None, Form.ORGANISATION, vouched)


def _plain(name: str) -> str:
    """Give a name in capitals without accents, signs between words as blanks.

    >>> _plain("Épicerie d’Ici, Ltée")
    'EPICERIE D ICI LTEE'
    """
    apart = unicodedata.normalize("NFKD", name.upper())
    return re.sub(
        r"[^A-Z0-9&]+", " ", "".join(c for c in apart if not unicodedata.combining(c))
    ).strip()


def _kind(rule: str) -> str:
    apart = unicodedata.normalize("NFKD", rule.lower().replace("’", "'"))
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return next((kind for start, kind in _KINDS if plain.startswith(start)), "other")


def _referred(records: Sequence[Version]) -> list[Version]:
    """Let each conviction refer to the owner's latest one for the same rule that was given before the offence."""
    same: Mapping[object, list[Version]] = defaultdict(list)
    for record in sorted(records, key=lambda r: (_day(r, "judged_on"), r.record)):
        same[record.subject, record.values["rule"]].append(record)
    return [
        _with_earlier(record, same[record.subject, record.values["rule"]]) for record in records
    ]


def _with_earlier(record: Version, same: Sequence[Version]) -> Version:
    before = [r for r in same if _day(r, "judged_on") < _day(record, "offence")]
    if record.values["rule"] is None or not before:
        return record
    return replace(record, links={"earlier": before[-1].record})


def _day(record: Version, name: str) -> Day:
    return cast("Day", record.values[name])
