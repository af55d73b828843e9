"""What is read of one record type, and what links do to it: the fold of kernel/facts.py over columns.

Subjects, acts and linked records are told by number. Texts are compared as texts, never by a digest of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.hits import CERTAINTIES
from goodstanding.compile.versions import Types, newest
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vectors import Ints, Known, Num, Truth, Word

# Arrow arrays and tables: pyarrow has no types.
Texts = Any
Table = Any
_RANKS = " ".join(f"WHEN {DUCKDB.text(c)} THEN {i}" for i, c in enumerate(CERTAINTIES))
# What is read of every type: column -> text. An act is named only where it is not the record itself.
ALWAYS = {
    "_s": "f._s",
    "known_from": "f.known_from",
    "record": "f.record",
    "date": "f.date",
    "_rank": f"CASE f.certainty {_RANKS} END::TINYINT",
    "_act": "CASE WHEN f.act <> f.record THEN f.act END",
}
# Later than every day.
_NEVER = 2**40
# Rows of one type are numbered below this; an act that no other record names is told by type and row.
_ROWS_MAX = 2**40


class Records:
    """The known records of one type in the order in which they were read, with what is worked out of them."""

    def __init__(self, type_: n.RecordType, table: Table) -> None:
        """Begin; of a table without `_counts` all records count."""
        self.type, self.table = type_, table
        rows = table.num_rows
        whole = "_counts" in table.column_names
        self.counts: Ints = (
            _filled(table.column("_counts"), False).copy() if whole else np.ones(rows, dtype=bool)
        )
        self.gone: Ints = (
            _filled(table.column("_gone"), False).copy() if whole else np.zeros(rows, dtype=bool)
        )
        self.certainty: Ints = _filled(table.column("_rank"), 0)
        self.subject: Ints = np.full(rows, -1, dtype=np.int64)  # -1: nobody judged
        self.act: Ints = np.arange(-1, -1 - rows, -1, dtype=np.int64)
        self._known: dict[str, Known] = {}

    @property
    def rows(self) -> int:
        """Count them."""
        return len(self.subject)

    def known(self, name: str) -> Known:
        """Give a column."""
        if name not in self._known:
            type_ = self.type.type_of(name)
            kind = type_.kind if type_ else Kind.NUMBER
            self._known[name] = known_of(self.table.column(name), kind)
        return self._known[name]

    def earlier(self, name: str, rows: Ints, days: Ints) -> None:
        """Put earlier days in a column of dates: a record is cured and ended by the first that says so."""
        found = self.known(name)
        assert isinstance(found, Num)  # noqa: S101 - a date
        day = np.where(v.whole(found.lo_known, self.rows), found.lo, _NEVER)
        np.minimum.at(day, rows, days)
        self._known[name] = v.exact(day, day != _NEVER)

    def in_order(self) -> Ints | None:
        """Give the places of the counting records in the order (subject, date, known_from, record); None where that is how they stand."""
        places = np.flatnonzero(self.counts)
        date, known_from = (numbers(self.table.column(c)) for c in ("date", "known_from"))
        keys = [column[places] for column in (self.subject, date, known_from)]
        if not _rises(keys):
            order = np.lexsort(keys[::-1])
            places, keys = places[order], [key[order] for key in keys]
        same = np.logical_and.reduce([key[1:] == key[:-1] for key in keys])
        if same.any():
            places = self._by_id(places, same)
        as_read = len(places) == self.rows and not (np.diff(places) != 1).any()
        return None if as_read else places

    def _by_id(self, places: Ints, same: Ints) -> Ints:
        """Put rows that only the record's id tells apart in the order of their ids; `same` says which rows are as the one before."""
        tied = np.flatnonzero(np.append(False, same) | np.append(same, False))
        run = np.cumsum(~np.append(False, same))[tied]
        ids = self.table.column("record").take(pa.array(places[tied]))
        order = pc.sort_indices(
            pa.table({"run": run, "id": ids}), [("run", "ascending"), ("id", "ascending")]
        )
        places = places.copy()
        places[tied] = places[tied][order.to_numpy()]
        return places


