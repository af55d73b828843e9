"""What a cycle carries into the next where an authority issued standings: as issued, else as computed."""

from __future__ import annotations

from goodstanding.compile import tables
from goodstanding.compile.dialect import Dialect
from goodstanding.compile.programme import Origins
from goodstanding.compile.tables import Table
from goodstanding.compile.versions import known_at
from goodstanding.kernel.quantity import CODE
from goodstanding.kernel.rules import nodes as n


def origins_of(programme: n.Programme) -> dict[str, tuple[str, str]]:
    """Say in which columns the origins stand that a programme reads or carries on."""
    carries = programme.grades.carries if programme.grades else ()
    return {c.id: tables.origin(c.id) for c in carries}


def issued_before(
    programme: n.Programme, cycle: int, computed: Origins, *, known: int | None, dialect: Dialect
) -> Table:
    """Make the table BEFORE for a programme from what was issued for a cycle.

    `computed` are the columns that STANDINGS of that cycle has; where nobody was judged there are none. What an
    issued standing does not name is not carried, whatever was computed.
    """
    d = dialect
    wanted = origins_of(programme)
    of_units = programme.judges is n.Judges.UNIT
    subjects = tables.UNIT_SUBJECTS if of_units else tables.SUBJECTS
    unit = "s.subject" if of_units else d.missing(CODE)
    as_issued = "".join(
        f",\n    {d.whole_at('r.carried', rule)} AS {d.name(column)}"
        for rule, columns in wanted.items()
        for column in columns
    )
    as_computed = "".join(
        f", {d.name(column) if rule in computed else d.no_place()} AS {d.name(column)}"
        for rule, columns in wanted.items()
        for column in columns
    )
    p = d.parameter
    sql = (
        "WITH ranked AS (\n"
        f"  SELECT s._s, {unit} AS unit, row_number() OVER (PARTITION BY s._s ORDER BY r.known_from DESC) AS _place{as_issued}\n"
        f"  FROM {d.name(tables.ISSUED)} AS r JOIN {d.name(subjects)} AS s ON s.subject = r.subject\n"
        f"  WHERE r.bucket BETWEEN {p(tables.BUCKET_FROM)} AND {p(tables.BUCKET_TO)}\n"
        f"    AND r.programme = {d.text(programme.id)} AND r.cycle = {cycle} AND {known_at(known, 'r.')}\n"
        "),\n"
        "issued AS (SELECT * FROM ranked WHERE _place = 1)\n"
        f"SELECT _s, unit{''.join(f', {d.name(c)}' for pair in wanted.values() for c in pair)} FROM issued"
    )
    if computed:
        sql += (
            f"\nUNION ALL\nSELECT _s, unit{as_computed} FROM {d.name(tables.STANDINGS)} AS made\n"
            "WHERE NOT EXISTS (SELECT 1 FROM issued WHERE issued._s = made._s)"
        )
    return Table(tables.BEFORE, sql, by_bucket=True)


__all__ = ["issued_before", "origins_of"]
