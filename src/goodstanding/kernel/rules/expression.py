"""Expressions as a jurist writes them become typed core nodes; every doubt is a finding at its column.

Grammar (docs/law-language.md section 4): or, and, not, comparison, + -, *, unary minus, atoms. Reading aligns
scales, checks units, and bounds every intermediate, so that no road meets a value it cannot hold. Length and depth
are bounded before anything is read, so that neither this reader nor the roads exhaust their stacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.quantity import (
    CODE,
    DATE,
    SHARE_SCALE,
    WIDE,
    Kind,
    Type,
    number,
    scaled,
)
from goodstanding.kernel.rules.nodes import (
    Add,
    All,
    Any_,
    Compare,
    Const,
    Field,
    Greatest,
    Least,
    LinkField,
    Mul,
    Not,
    Now,
    Op,
    Present,
    Ref,
    Rounded,
    SameCode,
    Shift,
    Span,
    Sub,
    Truth,
    TruthOf,
    Unknown,
    Value,
    WordIn,
)

# Two days of the calendar lie at most this far apart.
DAYS_APART_MAX = (days.YEAR_LAST - days.YEAR_FIRST + 1) * 366
# Nobody reads a condition with so many brackets in each other, or so many signs; each is a step on the stack of a road.
BRACKETS_MAX, SIGNS_MAX = 50, 100
_NESTING = {"(": 1, ")": -1}
_SIGNS = frozenset({"+", "-", "*", "not"})
# As many digits as the widest value has.
_DIGITS_MAX = len(str(WIDE))
_SHOWN_MAX = 60


@dataclass(frozen=True)
class Scope:
    """The names an expression may use: fields or indicators, parameters and moments; links apart."""

    names: Mapping[str, Value | Truth]
    links: Mapping[str, Mapping[str, LinkField]] = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    what: str = ""


def read_value(text: str, place: Place, scope: Scope, findings: list[Finding]) -> Value | None:
    """Read a number, date, word or code expression; None if a finding was added."""
    return _Reader(text, place, scope, findings).value()


def read_truth(text: str, place: Place, scope: Scope, findings: list[Finding]) -> Truth | None:
    """Read a condition; None if a finding was added."""
    return _Reader(text, place, scope, findings).truth()


def read_literal(text: str, type_: Type, place: Place, findings: list[Finding]) -> int | None:
    """Read a literal of a declared type as an integer of its scale; None if a finding was added."""
    value = read_value(text, place, Scope({}), findings)
    if value is None:
        return None
    if not isinstance(value, Const):
        findings.append(finding("bad-literal", place, found=text, expected=describe(type_)))
        return None
    aligned = _rescale(value, type_)
    if aligned is None:
        findings.append(
            finding(
                "unit-mismatch",
                place,
                found=describe(value.type),
                expected=describe(type_),
                text=text,
            )
        )
        return None
    return aligned


def _rescale(value: Const, type_: Type) -> int | None:
    if value.type.kind is not type_.kind or value.type.unit != type_.unit:
        return None
    if value.type.scale <= type_.scale:
        factor: int = 10 ** (type_.scale - value.type.scale)
        return value.value * factor
    whole, rest = divmod(value.value, 10 ** (value.type.scale - type_.scale))
    return None if rest else whole


def describe(type_: Type) -> str:
    """Name a type in the words of the language."""
    if type_.kind is Kind.NUMBER:
        return f"a number of {type_.unit}" if type_.unit else "a plain number"
    return {
        Kind.DATE: "a date",
        Kind.TRUTH: "a truth",
        Kind.WORD: "a word of " + ", ".join(type_.words),
        Kind.CODE: "a code",
    }[type_.kind]


# --------------------------------------------------------------------------------------------------
# Tokens

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<date>\d{4}-\d{2}-\d{2}(?!\d))"
    r"|(?P<number>\d[\d_]*(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<word>'[^']*')"
    r"|(?P<sign><=|>=|!=|[<>=+\-*(),.\[\]%])"
)
_KEYWORDS = {
    "or",
    "and",
    "not",
    "in",
    "is",
    "missing",
    "present",
    "true",
    "false",
    "half",
    "up",
    "known",
    "part",
}
_FUNCTIONS = {"ratio", "round", "least", "greatest", "years", "months", "days", "grade_is"}
_DURATIONS = {"day": 0, "days": 0, "month": 1, "months": 1, "year": 12, "years": 12}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


class _Refused(Exception):
    """Reading this expression cannot go on; the finding is already noted."""


@dataclass(frozen=True)
class _Rational:
    """A value over a denominator (None is 1), while inside a comparison or round."""

    top: Value
    under: Value | None = None


@dataclass(frozen=True)
class _Months:
    """A literal of months or years; it can only move a date."""

    months: int


_Part = _Rational | _Months


class _Reader:
    """A recursive-descent reader over one expression."""

    def __init__(self, text: str, place: Place, scope: Scope, findings: list[Finding]) -> None:
        self.text, self.place, self.scope, self.findings = text, place, scope, findings
        self.at = 0
        self.tokens: list[_Token] = []

    # -- entry

    def value(self) -> Value | None:
        try:
            self._tokenise()
            column = self._column()
            part = self._sum()
            self._finish()
            if isinstance(part, _Months):
                raise self._refuse(
                    "expression-syntax", column, found=self.text, expected="a date moved by it"
                )
            return self._whole(part, column)
        except _Refused:
            return None

    def truth(self) -> Truth | None:
        try:
            self._tokenise()
            truth = self._or()
            self._finish()
        except _Refused:
            return None
        return truth

    # -- tokens

    def _tokenise(self) -> None:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise self._refuse(
                    "expression-syntax",
                    at,
                    found=self.text[at],
                    expected="a name, number, 'word' or operator",
                )
            kind = match.lastgroup or ""
            if kind != "space":
                self.tokens.append(_Token(kind, match.group(), at))
            at = match.end()
        self._see_that_bounded()

    def _see_that_bounded(self) -> None:
        """Refuse what is nested too deep or too long for a reader."""
        brackets = signs = 0
        for token in self.tokens:
            if token.kind == "word":
                continue
            brackets += _NESTING.get(token.text, 0)
            signs += token.text in _SIGNS
            if brackets > BRACKETS_MAX or signs > SIGNS_MAX:
                raise self._refuse(
                    "expression-too-long",
                    token.column,
                    expected=f"at most {BRACKETS_MAX} brackets in each other and {SIGNS_MAX} signs",
                )

    def _peek(self, ahead: int = 0) -> _Token:
        if self.at + ahead < len(self.tokens):
            return self.tokens[self.at + ahead]
        return _Token("end", "", len(self.text))

    def _column(self) -> int:
        return self._peek().column

    def _next(self) -> _Token:
        token = self._peek()
        self.at += 1
        return token

    def _takes(self, *texts: str) -> bool:
        """Take these tokens if they come next (words never match quoted ones)."""
        if all(
            self._peek(i).text == t and self._peek(i).kind != "word" for i, t in enumerate(texts)
        ):
            self.at += len(texts)
            return True
        return False

    def _needs(self, text: str) -> None:
        if not self._takes(text):
            raise self._syntax(f"`{text}`")

    def _finish(self) -> None:
        if self._peek().kind != "end":
            raise self._syntax("an operator or the end of the expression")

    def _syntax(self, expected: str) -> _Refused:
        token = self._peek()
        return self._refuse(
            "expression-syntax",
            token.column,
            found=token.text or "the end of the expression",
            expected=expected,
        )

    def _refuse(self, code: str, column: int, **said: object) -> _Refused:
        self.findings.append(finding(code, self.place.along(column), **said))  # type: ignore[arg-type]
        return _Refused()

    # -- truths

    def _or(self) -> Truth:
        parts = [self._and()]
        while self._takes("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _and(self) -> Truth:
        parts = [self._not()]
        while self._takes("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self) -> Truth:
        if self._takes("not"):
            return Not(self._not())
        return self._comparison()

    def _comparison(self) -> Truth:
        token = self._peek()
        if token.kind == "name" and token.text in {"true", "false"}:
            self._next()
            return _always(token.text == "true")
        if token.text == "grade_is" and token.kind == "name":
            return self._grade_is()
        if token.text == "(" and self._truth_in_brackets():
            self._next()
            inside = self._or()
            self._needs(")")
            return inside
        if token.kind == "name" and self._is_plain_truth():
            return self._plain_truth()
        return self._compare()

    def _truth_in_brackets(self) -> bool:
        """Look whether the bracket at hand holds a condition (a comparison or connective at its own depth)."""
        depth = 0
        ahead = 0
        holds = False
        while (token := self._peek(ahead)).kind != "end":
            if token.kind != "word":
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if depth == 1 and token.text in {
                    "<",
                    "<=",
                    ">",
                    ">=",
                    "=",
                    "!=",
                    "and",
                    "or",
                    "not",
                    "in",
                    "is",
                }:
                    holds = True
            if depth == 0:
                break
            ahead += 1
        if holds:
            return True
        # ((a > 1)) or (truth_name): the bracket holds only brackets or one truth
        inner = self._peek(1)
        if inner.text == "(":
            self.at += 1
            holds = self._truth_in_brackets()
            self.at -= 1
            return holds
        node = self.scope.names.get(inner.text) if inner.kind == "name" else None
        return inner.text in {"true", "false", "grade_is"} or (
            node is not None and node.type.kind is Kind.TRUTH and self._peek(2).text == ")"
        )

    def _is_plain_truth(self) -> bool:
        if self._peek(1).text == "." and self._peek().text in self.scope.links:
            node = self.scope.links[self._peek().text].get(self._peek(2).text)
            after = self._peek(3)
        else:
            found = self.scope.names.get(self._peek().text)
            after = self._peek(1)
            if found is None or found.type.kind is not Kind.TRUTH:
                return False
            return after.text not in {"is", "=", "!="} or after.kind == "word"
        return (
            node is not None
            and node.type.kind is Kind.TRUTH
            and after.text not in {"is", "=", "!="}
        )

    def _plain_truth(self) -> Truth:
        return _as_truth(self._name())

    def _grade_is(self) -> Truth:
        start = self._next()
        self._needs("(")
        word = self._next()
        if word.kind != "word":
            self.at -= 1
            raise self._syntax("a grade in single quotes")
        self._needs(")")
        grade = word.text[1:-1]
        if grade not in self.scope.grades:
            raise self._refuse(
                "unknown-grade", start.column, name=grade, nearest=nearest(grade, self.scope.grades)
            )
        return WordIn(Ref("grade", CODE), (grade,))

    def _compare(self) -> Truth:
        column = self._column()
        left = self._sum()
        if self._takes("is"):
            return self._presence(left, column)
        negated = self._takes("not", "in")
        if negated or self._takes("in"):
            truth = self._in(left, column)
            return Not(truth) if negated else truth
        token = self._peek()
        if token.text not in {op.value for op in Op} or token.kind == "word":
            if token.kind == "end" or token.text in {")", "and", "or"}:
                raise self._refuse(
                    "not-a-truth",
                    column,
                    found=self.text[column : token.column].strip(),
                    expected="a condition",
                )
            raise self._syntax("a comparison")
        self._next()
        op = Op(token.text)
        if self._peek().kind == "word" or (
            isinstance(left, _Rational) and left.top.type.kind in {Kind.WORD, Kind.CODE, Kind.TRUTH}
        ):
            return self._same(op, left, column)
        return self._ordered(op, left, self._sum(), token.column)

    def _presence(self, left: _Part, column: int) -> Truth:
        negated = self._takes("not")
        if self._takes("missing"):
            negated = not negated
        elif not self._takes("present"):
            raise self._syntax("`missing` or `present`")
        subject = self._whole(left, column)
        truth: Truth = Present(_as_truth(subject) if subject.type.kind is Kind.TRUTH else subject)
        return Not(truth) if negated else truth

    def _in(self, left: _Part, column: int) -> Truth:
        subject = self._named(left, column)
        self._needs("[")
        words: list[str] = []
        while True:
            token = self._next()
            if token.kind != "word":
                self.at -= 1
                raise self._syntax("a word in single quotes")
            words.append(self._word(token, subject.type))
            if self._takes("]"):
                return WordIn(subject, tuple(words))
            self._needs(",")

    def _named(self, left: _Part, column: int) -> Field | LinkField | Ref:
        subject = self._whole(left, column)
        if not isinstance(subject, Field | LinkField | Ref) or subject.type.kind not in {
            Kind.WORD,
            Kind.CODE,
        }:
            raise self._refuse(
                "unit-mismatch",
                column,
                found=describe(subject.type),
                expected="a field of words or codes",
                text=self.text,
            )
        return subject

    def _word(self, token: _Token, type_: Type) -> str:
        word = token.text[1:-1]
        if type_.kind is Kind.WORD and type_.words and word not in type_.words:
            raise self._refuse(
                "unknown-word",
                token.column,
                name=word,
                nearest=nearest(word, type_.words),
                expected=", ".join(type_.words),
            )
        return word

    def _same(self, op: Op, left: _Part, column: int) -> Truth:
        if op not in {Op.EQ, Op.NE}:
            raise self._refuse("expression-syntax", column, found=op.value, expected="= or !=")
        if isinstance(left, _Rational) and left.top.type.kind is Kind.TRUTH:
            token = self._next()
            if token.text not in {"true", "false"}:
                self.at -= 1
                raise self._syntax("true or false")
            truth = _as_truth(left.top)
            return truth if (token.text == "true") is (op is Op.EQ) else Not(truth)
        subject = self._named(left, column)
        if self._peek().kind == "word":
            same: Truth = WordIn(subject, (self._word(self._next(), subject.type),))
        else:
            at = self._column()
            same = SameCode(subject, self._named(self._sum(), at))
        return same if op is Op.EQ else Not(same)

    def _ordered(self, op: Op, left: _Part, right: _Part, column: int) -> Truth:
        if isinstance(left, _Months) or isinstance(right, _Months):
            raise self._refuse(
                "unit-mismatch",
                column,
                found="months or years",
                expected="a date moved by them, or days",
                text=self.text,
            )
        if left.under is None and right.under is None:
            return self._pair(op, left.top, right.top, column)
        lhs = self._product(left.top, right.under, column) if right.under else left.top
        rhs = self._product(right.top, left.under, column) if left.under else right.top
        return self._pair(op, lhs, rhs, column)

    def _pair(self, op: Op, left: Value, right: Value, column: int) -> Truth:
        left, right = self._align(left, right, column)
        return Compare(op, left, right)

    # -- values

    def _sum(self) -> _Part:
        left = self._term()
        while (token := self._peek()).text in {"+", "-"} and token.kind == "sign":
            self._next()
            right = self._term()
            left = self._plus(left, right, token)
        return left

    def _plus(self, left: _Part, right: _Part, token: _Token) -> _Part:
        minus = token.text == "-"
        if isinstance(left, _Months):
            raise self._refuse(
                "expression-syntax", token.column, found="months or years", expected="a date first"
            )
        if isinstance(right, _Months):
            moved = self._whole(left, token.column)
            if moved.type.kind is not Kind.DATE:
                raise self._refuse(
                    "unit-mismatch",
                    token.column,
                    found=describe(moved.type),
                    expected="a date",
                    text=self.text,
                )
            months = -right.months if minus else right.months
            return _Rational(self._moved(moved, months, "month", token))
        if left.under is None and right.under is None:
            return _Rational(self._add(left.top, right.top, minus, token))
        # a/b + c = (a + c*b)/b; two different denominators are not sayable
        under = left.under or right.under
        if under is None or (left.under and right.under):
            raise self._refuse(
                "ratio-outside-round", token.column, found=self.text, expected="one ratio"
            )
        top = left.top if left.under else self._product(left.top, under, token.column)
        other = right.top if right.under else self._product(right.top, under, token.column)
        return _Rational(self._add(top, other, minus, token), under)

    def _moved(self, date: Value, amount: int, unit: str, token: _Token) -> Shift:
        """Move a date by months or days; refuse what leads far out of the calendar, all moves of the expression together."""
        moved = Shift(date, amount, unit)
        if _days_moved(moved) > days.MOVED_DAYS_MAX:
            written = self.text[token.column : self._column()].strip()
            raise self._refuse("too-far", token.column, found=shortened(written))
        return moved

    def _add(self, left: Value, right: Value, minus: bool, token: _Token) -> Value:
        column = token.column
        kinds = (left.type.kind, right.type.kind)
        if kinds == (Kind.DATE, Kind.DATE) and minus:
            return Sub(left, right, number(-DAYS_APART_MAX, DAYS_APART_MAX, 0, "day"))
        if kinds == (Kind.DATE, Kind.NUMBER) and right.type.unit == "day" and right.type.scale == 0:
            if isinstance(right, Const):
                return self._moved(left, -right.value if minus else right.value, "day", token)
            if max(map(abs, _ends(right.type))) > days.MOVED_DAYS_MAX:
                raise self._refuse("too-far", column, found=shortened(self.text))
            return Sub(left, right, DATE) if minus else Add(left, right, DATE)
        left, right = self._align(left, right, column, numbers=True)
        a, b = left.type, right.type
        low, high = _ends(a)
        low2, high2 = _ends(b)
        bounds = (low - high2, high - low2) if minus else (low + low2, high + high2)
        type_ = self._fits(number(*bounds, a.scale, a.unit), column)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value - right.value if minus else left.value + right.value, type_)
        return Sub(left, right, type_) if minus else Add(left, right, type_)

    def _term(self) -> _Part:
        left = self._unary()
        while self._peek().text == "*":
            token = self._next()
            right = self._unary()
            if isinstance(left, _Months) or isinstance(right, _Months):
                raise self._refuse(
                    "expression-syntax", token.column, found="months or years", expected="a number"
                )
            if left.under and right.under:
                raise self._refuse(
                    "ratio-outside-round", token.column, found=self.text, expected="one ratio"
                )
            left = _Rational(
                self._product(left.top, right.top, token.column), left.under or right.under
            )
        return left

    def _product(self, left: Value, right: Value, column: int) -> Value:
        a, b = left.type, right.type
        if a.kind is not Kind.NUMBER or b.kind is not Kind.NUMBER or (a.unit and b.unit):
            raise self._refuse(
                "unit-mismatch",
                column,
                found=f"{describe(a)} times {describe(b)}",
                expected="at least one plain number",
                text=self.text,
            )
        constant = isinstance(left, Const) or isinstance(right, Const)
        if not constant and not (a.never_negative and b.never_negative):
            raise self._refuse(
                "negative-in-product",
                column,
                found=self.text,
                expected="two values that cannot be negative",
            )
        low, high = _ends(a)
        low2, high2 = _ends(b)
        corners = (low * low2, low * high2, high * low2, high * high2)
        type_ = self._fits(
            number(min(corners), max(corners), a.scale + b.scale, a.unit or b.unit), column
        )
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value * right.value, type_)
        return Mul(left, right, type_)

    def _unary(self) -> _Part:
        if self._peek().text == "-" and self._peek().kind == "sign":
            column = self._next().column
            part = self._unary()
            if isinstance(part, _Months):
                return _Months(-part.months)
            return _Rational(self._product(Const(-1, number(-1, -1)), part.top, column), part.under)
        return self._atom()

    def _atom(self) -> _Part:
        token = self._peek()
        if token.kind == "date":
            return _Rational(self._date(self._next()))
        if token.kind == "number":
            return self._number()
        if self._takes("("):
            inside = self._sum()
            self._needs(")")
            return inside
        if token.kind == "name" and token.text in _FUNCTIONS and self._peek(1).text == "(":
            return self._function()
        if token.kind == "name" and token.text not in _KEYWORDS:
            return _Rational(self._name())
        raise self._syntax("a name, number or date")

    def _date(self, token: _Token) -> Const:
        try:
            return Const(days.day(token.text), DATE)
        except ValueError:
            raise self._refuse(
                "bad-date",
                token.column,
                found=token.text,
                expected="a day of the calendar from 1900 to 2199",
            ) from None

    def _number(self) -> _Part:
        token = self._next()
        if sum(sign.isdigit() for sign in token.text) > _DIGITS_MAX:
            raise self._too_many_digits(token)
        try:
            if self._takes("%"):
                return self._literal(token, SHARE_SCALE - 2, SHARE_SCALE, "")
            unit = self._unit()
            if _DURATIONS.get(unit):
                return _Months(scaled(token.text, 0) * _DURATIONS[unit])
            if unit in _DURATIONS:
                return self._literal(token, 0, 0, "day")
            places = len(token.text.partition(".")[2])
            if re.fullmatch("[A-Z]{3}", unit):
                places = 2
            return self._literal(token, places, places, "" if unit == "points" else unit)
        except ValueError:
            raise self._refuse(
                "bad-literal", token.column, found=token.text, expected="a plain decimal number"
            ) from None

    def _literal(self, token: _Token, places: int, scale: int, unit: str) -> _Part:
        """Make a constant of a number with so many places; raises ValueError where it has more."""
        value = scaled(token.text, places)
        if abs(value) > WIDE:
            raise self._too_many_digits(token)
        return _Rational(Const(value, number(value, value, scale, unit)))

    def _too_many_digits(self, token: _Token) -> _Refused:
        return self._refuse("too-many-digits", token.column, found=shortened(token.text))

    def _unit(self) -> str:
        token = self._peek()
        if token.kind == "name" and token.text not in _KEYWORDS:
            return self._next().text
        return ""

    def _name(self) -> Value:
        token = self._next()
        if self._peek().text == "." and self._peek(1).kind == "name":
            self._next()
            return self._link(token, self._next())
        node = self.scope.names.get(token.text)
        if node is None:
            raise self._refuse(
                "unknown-name",
                token.column,
                name=token.text,
                nearest=nearest(token.text, self.scope.names),
                what=self.scope.what,
            )
        if isinstance(node, TruthOf):
            return node.subject
        return node  # type: ignore[return-value]  # other truths are never names

    def _link(self, link: _Token, name: _Token) -> Value:
        fields = self.scope.links.get(link.text)
        if fields is None:
            raise self._refuse(
                "unknown-name",
                link.column,
                name=link.text,
                nearest=nearest(link.text, self.scope.links),
                what=self.scope.what,
            )
        node = fields.get(name.text)
        if node is None:
            raise self._refuse(
                "unknown-name",
                name.column,
                name=name.text,
                nearest=nearest(name.text, fields),
                what=link.text,
            )
        return node

    # -- functions

    def _function(self) -> _Part:
        token = self._next()
        self._needs("(")
        make = {
            "ratio": self._ratio,
            "round": self._round,
            "least": self._extreme,
            "greatest": self._extreme,
            "years": self._span,
            "months": self._span,
            "days": self._span,
        }.get(token.text)
        if make is None:
            raise self._refuse("not-a-number", token.column, found=token.text, expected="a value")
        part = make(token)
        self._needs(")")
        return part

    def _argument(self) -> Value:
        column = self._column()
        return self._whole(self._sum(), column)

    def _ratio(self, token: _Token) -> _Part:
        top = self._argument()
        self._needs(",")
        under = self._argument()
        a, b = top.type, under.type
        if a.kind is not Kind.NUMBER or b.kind is not Kind.NUMBER or (b.unit and a.unit != b.unit):
            raise self._refuse(
                "unit-mismatch",
                token.column,
                found=describe(b),
                expected=describe(a),
                text=self.text,
            )
        if not (a.never_negative and b.never_negative):
            raise self._refuse(
                "negative-in-ratio",
                token.column,
                found=self.text,
                expected="two values that cannot be negative",
            )
        if a.unit:
            # the unit cancels: both sides are read as plain numbers
            return _Rational(_unitless(top), _unitless(under) if b.unit else under)
        return _Rational(top, under)

    def _round(self, token: _Token) -> _Part:
        inside = self._sum()
        if isinstance(inside, _Months) or inside.top.type.kind is not Kind.NUMBER:
            raise self._refuse(
                "not-a-number", token.column, found=self.text, expected="a number to round"
            )
        self._needs(",")
        places = self._places()
        self._needs(",")
        if not self._takes("half", "up"):
            raise self._syntax("`half up`, the only rounding")
        top, under = inside.top, inside.under or Const(1, number(1, 1))
        if not top.type.never_negative:
            raise self._refuse(
                "negative-in-ratio",
                token.column,
                found=self.text,
                expected="a value that cannot be negative",
            )
        shift = under.type.scale + places - top.type.scale
        up, down = max(shift, 0), max(-shift, 0)
        least_under = max(1, _ends(under.type)[0]) * 10**down
        high = _ends(top.type)[1] * 10**up // least_under + 1
        # the doubled numerator of half-up rounding must fit as well
        self._fits(
            number(0, 2 * _ends(top.type)[1] * 10**up + _ends(under.type)[1] * 10**down),
            token.column,
        )
        return _Rational(Rounded(top, under, up, down, number(0, high, places, top.type.unit)))

    def _places(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit() or int(token.text) > 6:
            self.at -= 1
            raise self._syntax("a number of places from 0 to 6")
        return int(token.text)

    def _extreme(self, token: _Token) -> _Part:
        parts = [self._argument()]
        known = False
        while self._takes(","):
            if self._takes("known", "part"):
                known = True
                break
            parts.append(self._argument())
        for i in range(1, len(parts)):
            parts[0], parts[i] = self._align(parts[0], parts[i], token.column)
        parts = [self._align(parts[0], p, token.column)[1] for p in parts]
        make = Least if token.text == "least" else Greatest
        if parts[0].type.kind is Kind.DATE:
            return _Rational(make(tuple(parts), known, DATE))
        lows, highs = [_ends(p.type)[0] for p in parts], [_ends(p.type)[1] for p in parts]
        pick = min if token.text == "least" else max
        bounds = (min(lows), max(highs)) if known else (pick(lows), pick(highs))
        return _Rational(
            make(tuple(parts), known, number(*bounds, parts[0].type.scale, parts[0].type.unit))
        )

    def _span(self, token: _Token) -> _Part:
        start = self._argument()
        self._needs(",")
        end = self._argument()
        for value in (start, end):
            if value.type.kind is not Kind.DATE:
                raise self._refuse(
                    "unit-mismatch",
                    token.column,
                    found=describe(value.type),
                    expected="a date",
                    text=self.text,
                )
        unit = token.text.removesuffix("s")
        return _Rational(
            Span(
                unit,
                start,
                end,
                number(-DAYS_APART_MAX, DAYS_APART_MAX, 0, "day" if unit == "day" else ""),
            )
        )

    # -- types

    def _whole(self, part: _Part, column: int) -> Value:
        if isinstance(part, _Months):
            raise self._refuse(
                "expression-syntax",
                column,
                found="months or years",
                expected="a date moved by them",
            )
        if part.under is not None:
            raise self._refuse(
                "ratio-outside-round",
                column,
                found=self.text,
                expected="a comparison, or round(..., places, half up)",
            )
        return part.top

    def _align(
        self, left: Value, right: Value, column: int, *, numbers: bool = False
    ) -> tuple[Value, Value]:
        """Bring both to one scale; refuse what cannot be compared or added."""
        a, b = left.type, right.type
        comparable = a.kind is b.kind and a.kind in (
            {Kind.NUMBER} if numbers else {Kind.NUMBER, Kind.DATE}
        )
        if not comparable or a.unit != b.unit:
            raise self._refuse(
                "unit-mismatch", column, found=describe(b), expected=describe(a), text=self.text
            )
        if a.kind is Kind.DATE:
            return left, right
        scale = max(a.scale, b.scale)
        return self._finer(left, scale, column), self._finer(right, scale, column)

    def _finer(self, value: Value, scale: int, column: int) -> Value:
        if value.type.scale == scale:
            return value
        if isinstance(value, Const):
            factor = 10 ** (scale - value.type.scale)
            return Const(value.value * factor, self._fits(value.type.rescaled(scale), column))
        step = scale - value.type.scale
        one = Const(10**step, number(10**step, 10**step, step))
        return Mul(value, one, self._fits(value.type.rescaled(scale), column))

    def _fits(self, type_: Type, column: int) -> Type:
        if type_.too_wide:
            raise self._refuse(
                "could-overflow",
                column,
                found=f"up to {max(abs(type_.low or 0), abs(type_.high or 0))}",
                text=self.text,
            )
        return type_


def _ends(type_: Type) -> tuple[int, int]:
    if type_.low is None or type_.high is None:
        return -DAYS_APART_MAX, DAYS_APART_MAX
    return type_.low, type_.high


def _days_moved(date: Value) -> int:
    """Give how many days the moves written around a date lead away from it at most, each counted whole whatever its direction."""
    if isinstance(date, Shift):
        longest = days.MONTH_DAYS_MAX if date.unit == "month" else 1
        return abs(date.amount) * longest + _days_moved(date.date)
    if isinstance(date, Least | Greatest):
        return max(map(_days_moved, date.parts))
    return 0


def _unitless(value: Value) -> Value:
    """Read a value as a plain number (its unit has cancelled)."""
    plain = number(*_ends(value.type), value.type.scale)
    if isinstance(value, Const):
        return Const(value.value, plain)
    return Mul(value, Const(1, number(1, 1)), plain)


def _always(value: bool) -> Truth:
    return All(()) if value else Any_(())


def _as_truth(node: Value | Truth) -> Truth:
    if isinstance(node, Field | LinkField | Ref):
        return TruthOf(node)
    return node  # type: ignore[return-value]


def shortened(text: str) -> str:
    """Give the beginning of a text that may be long."""
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "…"


def nearest(name: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    """Give the nearest known name, or an empty text."""
    found = get_close_matches(name, list(names), n=1)
    return found[0] if found else ""


__all__ = [
    "Now",
    "Scope",
    "Unknown",
    "describe",
    "nearest",
    "read_literal",
    "read_truth",
    "read_value",
    "shortened",
]