def _rises(keys: Sequence[Ints]) -> bool:
    """Tell whether rows stand in the order of some columns."""
    higher = np.zeros(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in reversed(keys):
        higher = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & (higher | (key is keys[-1])))
    return bool(higher.all())


# --------------------------------------------------------------------------------------------------
# Numbers of subjects and of acts


def number_subjects(read: Sequence[Records], names: Texts) -> None:
    """Number the subjects by their place among `names`; records of nobody there do not count. Rows of one subject mostly stand together."""
    starts = [_starts(one.table.column("_s")) for one in read]
    heads = [
        one.table.column("_s").take(pa.array(at)) for one, at in zip(read, starts, strict=True)
    ]
    found = _places(heads, names)
    for one, at, number in zip(read, starts, found, strict=True):
        one.subject = np.repeat(number, np.diff(np.append(at, one.rows)))
        one.counts &= one.subject >= 0
        one.table = one.table.drop_columns("_s")


def number_acts(read: Sequence[Records]) -> bool:
    """Number the acts that are named by others than their own record; tell whether there are any. Every other record is an act of its own."""
    named = [np.flatnonzero(_there(one.table.column("_act"))) for one in read]
    acts = [
        one.table.column("_act").take(pa.array(at)) for one, at in zip(read, named, strict=True)
    ]
    texts = _joined(acts).unique()
    own = _places([one.table.column("record") for one in read], texts)
    others = _places(acts, texts)
    for place, (one, at, code, other) in enumerate(zip(read, named, own, others, strict=True)):
        code[at] = other
        one.act = np.where(code >= 0, one.subject * len(texts) + code, one.act - place * _ROWS_MAX)
    return len(texts) > 0


def _starts(ids: Texts) -> Ints:
    """Give where runs of equal texts begin."""
    if not len(ids):
        return np.zeros(0, dtype=np.int64)
    one = ids.combine_chunks()
    changes = pc.not_equal(one.slice(1), one.slice(0, len(one) - 1)).to_numpy(zero_copy_only=False)
    return np.flatnonzero(np.concatenate(([True], changes)))


def _joined(parts: Sequence[Texts]) -> Texts:
    return pa.chunked_array([chunk for part in parts for chunk in part.chunks], type=pa.string())


