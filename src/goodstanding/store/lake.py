"""The register format (docs/register-format.md): after this file has run, versions lie in Parquet, sorted, and can be found again.

Nothing here judges and nothing here checks values: `admission` does that before anything of a foreign register is read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.kernel import days
from goodstanding.kernel.identity import Form, Organisation
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules.nodes import RecordType

FORMAT = 1
# The columns of positions hold no more.
POSITION_MAX = 2**63 - 1
Types = Mapping[str, Mapping[int, RecordType]]
# (name, type in DuckDB's words)
Columns = tuple[tuple[str, str], ...]
Row = Sequence[object]

ORGANISATIONS, IDENTITIES, UNITS, ISSUED = "organisations", "identities", "units", "issued"
FIXED: Mapping[str, Columns] = {
    ORGANISATIONS: (
        ("bucket", "USMALLINT"),
        ("subject", "VARCHAR"),
        ("known_from", "BIGINT"),
        ("known_to", "BIGINT"),
        ("name", "VARCHAR"),
        ("jurisdiction", "VARCHAR"),
        ("identifier_kind", "VARCHAR"),
        ("identifier", "VARCHAR"),
        ("form_table", "VARCHAR"),
        ("form_code", "VARCHAR"),
        ("form", "VARCHAR"),
        ("vouched_by", "VARCHAR"),
    ),
    IDENTITIES: (
        ("kind", "VARCHAR"),
        ("elder", "VARCHAR"),
        ("younger", "VARCHAR"),
        ("valid_from", "DATE"),
        ("known_from", "BIGINT"),
        ("known_to", "BIGINT"),
        ("basis", "VARCHAR"),
    ),
    UNITS: (
        ("bucket", "USMALLINT"),
        ("unit", "VARCHAR"),
        ("holder", "VARCHAR"),
        ("holder_bucket", "USMALLINT"),
        ("valid_from", "DATE"),
        ("valid_to", "DATE"),
        ("known_from", "BIGINT"),
        ("known_to", "BIGINT"),
        ("name", "VARCHAR"),
        ("kind", "VARCHAR"),
    ),
    ISSUED: (
        ("bucket", "USMALLINT"),
        ("subject", "VARCHAR"),
        ("programme", "VARCHAR"),
        ("cycle", "INTEGER"),
        ("known_from", "BIGINT"),
        ("known_to", "BIGINT"),
        ("grade", "VARCHAR"),
        ("score", "BIGINT"),
        ("carried", "VARCHAR"),
        ("law", "VARCHAR"),
        ("position", "BIGINT"),
    ),
}
RECORD_COLUMNS: Columns = (
    ("bucket", "USMALLINT"),
    ("subject", "VARCHAR"),
    ("record", "VARCHAR"),
    ("known_from", "BIGINT"),
    ("known_to", "BIGINT"),
    ("state", "VARCHAR"),
    ("certainty", "VARCHAR"),
    ("cured", "DATE"),
    ("ended", "DATE"),
    ("decision", "VARCHAR"),
    ("act", "VARCHAR"),
    ("authority", "VARCHAR"),
)
# Own columns that are values of a kernel Version.
_OWN_VALUES = ("certainty", "cured", "ended", "decision", "act", "authority")
_SORT: Mapping[str, str] = {
    ORGANISATIONS: "bucket, subject, known_from",
    IDENTITIES: "younger, elder, known_from",
    UNITS: "bucket, unit, valid_from, known_from, holder",
    ISSUED: "bucket, subject, programme, cycle, known_from",
}
_ARROW = {
    "USMALLINT": pa.uint16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
}
ROWS_PER_GROUP = 40_960
# More rows of one dataset are cut into files by bucket, so that sorting needs little memory.
ROWS_PER_FILE = 5_000_000


def bucket_of(stable_id: str) -> int:
    """Give the bucket of a stable id: the first two bytes of its SHA-256."""
    return int.from_bytes(hashlib.sha256(stable_id.encode()).digest()[:2], "big")


def column_type(type_: Type) -> str:
    """Give the column type of a field."""
    return {Kind.NUMBER: "BIGINT", Kind.DATE: "DATE", Kind.TRUTH: "BOOLEAN"}.get(
        type_.kind, "VARCHAR"
    )


def record_columns(record_type: RecordType) -> Columns:
    """Give the columns of a record type's dataset, in order."""
    fields = tuple((name, column_type(type_)) for name, type_ in record_type.fields)
    return (
        RECORD_COLUMNS
        + fields
        + tuple((f"link_{link.name}", "VARCHAR") for link in record_type.links)
    )


