"""The nodes of the core form over whole columns: each says here what it says in kernel/rules/meaning.py, for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from goodstanding.kernel.quantity import SHARE_SCALE, Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vectors import Bits, Ints, Known, Num, Truth, Word

# Own fields that a later day may not look into: what happens after the judged day has not happened.
NOT_YET = ("cured", "ended")


class View(Protocol):
    """Rows to evaluate over: records of a type, or things judged."""

    @property
    def rows(self) -> int:
        """Count the rows."""

    def field(self, name: str) -> Known:
        """Give a field of the records, as on the judged day."""

    def linked(self, link: str, name: str) -> Known:
        """Give a field of the records linked to."""

    def known(self, name: str) -> Known:
        """Give an indicator of the things judged."""

    def moment(self, moment: n.Moment) -> Num:
        """Give a day of the run."""


class Meaning:
    """Evaluates nodes over one view; what was evaluated once is kept."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._values: dict[int, Num] = {}
        self._truths: dict[int, Truth] = {}

    def value(self, node: n.Value) -> Num:
        """Give the intervals of a number or date."""
        found = self._values.get(id(node))
        if found is None:
            found = self._values[id(node)] = self._value(node)
        return found

    def points(self, node: n.Value) -> Num:
        """Give a number brought to 1/10,000."""
        found = self.value(node)
        factor = v.exact(10 ** (SHARE_SCALE - node.type.scale))
        return (
            v.times(found, factor, negative=False, wide=True)
            if node.type.scale < SHARE_SCALE
            else found
        )

    def truth(self, node: n.Truth) -> Truth:
        """Give truths."""
        found = self._truths.get(id(node))
        if found is None:
            found = self._truths[id(node)] = self._truth(node)
        return found

    def raw(self, node: n.Field | n.LinkField | n.Ref) -> Known:
        """Look up a name."""
        match node:
            case n.Field(name):
                return self.view.field(name)
            case n.LinkField(link, name):
                return self.view.linked(link, name)
            case n.Ref(name):
                return self.view.known(name)

    def _value(self, node: n.Value) -> Num:
        wide = node.type.wide
        match node:
            case n.Const(value):
                return v.exact(value)
            case n.Unknown():
                return v.MISSING
            case n.Field() | n.LinkField() | n.Ref():
                found = self.raw(node)
                return found if isinstance(found, Num) else v.MISSING
            case n.Now(moment):
                return self.view.moment(moment)
            case n.Add(left, right):
                return v.plus(self.value(left), self.value(right), wide=wide)
            case n.Sub(left, right):
                return v.minus(self.value(left), self.value(right), wide=wide)
            case n.Mul(left, right):
                if isinstance(left, n.Const):
                    left, right = right, left
                negative = isinstance(right, n.Const) and right.value < 0
                return v.times(self.value(left), self.value(right), negative=negative, wide=wide)
            case n.Least(parts, known_part) | n.Greatest(parts, known_part):
                return v.pick(
                    [self.value(p) for p in parts],
                    greatest=isinstance(node, n.Greatest),
                    known_part=known_part,
                )
            case n.Rounded():
                up, down = 10**node.shift_numerator, 10**node.shift_denominator
                return v.rounded(self.value(node.numerator), self.value(node.denominator), up, down)
            case n.Shift(date, amount, unit):
                return v.moved(self.value(date), amount, unit)
            case n.Span(unit, start, end):
                return v.span(unit, self.value(start), self.value(end))
            case n.Choose(cases, otherwise):
                chosen = [(self.truth(t), self.value(x)) for t, x in cases]
                return v.choose(chosen, self.value(otherwise))

    def _truth(self, node: n.Truth) -> Truth:
        match node:
            case n.Always(value):
                return v.TRUE if value else v.FALSE
            case n.Compare(op, left, right):
                return _compared(op, self.value(left), self.value(right))
            case n.WordIn(subject, words):
                return _word_in(self.raw(subject), words)
            case n.SameCode(left, right):
                return _same(self.raw(left), self.raw(right))
            case n.Present(subject):
                return v.decided(self._present(subject))
            case n.TruthOf(subject):
                found = self.raw(subject)
                return found if isinstance(found, Truth) else v.UNDECIDED
            case n.Not(part):
                return v.negated(self.truth(part))
            case n.All(parts):
                return v.all_of([self.truth(p) for p in parts])
            case n.Any_(parts):
                return v.any_of([self.truth(p) for p in parts])

    def _present(self, node: n.Value | n.Truth) -> Bits:
        if node.type.kind is Kind.TRUTH:
            truth = self.truth(node)  # type: ignore[arg-type]
            return v.no(v.undecided(truth))
        if node.type.kind in (Kind.WORD, Kind.CODE):
            found = self.raw(node)  # type: ignore[arg-type]
            return found.codes >= 0 if isinstance(found, Word) else False
        return v.exactly(self.value(node))  # type: ignore[arg-type]


def _compared(op: n.Op, left: Num, right: Num) -> Truth:
    if op in (n.Op.LE, n.Op.LT):
        left, right = right, left
        op = n.Op.GE if op is n.Op.LE else n.Op.GT
    if op is n.Op.GE:
        return v.at_least(left, right)
    if op is n.Op.GT:
        return v.negated(v.at_least(right, left))
    same = v.equal(left, right)
    return same if op is n.Op.EQ else v.negated(same)


def _word_in(subject: Known, words: tuple[str, ...]) -> Truth:
    if not isinstance(subject, Word):
        return v.UNDECIDED
    those = frozenset(words)
    # one more for -1, which stands for missing
    table = np.array([text in those for text in subject.texts] + [False])
    return _known_codes(table[subject.codes], subject.codes >= 0)


def _known_codes(holds: Bits, there: Bits) -> Truth:
    if np.all(there):
        return v.decided(holds)
    return Truth(v.both(there, holds), v.either(v.no(there), holds))


def _same(left: Known, right: Known) -> Truth:
    if not isinstance(left, Word) or not isinstance(right, Word):
        return v.UNDECIDED
    there = v.both(left.codes >= 0, right.codes >= 0)
    return _known_codes(v.both(there, left.codes == common(right, left.texts)), there)


def common(word: Word, texts: object) -> Ints:
    """Give the codes of words in another's list of texts; -2 where a text is not in it, -1 where missing."""
    if word.texts is texts:
        return word.codes
    places: Mapping[str, int] = {text: at for at, text in enumerate(texts)}  # type: ignore[arg-type, var-annotated]
    table = np.array([places.get(text, -2) for text in word.texts] + [-1], dtype=np.int64)
    return table[word.codes]