def _places(parts: Sequence[Texts], texts: Texts) -> list[Ints]:
    """Find the place of each text in a list, -1 where it is not there, for each part of all that is looked up."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    found = pc.fill_null(pc.index_in(_joined(parts), value_set=texts), -1)
    found = found.to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum([len(part) for part in parts])
    return [found[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]


# --------------------------------------------------------------------------------------------------
# Links


class Links:
    """Follows the links between records of one subject: what they annul, cure and end, and what is seen along them. Each is one hop."""

    def __init__(self, types: Types, needed: Sequence[str]) -> None:
        """Begin; links between the needed types are followed."""
        self.types, self.needed = types, needed
        self._found: dict[tuple[str, str], tuple[Ints, Ints]] = {}

    def of_kind(self, kind: n.LinkKind) -> Iterator[tuple[str, n.Link]]:
        """Give types with their links of a kind."""
        for name in self.needed:
            for link in newest(self.types, name).links:
                if link.kind is kind and link.to in self.needed:
                    yield name, link

    def is_rested_on(self, name: str) -> bool:
        """Tell whether records may rest on those of a type."""
        return any(link.to == name for _, link in self.of_kind(n.LinkKind.RESTS_ON))

    def follow(self, read: Mapping[str, Records]) -> None:
        """Let annulments annul, then what rests on the annulled go with it, then cures cure and ends end."""
        self._found = {}
        annulled = []
        for name, link in self.of_kind(n.LinkKind.ANNULS):
            rows, targets = self.ends(name, link.name, read)
            annulled.append((read[link.to], targets[read[name].counts[rows]]))
        _annul(annulled)
        resting = []
        for name, link in self.of_kind(n.LinkKind.RESTS_ON):
            rows, targets = self.ends(name, link.name, read)
            resting.append((read[name], rows[read[link.to].gone[targets]]))
        _annul(resting)
        for kind, column in ((n.LinkKind.CURES, "cured"), (n.LinkKind.ENDS, "ended")):
            for name, link in self.of_kind(kind):
                if column in read[link.to].table.column_names:
                    rows, targets = self.ends(name, link.name, read)
                    counts = read[name].counts[rows]
                    days = numbers(read[name].table.column("date"))[rows[counts]]
                    read[link.to].earlier(column, targets[counts], days)

    def ends(self, name: str, link: str, read: Mapping[str, Records]) -> tuple[Ints, Ints]:
        """Give the rows that have a link which ends at a record known of the same subject, and the rows of those records."""
        if (name, link) not in self._found:
            one, to = read[name], read[target_of(newest(self.types, name), link)]
            self._found[name, link] = _ends(one, "link_" + link, to)
        return self._found[name, link]

    def seen_along(self, name: str, link: str, field: str, read: Mapping[str, Records]) -> Known:
        """Give a field of the linked records for all rows of a type, missing where there is none."""
        one, to = read[name], read[target_of(newest(self.types, name), link)]
        rows, targets = self.ends(name, link, read)
        place = np.full(one.rows, -1, dtype=np.int64)
        place[rows] = targets
        if field == "annulled":
            return v.decided(np.append(to.gone, False)[place])
        return _or_missing(to.known(field), place)


def target_of(record_type: n.RecordType, link: str) -> str:
    """Give the type at whose records a link ends."""
    return next(x.to for x in record_type.links if x.name == link)


def _annul(marked: Sequence[tuple[Records, Ints]]) -> None:
    """Annul records that count; which ones was found before any is annulled."""
    for one, rows in marked:
        one.gone[rows[one.counts[rows]]] = True
    for one, rows in marked:
        one.counts[rows] = False


def _ends(one: Records, link: str, to: Records) -> tuple[Ints, Ints]:
    column = one.table.column(link)
    rows = np.flatnonzero(_there(column) & (one.subject >= 0))
    if not len(rows) or one.type.about != to.type.about:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    named = column.take(pa.array(rows))
    texts = named.unique()
    codes = _places([named], texts)[0]
    found = _places([to.table.column("record")], texts)[0]
    there = np.flatnonzero(found >= 0)
    if not len(there):
        return there, there
    keys = to.subject[there] * len(texts) + found[there]
    order = np.argsort(keys, kind="stable")
    there, keys = there[order], keys[order]
    wanted = one.subject[rows] * len(texts) + codes
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    met = keys[at] == wanted
    return rows[met], there[at[met]]


def _or_missing(known: Known, place: Ints) -> Known:
    """Take rows of a column; where the place is -1, missing."""
    if isinstance(known, Word):
        return Word(np.append(known.codes, -1)[place], known.texts)
    if isinstance(known, Truth):
        yes, may = np.append(known.yes, False)[place], np.append(known.may, True)[place]
        return Truth(yes, may)
    lo_known = np.append(v.whole(known.lo_known, len(known.lo)), False)
    return v.exact(np.append(known.lo, 0)[place], lo_known[place])


# --------------------------------------------------------------------------------------------------
# From Arrow


def known_of(column: Any, kind: Kind) -> Known:  # noqa: ANN401 - pyarrow has no types
    """Make a column of facts."""
    if kind in (Kind.WORD, Kind.CODE):
        coded = pc.dictionary_encode(column).combine_chunks()
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        return Word(codes, coded.dictionary.to_pylist())
    if kind is Kind.TRUTH:
        yes = _filled(column, False)
        return Truth(yes, _filled(column, True)) if column.null_count else v.decided(yes)
    return v.exact(numbers(column), _there(column) if column.null_count else True)


def numbers(column: Any) -> Ints:  # noqa: ANN401 - pyarrow has no types
    """Make an array of numbers; dates are days since 1970-01-01, and what is missing holds 0."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return _filled(column, 0).astype(np.int64, copy=False)


def _there(column: Any) -> Ints:  # noqa: ANN401 - pyarrow has no types
    return pc.is_valid(column).to_numpy(zero_copy_only=False)


def _filled(column: Any, value: int) -> Ints:  # noqa: ANN401 - pyarrow has no types
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(value).cast(column.type))
    return column.to_numpy(zero_copy_only=False)