def dataset_of(record_type: RecordType) -> str:
    """Give the folder of a record type's dataset below the register."""
    return f"records/{record_type.id}/v{record_type.version}"


def quoted(text: str | Path) -> str:
    """Write a text as an SQL literal: paths in COPY cannot be parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def name_of(column: str) -> str:
    """Write a column name for SQL."""
    return '"' + column.replace('"', '""') + '"'


def connect() -> duckdb.DuckDBPyConnection:
    """Open an engine in memory that reaches for nothing outside."""
    engine = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    engine.execute("SET enable_progress_bar = false")
    return engine


# --------------------------------------------------------------------------------------------------
# What a register says of itself


@dataclass(frozen=True)
class Meta:
    """The content of register.json: the last log position, and the day of each position (rising)."""

    position: int
    made: str = ""
    source: str = ""
    positions: tuple[tuple[int, int], ...] = ()  # (position, day)

    def position_on(self, day: int) -> int:
        """Give the last position of a day not after `day`; 0 is before all."""
        at = bisect_right(self.positions, day, key=lambda pair: pair[1])
        return self.positions[at - 1][0] if at else 0

    def day_of(self, position: int) -> int | None:
        """Give the day on which a position was given: that of the next one noted; None where none is."""
        at = bisect_left(self.positions, position, key=lambda pair: pair[0])
        return self.positions[at][1] if at < len(self.positions) else None

    def to_json(self) -> str:
        """Write the file."""
        positions = [[position, days.text(day)] for position, day in self.positions]
        whole = {
            "format": FORMAT,
            "position": self.position,
            "made": self.made,
            "source": self.source,
            "positions": positions,
        }
        return json.dumps(whole, ensure_ascii=False) + "\n"


def read_meta(text: str) -> Meta:
    """Read register.json; raises ValueError with a sentence if it is not one of this format."""
    try:
        whole = json.loads(text)
        if not isinstance(whole, dict) or _position(whole.get("format")) != FORMAT:
            raise ValueError(f"format {FORMAT}")
        pairs = tuple((_position(p), int(days.day(d))) for p, d in whole.get("positions", ()))
        meta = Meta(
            _position(whole["position"]),
            str(whole.get("made", "")),
            str(whole.get("source", "")),
            pairs,
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"position, positions: {error}") from error
    if any(a >= b or c > d for (a, c), (b, d) in pairwise(pairs)):
        raise ValueError("positions: not rising")
    return meta


def _position(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    if not 0 <= value <= POSITION_MAX:
        raise ValueError(f"positions are from 0 to {POSITION_MAX}")
    return value


# --------------------------------------------------------------------------------------------------
# Writing


class RegisterWriter:
    """Writes a register: rows come in any order, files leave sorted. Used in a `with`; `finish` makes it a register.

    A folder that was not finished has no register.json and is no register.
    """

    def __init__(self, folder: Path, types: Types, *, rows_per_part: int = 200_000) -> None:
        """Begin in a folder that is empty or absent; raises FileExistsError for any other."""
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(folder)
        self.folder = folder
        self.types = types
        self.columns: dict[str, Columns] = dict(FIXED)
        self.sort = dict(_SORT)
        for record_type in (t for versions in types.values() for t in versions.values()):
            dataset, counting = dataset_of(record_type), name_of(record_type.counting)
            self.columns[dataset] = record_columns(record_type)
            self.sort[dataset] = f"bucket, subject, {counting}, known_from, record"
        self.counts: dict[str, int] = {}
        self.parts = folder / ".parts"
        self.parts.mkdir(parents=True)
        self._rows: dict[str, list[Row]] = {}
        self._waiting = 0
        self._rows_per_part = rows_per_part

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.parts, ignore_errors=True)

    def add(self, dataset: str, rows: Iterable[Row]) -> None:
        """Add rows in the order of the dataset's columns; dates are days."""
        waiting = self._rows.setdefault(dataset, [])
        before = len(waiting)
        waiting.extend(rows)
        self._waiting += len(waiting) - before
        if self._waiting >= self._rows_per_part:
            self.flush()

    def add_versions(self, versions: Iterable[Version]) -> None:
        """Add versions of records as the kernel knows them."""
        for version in versions:
            record_type = self.types[version.type][version.version]
            values = version.values
            own = (values.get(name) for name in _OWN_VALUES)
            row: list[object] = [
                bucket_of(version.subject),
                version.subject,
                version.record,
                version.known_from,
                version.known_to,
                version.state,
                *own,
            ]
            row += [values.get(name) for name, _ in record_type.fields]
            row += [version.links.get(link.name) for link in record_type.links]
            self.add(dataset_of(record_type), (row,))

    def flush(self) -> None:
        """Write what waits."""
        for dataset, rows in self._rows.items():
            if not rows:
                continue
            columns = self.columns[dataset]
            arrays = [
                _array(values, kind)
                for values, (_, kind) in zip(zip(*rows, strict=True), columns, strict=True)
            ]
            table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
            part = self.parts / dataset
            part.mkdir(parents=True, exist_ok=True)
            already = self.counts.get(dataset, 0)
            pq.write_table(
                table,
                part / f"{already:012}.parquet",
                compression="zstd",
                compression_level=1,
            )
            self.counts[dataset] = already + len(rows)
        self._rows.clear()
        self._waiting = 0

    def finish(self, meta: Meta) -> None:
        """Sort what was added into the register's files and write register.json, last."""
        self.flush()
        with connect() as engine:
            for dataset, count in self.counts.items():
                self._sorted(engine, dataset, count)
        whole = self.folder / ".register.json"
        whole.write_text(meta.to_json(), encoding="utf-8")
        whole.replace(self.folder / "register.json")

    def _sorted(self, engine: duckdb.DuckDBPyConnection, dataset: str, count: int) -> None:
        target = self.folder / dataset
        target.mkdir(parents=True, exist_ok=True)
        source = f"read_parquet({quoted(pattern_of(self.parts / dataset))})"
        files = 1 if dataset == IDENTITIES else -(-count // ROWS_PER_FILE)
        step = -(-65536 // files)
        for number in range(files):
            low, high = number * step, (number + 1) * step
            where = f"WHERE bucket >= {low} AND bucket < {high}" if files > 1 else ""
            engine.execute(
                f"COPY (SELECT * FROM {source} {where} ORDER BY {self.sort[dataset]}) "
                f"TO {quoted(target / f'{number:04}.parquet')} "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_PER_GROUP})"
            )


