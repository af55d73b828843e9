"""Terms of SMT-LIB as text, folded where they are plain, and the script in which they stand.

A term is text of sort Int or Bool. Nothing here knows of law; the other `smt_*` modules say the law in these terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

Term = str
TRUE: Term = "true"
FALSE: Term = "false"
INT, BOOL = "Int", "Bool"
_NUMBER = re.compile(r"-?\d+|\(- \d+\)")
# Shorter terms are written where they stand; a name would be longer.
_SHORT = 28


def whole(value: int) -> Term:
    """Write a whole number.

    >>> whole(7), whole(-7)
    ('7', '(- 7)')
    """
    return str(value) if value >= 0 else f"(- {-value})"


def literal(term: Term) -> int | None:
    """Give the number that a term is, None if it is no plain number."""
    if term[0].isdigit() and term.isdigit():
        return int(term)
    if term.startswith("(- ") and _NUMBER.fullmatch(term):
        return -int(term[3:-1])
    return None


def truth(value: bool) -> Term:
    """Write a truth."""
    return TRUE if value else FALSE


def neg(part: Term) -> Term:
    """Not."""
    if part == TRUE:
        return FALSE
    if part == FALSE:
        return TRUE
    return part[5:-1] if part.startswith("(not ") else f"(not {part})"


def _connect(word: str, parts: Iterable[Term], stop: Term, skip: Term) -> Term:
    kept: dict[Term, None] = {}
    for part in parts:
        if part == stop or neg(part) in kept:
            return stop
        if part != skip:
            kept[part] = None
    if not kept:
        return skip
    return next(iter(kept)) if len(kept) == 1 else f"({word} {' '.join(kept)})"


def conj(*parts: Term) -> Term:
    """And; true without parts."""
    return _connect("and", parts, FALSE, TRUE)


def disj(*parts: Term) -> Term:
    """Or; false without parts."""
    return _connect("or", parts, TRUE, FALSE)


def implies(cause: Term, effect: Term) -> Term:
    """Cause, then effect."""
    return disj(neg(cause), effect)


def ite(condition: Term, yes: Term, no: Term) -> Term:
    """If condition then yes, else no."""
    if condition == TRUE or yes == no:
        return yes
    if condition == FALSE:
        return no
    if yes == TRUE and no == FALSE:
        return condition
    if yes == FALSE and no == TRUE:
        return neg(condition)
    if yes == TRUE:
        return disj(condition, no)
    if no == FALSE:
        return conj(condition, yes)
    if yes == FALSE:
        return conj(neg(condition), no)
    if no == TRUE:
        return disj(neg(condition), yes)
    return f"(ite {condition} {yes} {no})"


def same(left: Term, right: Term) -> Term:
    """Equal."""
    if left == right:
        return TRUE
    one, other = literal(left), literal(right)
    if one is not None and other is not None:
        return truth(one == other)
    return f"(= {left} {right})"


def ge(left: Term, right: Term) -> Term:
    """Left is at least right."""
    if left == right:
        return TRUE
    one, other = literal(left), literal(right)
    if one is not None and other is not None:
        return truth(one >= other)
    return f"(>= {left} {right})"


def gt(left: Term, right: Term) -> Term:
    """Left is greater than right."""
    return neg(ge(right, left)) if left != right else FALSE


def plus(*parts: Term) -> Term:
    """Sum."""
    known, rest = 0, []
    for part in parts:
        value = literal(part)
        if value is None:
            rest.append(part)
        else:
            known += value
    if known or not rest:
        rest.append(whole(known))
    return rest[0] if len(rest) == 1 else f"(+ {' '.join(rest)})"


def minus(left: Term, right: Term) -> Term:
    """Difference."""
    one, other = literal(left), literal(right)
    if other is not None:
        return whole(one - other) if one is not None else plus(left, whole(-other))
    return "0" if left == right else f"(- {left} {right})"


def times(factor: int, term: Term) -> Term:
    """Multiply by a number."""
    value = literal(term)
    if value is not None:
        return whole(factor * value)
    if factor == 0:
        return "0"
    return term if factor == 1 else f"(* {whole(factor)} {term})"


def largest(*parts: Term) -> Term:
    """Give the largest part."""
    first, *rest = dict.fromkeys(parts)
    for part in rest:
        first = ite(ge(first, part), first, part)
    return first


def smallest(*parts: Term) -> Term:
    """Give the smallest part."""
    first, *rest = dict.fromkeys(parts)
    for part in rest:
        first = ite(ge(part, first), first, part)
    return first


@dataclass
class Script:
    """Declarations, definitions and claims, in order."""

    lines: list[str] = field(default_factory=list)
    _named: dict[Term, Term] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    linear: bool = True  # two unknowns are nowhere multiplied or divided

    def _symbol(self, hint: str) -> Term:
        name = re.sub(r"[|\\\s]+", " ", hint)
        count = self._used.get(name, 0)
        self._used[name] = count + 1
        return f"|{name}|" if not count else f"|{name} {count + 1}|"

    def integer(self, hint: str, low: int | None = None, high: int | None = None) -> Term:
        """Declare a whole number, held between bounds."""
        symbol = self._symbol(hint)
        self.lines.append(f"(declare-const {symbol} Int)")
        if low is not None:
            self.claim(ge(symbol, whole(low)))
        if high is not None:
            self.claim(ge(whole(high), symbol))
        return symbol

    def boolean(self, hint: str) -> Term:
        """Declare a truth."""
        symbol = self._symbol(hint)
        self.lines.append(f"(declare-const {symbol} Bool)")
        return symbol

    def named(self, term: Term, hint: str, sort: str) -> Term:
        """Give a long term a name; the same term has one name."""
        if len(term) <= _SHORT or not term.startswith("("):
            return term
        if term not in self._named:
            self._named[term] = symbol = self._symbol(hint)
            self.lines.append(f"(define-fun {symbol} () {sort} {term})")
        return self._named[term]

    def number(self, term: Term, hint: str) -> Term:
        """Name a term of sort Int."""
        return self.named(term, hint, INT)

    def holds(self, term: Term, hint: str) -> Term:
        """Name a term of sort Bool."""
        return self.named(term, hint, BOOL)

    def claim(self, term: Term) -> None:
        """Assert."""
        if term != TRUE:
            self.lines.append(f"(assert {term})")

    def word(self, text: str) -> Term:
        """Give the number that stands for a word or code."""
        return whole(self.words.setdefault(text, len(self.words)))

    def text(self) -> str:
        """Give the whole script, with its logic: linear unless two unknowns are multiplied or divided."""
        body = "\n".join(self.lines)
        return f"(set-logic {'QF_LIA' if self.linear else 'QF_NIA'})\n{body}\n"
