"""What was judged over columns becomes rows of standings and contributions: those touched by a record, and the usual one of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from goodstanding.compile.hits import CERTAINTIES
from goodstanding.kernel.standing import Standing
from goodstanding.store import vectors as v
from goodstanding.store.standings import CONTRIBUTIONS, STANDINGS
from goodstanding.store.vector_grades import NOTHING
from goodstanding.store.vector_judge import Judged
from goodstanding.store.vectors import Bits, Ints, Num, Truth, Word

_TEXT = pa.string()
# An Arrow array of texts: pyarrow has no types.
Texts = Any
DISPLAYS = ("never", "open until cured", "not started", "end not known", "term")
# Terms of a standing that has none.
_DATES = ("display_from", "display_until", "repair_from")


@dataclass
class Rows:
    """The rows to write: for each the item judged (-1: the usual standing), and the subject."""

    item: Ints
    subject: Ints

    @property
    def count(self) -> int:
        """Count them."""
        return len(self.item)

    @property
    def touched(self) -> Ints:
        """Give the places of rows with an item."""
        return np.flatnonzero(self.item >= 0)


class TableMaker:
    """Makes the tables of one programme and run. `names` are the organisations by number of subject (missing: nobody's), `units` the units."""

    def __init__(
        self, judged: Judged, names: Texts, units: Texts | None, known: int | None, law: str
    ) -> None:
        self.judged, self.names, self.units, self.known, self.law = judged, names, units, known, law
        self.rows = self._rows()

    def _rows(self) -> Rows:
        """Choose the rows: in scope or undecided whether, and somebody's."""
        judged = self.judged
        stands = v.whole(judged.in_scope.may, judged.items.rows)
        somebody = self.names.is_valid().to_numpy(zero_copy_only=False)
        item = np.flatnonzero(stands & somebody[judged.items.subject])
        subject = judged.items.subject[item]
        if judged.usual is not None:
            others = somebody.copy()
            others[judged.items.subject] = False
            untouched = np.flatnonzero(others)
            item = np.concatenate([item, np.full(len(untouched), -1, dtype=np.int64)])
            subject = np.concatenate([subject, untouched])
            order = np.argsort(subject, kind="stable")
            item, subject = item[order], subject[order]
        return Rows(item, subject)

    # -- columns

    def whole(self, values: Ints, usual: object) -> Ints:
        """Give a column's values, from those of items and the usual one."""
        made = np.full(self.rows.count, 0 if usual is None else usual)
        own = v.whole(values, self.judged.items.rows)
        touched = self.rows.touched
        made[touched] = own[self.rows.item[touched]]
        return made

    def numbers(self, values: Num, usual: int | None, kind: Any = None) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make a column of numbers or days."""
        known = self.whole(v.whole(values.lo_known, self.judged.items.rows), usual is not None)
        made = self.whole(values.lo, usual)
        if kind is not None:
            return pa.array(made.astype(np.int32), mask=~known).cast(kind)
        return pa.array(made.astype(np.int64), mask=~known)

    def words(self, values: Word, usual: str | None) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make a column of a few words."""
        texts = list(values.texts)
        if usual is not None and usual not in texts:
            texts.append(usual)
        codes = self.whole(values.codes, -1 if usual is None else texts.index(usual))
        return _coded(codes, texts)

    def constant(self, value: object, kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make a column of one value."""
        if value is None:
            return pa.nulls(self.rows.count, kind)
        if kind == _TEXT:
            return _coded(np.zeros(self.rows.count, dtype=np.int64), [str(value)])
        made = (
            pa.array([value], pa.int32()).cast(kind)
            if kind == pa.date32()
            else pa.array([value], kind)
        )
        return pa.repeat(made[0], self.rows.count)

    def lists(self, parts: Sequence[tuple[str, Ints, Ints]], usual: Sequence[str]) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make a column of lists of texts, from (text, items, places in the list)."""
        place_of = np.full(self.judged.items.rows, -1, dtype=np.int64)
        touched = self.rows.touched
        place_of[self.rows.item[touched]] = touched
        texts = list(dict.fromkeys([*(t for t, _, _ in parts), *usual]))
        row = [place_of[items] for _, items, _ in parts]
        code = [np.full(len(items), texts.index(t)) for t, items, _ in parts]
        place = [places for _, _, places in parts]
        untouched = np.flatnonzero(self.rows.item < 0)
        for i, text in enumerate(usual):
            row.append(untouched)
            code.append(np.full(len(untouched), texts.index(text)))
            place.append(np.full(len(untouched), i))
        return _listed(row, code, place, texts, self.rows.count)

    # -- tables

    def standings(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make the rows of standings."""
        j, p, usual = self.judged, self.judged.programme, self.judged.usual
        at = pa.array(self.rows.subject)
        columns = {
            "organisation": self.names.take(at),
            "unit": self._unit(),
            "programme": self.constant(p.id, _TEXT),
            "version": self.constant(p.version, _TEXT),
            "cycle": self.constant(j.run.cycle, pa.int32()),
            "grade": self.words(j.grade, _of(usual, "grade")),
            "at_worst": self.words(j.at_worst, _of(usual, "at_worst")),
            "open": pa.array(self.whole(j.open, bool(_of(usual, "open")))),
            "score": self.numbers(j.score, _of(usual, "score")),
            "worst_score": self.numbers(j.worst_score, _of(usual, "worst_score")),
            "proposed": self.lists(_as_parts(j.proposed), _of(usual, "proposed") or ()),
            "reasons": self.lists(j.reasons, _of(usual, "reasons") or ()),
            "study": pa.array(self.whole(j.study, bool(_of(usual, "study")))),
            "invented": self.constant(p.invented, pa.bool_()),
            "certainty": self._certainty(),
            "judged": self.constant(j.run.judged, pa.date32()),
            "known": self.constant(self.known, pa.int64()),
            "law": self.constant(self.law, _TEXT),
            "since": self.numbers(j.since, _of(usual, "since"), pa.date32()),
            **self._terms(),
            "carried": self._carried(),
            "missing": self._missing(),
        }
        return pa.table({name: columns[name] for name in STANDINGS.names})

    def _unit(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        if self.judged.units is not None:
            return self.judged.units.take(pa.array(self.rows.item))
        if self.units is not None:
            return self.units.take(pa.array(self.rows.subject))
        return pa.nulls(self.rows.count, _TEXT)

    def _certainty(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        codes = self.whole(self.judged.certainty, len(CERTAINTIES))
        return _coded(np.where(codes == len(CERTAINTIES), -1, codes), CERTAINTIES)

    def _terms(self) -> dict[str, Any]:
        terms = self.judged.terms
        if not terms:
            nothing = {name: self.constant(None, pa.date32()) for name in _DATES}
            return {**nothing, "display": self.constant(None, _TEXT)}
        dates = {name: terms[name] for name in _DATES}
        return {
            **{
                name: self.numbers(date, None, pa.date32())
                for name, date in dates.items()
                if isinstance(date, Num)
            },
            "display": _coded(self.whole(display(terms, self.judged.items.rows), -1), DISPLAYS),
        }

    def _carried(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        parts = []
        for place, (rule, origin) in enumerate(sorted(self.judged.carried.shown.items())):
            for cycle in np.unique(origin[origin != NOTHING]):
                items = np.flatnonzero(origin == cycle)
                parts.append((f"{rule}:{cycle}", items, np.full(len(items), place)))
        return self.lists(parts, _of(self.judged.usual, "carried") or ())

    def _missing(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        names = self.judged.programme.missing
        every = np.arange(self.judged.items.rows)
        parts = [(name, every, np.full(len(every), i)) for i, name in enumerate(names)]
        return self.lists(parts, names)

    def contributions(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Make the rows of contributions: of rules that took or gave something."""
        j = self.judged
        place_of = np.full(j.items.rows, -1, dtype=np.int64)
        touched = self.rows.touched
        place_of[self.rows.item[touched]] = touched
        ids: list[str] = []
        parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
        for c in j.contributions:
            row = place_of[c.item]
            some = np.flatnonzero(((c.low != 0) | (c.high != 0)) & (row >= 0))
            parts.append(
                (row[some], np.full(len(some), len(ids)), c.low[some], c.high[some], c.groups[some])
            )
            ids.append(c.rule.id)
        untouched = np.flatnonzero(self.rows.item < 0)
        for one in j.usual.evaluation.contributions if j.usual else ():
            if one.low or one.high:
                every = np.ones(len(untouched), dtype=np.int64)
                parts.append(
                    (
                        untouched,
                        every * len(ids),
                        every * one.low,
                        every * one.high,
                        every * len(one.groups),
                    )
                )
                ids.append(one.rule)
        if not parts:
            return CONTRIBUTIONS.empty_table()
        row, rule, low, high, groups = (np.concatenate([p[i] for p in parts]) for i in range(5))
        order = np.lexsort((rule, row))
        count = len(order)
        subject = pa.array(self.rows.subject[row[order]])
        columns = {
            "organisation": self.names.take(subject),
            "unit": self._unit().take(pa.array(row[order])),
            "programme": _coded(np.zeros(count, dtype=np.int64), [j.programme.id]),
            "cycle": pa.nulls(count, pa.int32()) if j.run.cycle is None else pa.array(np.full(count, j.run.cycle, dtype=np.int32)),
            "rule": _coded(rule[order], ids),
            "low": pa.array(low[order].astype(np.int64)),
            "high": pa.array(high[order].astype(np.int64)),
            "groups": pa.array(groups[order].astype(np.int64)),
        }  # fmt: skip
        return pa.table({name: columns[name] for name in CONTRIBUTIONS.names})


def display(terms: dict[str, Num | Truth], rows: int) -> Ints:
    """Say how decisions are displayed, as places in DISPLAYS (kernel/standing.py, display_of)."""

    def holds(name: str) -> Bits:
        found = terms[name]
        return v.whole(found.yes if isinstance(found, Truth) else found.lo_known, rows)

    return np.select(
        [
            holds("never"),
            holds("open_until_cured"),
            ~holds("display_from"),
            ~holds("display_until"),
        ],
        [0, 1, 2, 3],
        4,
    )


def _of(standing: Standing | None, name: str) -> Any:  # noqa: ANN401 - a column's value
    return None if standing is None else getattr(standing, name)


def _as_parts(truths: Sequence[tuple[str, Ints]]) -> list[tuple[str, Ints, Ints]]:
    found = []
    for place, (text, there) in enumerate(truths):
        items = np.flatnonzero(there)
        found.append((text, items, np.full(len(items), place)))
    return found


def _coded(codes: Ints, texts: Sequence[str]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Make a column of texts, each told by its place; -1 is missing."""
    at = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(at, pa.array(list(texts), _TEXT))


def _listed(
    row: Sequence[Ints],
    code: Sequence[Ints],
    place: Sequence[Ints],
    texts: Sequence[str],
    rows: int,
) -> Any:  # noqa: ANN401 - pyarrow has no types
    none = np.zeros(0, dtype=np.int64)
    rows_, codes, places = (np.concatenate([none, *part]) for part in (row, code, place))
    there = rows_ >= 0
    rows_, codes, places = rows_[there], codes[there], places[there]
    order = np.lexsort((places, rows_))
    offsets = np.concatenate(([0], np.cumsum(np.bincount(rows_, minlength=rows)))).astype(np.int32)
    values = pa.array(list(texts), _TEXT).take(pa.array(codes[order]))
    return pa.ListArray.from_arrays(pa.array(offsets), values)


__all__ = ["TableMaker", "display"]