def _array(values: Sequence[object], kind: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    if kind == "DATE":
        return pa.array(values, pa.int32()).cast(pa.date32())
    return pa.array(values, _ARROW[kind])


# --------------------------------------------------------------------------------------------------
# Reading


@dataclass(frozen=True)
class Registered:
    """An organisation with what a look-up shows of it."""

    organisation: Organisation
    identifier_kind: str | None
    identifier: str | None


@dataclass(frozen=True)
class Unit:
    """A unit as held on a day."""

    id: str
    holder: str
    name: str | None
    kind: str | None


@dataclass(frozen=True)
class Issued:
    """A standing that an authority issued."""

    programme: str
    cycle: int
    grade: str
    carried: Mapping[str, int]


class Register:
    """A register opened for reading. Used in a `with`."""

    def __init__(self, folder: Path, meta: Meta, types: Types) -> None:
        """Open the datasets that are there; `admission.admit` looks at them first."""
        self.folder = folder
        self.meta = meta
        self.types = types
        self._engine = connect()
        self._datasets = {
            record_type.key: record_type
            for versions in types.values()
            for record_type in versions.values()
            if any((folder / dataset_of(record_type)).glob("*.parquet"))
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.close()

    def find(self, text: str, known: int | None = None) -> list[Registered]:
        """Look up by stable id (a younger one answers under its elder), else by identifier, else by the whole name."""
        found = self._organisations(
            "subject = ? AND bucket = ?", [e := self.elder(text, known), bucket_of(e)], known
        )
        return (
            found
            or self._organisations("identifier = ?", [text], known)
            or self._organisations("lower(name) = lower(?)", [text], known)
        )

    def size(self) -> int:
        """Count the rows of organisations."""
        found = self._rows(ORGANISATIONS, "count(*)", "TRUE", [])
        return int(str(found[0][0])) if found else 0

    def judgeable(self, low: int, high: int, known: int | None = None) -> list[Registered]:
        """Give the organisations of a range of buckets [low, high) whose form is judged."""
        return self._organisations(
            "bucket >= ? AND bucket < ? AND form = 'organisation'", [low, high], known
        )

    def _organisations(
        self, where: str, values: list[object], known: int | None
    ) -> list[Registered]:
        rows = self._rows(
            ORGANISATIONS,
            "subject, name, form, jurisdiction, vouched_by, identifier_kind, identifier",
            f"{where} AND {_known(known)} ORDER BY bucket, subject",
            values,
        )
        return [
            Registered(
                Organisation(str(r[0]), r[1], Form(r[2]), r[3] or "", r[4] or ""),  # type: ignore[arg-type]
                r[5],  # type: ignore[arg-type]
                r[6],  # type: ignore[arg-type]
            )
            for r in rows
        ]

    def elder(self, stable_id: str, known: int | None = None) -> str:
        """Give the id under which an organisation answers: that of the eldest it is known to be the same as."""
        seen = {stable_id}
        while True:
            rows = self._rows(
                IDENTITIES,
                "elder",
                f"kind = 'same as' AND younger = ? AND {_known(known)} ORDER BY elder",
                [stable_id],
            )
            if not rows or rows[0][0] in seen:
                return stable_id
            stable_id = str(rows[0][0])
            seen.add(stable_id)

    def units_of(self, holder: str, on: int, known: int | None = None) -> list[Unit]:
        """Give the units that an organisation holds on a day."""
        where = "holder_bucket = ? AND holder = ?"
        return self._units(where, [bucket_of(holder), holder], on, known)

    def units(self, low: int, high: int, on: int, known: int | None = None) -> list[Unit]:
        """Give the units of a range of buckets [low, high) with their holders on a day."""
        return self._units("bucket >= ? AND bucket < ?", [low, high], on, known)

    def _units(self, where: str, values: list[object], on: int, known: int | None) -> list[Unit]:
        at = f"valid_from <= {_date(on)} AND (valid_to IS NULL OR {_date(on)} < valid_to)"
        rows = self._rows(
            UNITS,
            "unit, holder, name, kind",
            f"{where} AND {at} AND {_known(known)} ORDER BY unit",
            values,
        )
        return [Unit(str(r[0]), str(r[1]), r[2], r[3]) for r in rows]  # type: ignore[arg-type]

    def issued_to(self, subject: str, known: int | None = None) -> list[Issued]:
        """Give the standings issued to an organisation or unit, the latest known of each cycle last."""
        return [
            i
            for _, i in self._issued(
                "bucket = ? AND subject = ?", [bucket_of(subject), subject], known
            )
        ]

    def issued(self, low: int, high: int, known: int | None = None) -> dict[str, list[Issued]]:
        """Give the standings issued in a range of buckets [low, high) by subject, the latest known of each cycle last."""
        found: dict[str, list[Issued]] = {}
        for subject, one in self._issued("bucket >= ? AND bucket < ?", [low, high], known):
            found.setdefault(subject, []).append(one)
        return found

    def _issued(
        self, where: str, values: list[object], known: int | None
    ) -> list[tuple[str, Issued]]:
        rows = self._rows(
            ISSUED,
            "subject, programme, cycle, grade, carried",
            f"{where} AND {_known(known)} ORDER BY subject, programme, cycle, known_from",
            values,
        )
        return [
            (
                str(r[0]),
                Issued(
                    str(r[1]),
                    int(str(r[2])),
                    str(r[3]),
                    {str(k): int(v) for k, v in json.loads(str(r[4] or "{}")).items()},
                ),
            )
            for r in rows
        ]

    def versions_of(self, subject: str) -> list[Version]:
        """Give all versions of all records of one organisation or unit, whenever known."""
        found = self._versions("bucket = ? AND subject = ?", [bucket_of(subject), subject])
        return [version for _, version in found]

    def versions(
        self, low: int, high: int, names: Iterable[str] | None = None
    ) -> dict[str, list[Version]]:
        """Give all versions of a range of buckets [low, high) by subject; of the record types named, or of all."""
        found: dict[str, list[Version]] = {}
        for subject, version in self._versions("bucket >= ? AND bucket < ?", [low, high], names):
            found.setdefault(subject, []).append(version)
        return found

    def _versions(
        self, where: str, values: list[object], names: Iterable[str] | None = None
    ) -> Iterator[tuple[str, Version]]:
        wanted = None if names is None else set(names)
        for record_type in self._datasets.values():
            if wanted is not None and record_type.id not in wanted:
                continue
            columns = record_columns(record_type)
            selected = ", ".join(
                _day_number(n) if kind == "DATE" else name_of(n) for n, kind in columns
            )
            order = f"subject, {name_of(record_type.counting)}, known_from, record"
            for row in self._rows(
                dataset_of(record_type), selected, f"{where} ORDER BY {order}", values
            ):
                yield _version(record_type, columns, row)

    def _rows(
        self, dataset: str, selected: str, where: str, values: list[object]
    ) -> list[tuple[object, ...]]:
        files = self.folder / dataset
        if not any(files.glob("*.parquet")):
            return []
        source = f"read_parquet({quoted(pattern_of(files))})"
        return self._engine.execute(
            f"SELECT {selected} FROM {source} WHERE {where}", values
        ).fetchall()


def pattern_of(folder: Path) -> str:
    """Write the pattern for the files of a folder; signs of the folder's own name are no pattern."""
    plain = "".join(f"[{c}]" if c in "*?[" else c for c in str(folder))
    return f"{plain}/*.parquet"


def _known(position: int | None) -> str:
    if position is None:
        return "known_to IS NULL"
    return f"known_from <= {position:d} AND (known_to IS NULL OR {position:d} < known_to)"


def _date(day: int) -> str:
    return f"DATE '{days.text(day)}'"


def _day_number(column: str) -> str:
    return f"{name_of(column)} - DATE '1970-01-01'"


_AT = {name: at for at, (name, _) in enumerate(RECORD_COLUMNS)}


def _version(
    record_type: RecordType, columns: Columns, row: Sequence[object]
) -> tuple[str, Version]:
    values: dict[str, FieldValue] = {name: row[_AT[name]] for name in _OWN_VALUES}  # type: ignore[misc]
    first_link = len(RECORD_COLUMNS) + len(record_type.fields)
    for at in range(len(RECORD_COLUMNS), first_link):
        values[columns[at][0]] = row[at]  # type: ignore[assignment]
    links = {
        link.name: str(row[at])
        for at, link in enumerate(record_type.links, first_link)
        if row[at] is not None
    }
    subject = str(row[_AT["subject"]])
    known_to = row[_AT["known_to"]]
    return subject, Version(
        record_type.id,
        record_type.version,
        str(row[_AT["record"]]),
        subject,
        int(str(row[_AT["known_from"]])),
        None if known_to is None else int(str(known_to)),
        str(row[_AT["state"]]),
        values,
        links,
    )
