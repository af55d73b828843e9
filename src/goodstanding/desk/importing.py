"""Import official files: open, parse, write a register and the list of reasons, in this order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodstanding.desk.context import Desk
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.sources import (
    Table,
    Taken,
    br_mg_anticorruption,
    ca_montreal_food_fines,
    eu_ets,
    gleif_lei,
    mx_sat_69b,
    tw_ghg,
    uk_lt_aml_fines,
    uk_payment_practices,
    us_fda,
    us_fdic_failed_banks,
    us_ofac_sdn,
)
from goodstanding.store.files import open_table
from goodstanding.store.taken import counts_of, write_reasons, write_register

# What each source is called at the door, and its importer.
SOURCES: Mapping[str, Callable[[Sequence[Table]], Taken]] = {
    "br-mg-anticorruption": br_mg_anticorruption.take,
    "ca-montreal-food-fines": ca_montreal_food_fines.take,
    "eu-ets": eu_ets.take,
    "gleif-lei": gleif_lei.take,
    "mx-sat-69b": mx_sat_69b.take,
    "tw-ghg": tw_ghg.take,
    "uk-lt-aml-fines": uk_lt_aml_fines.take,
    "uk-payment-practices": uk_payment_practices.take,
    "us-fda": us_fda.take,
    "us-fdic-failed-banks": us_fdic_failed_banks.take,
    "us-ofac-sdn": us_ofac_sdn.take,
}


@dataclass(frozen=True)
class Imported:
    """What came of it: counts by name, where the reasons lie, and what stopped the import."""

    findings: tuple[Finding, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    refused: int = 0
    reasons_file: Path | None = None
    made: bool = False

    @property
    def refuses(self) -> bool:
        """Tell whether anything was refused: the whole, or rows."""
        return self.refused > 0 or any(f.refuses for f in self.findings)


def import_files(desk: Desk, source: str, files: Sequence[Path], out: Path) -> Imported:
    """Make a register of official files. Why rows were refused or noted goes to `<out>.refused.csv`."""
    wrong = [f for f in desk.findings if f.refuses]
    if wrong:
        return Imported(tuple(wrong))
    if source not in SOURCES:
        known = ", ".join(SOURCES)
        return Imported((finding("unknown-source", Place("SOURCE"), name=source, expected=known),))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        return Imported((finding("output-exists", Place(str(out))),))
    taken = SOURCES[source]([open_table(file) for file in files])
    reasons_file = out.with_name(out.name + ".refused.csv")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        refused = write_reasons(reasons_file, taken.findings, desk.words)
        whole = tuple(f for f in taken.findings if f.refuses and not f.place.line)
        if not taken.refuses:
            write_register(out, taken, desk.law.types, imported=desk.today())
    except OSError as error:
        return Imported((finding("cannot-write", Place(str(out)), found=error.strerror or "?"),))
    return Imported(
        whole, tuple(counts_of(taken).items()), refused, reasons_file, not taken.refuses
    )
