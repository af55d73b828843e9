"""The test of the test: each road is broken on purpose, one way at a time, and random agreement must notice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from goodstanding.compile.expressions import Expressions, Pair
from goodstanding.kernel import days
from goodstanding.kernel import facts as facts_
from goodstanding.kernel.rules import aggregate, grading, levels, meaning, scoring
from tests.agreement import roads
from tests.agreement.histories import histories
from tests.agreement.laws import law

LAWS = 200
HISTORIES = 50

# Changes of the text of the SQL road.
TEXT: dict[str, tuple[str, str]] = {
    "at least becomes more than": (r" >= ", " > "),
    "at most becomes less than": (r" <= ", " < "),
    "possible hits are lost": (r"_truth IS NOT FALSE", "_truth IS TRUE"),
    "possible hits are certain": (r"(\(_truth IS TRUE\)|coalesce\(_truth, FALSE\)) AS _certain", "TRUE AS _certain"),
    "months are thirty days": (r"INTERVAL \((-?\d+)\) MONTH", r"INTERVAL (30 * \1) DAY"),
    "an unknown part of a group is passed over": (r"CASE WHEN count\(v\) = count\(\*\) THEN max\(v\) END", "max(v)"),
    "an unknown part of a sum is passed over": (r"CASE WHEN count\(hi\) = count\(\*\) THEN", "CASE WHEN TRUE THEN"),
    "quotients are cut, not rounded": (r"\* 2 \+ [^/]*? \* 1\)", "* 2)"),
    "each record is an act of its own": (r'coalesce\("act", record\) AS act', "record AS act"),
    "first and latest are swapped": (r"arg_min\(", "arg_max("),
    "annulments annul nothing": (r"f\._counts AND m\.record IS NULL", "f._counts"),
    "nothing falls with what it rests on": (r"f\._counts AND g\.record IS NULL", "f._counts"),
    "the latest cure counts": (r"least\(f\.cured", "greatest(f.cured"),
    "the latest end counts": (r"least\(f\.ended", "greatest(f.ended"),
    "the judged day itself is left out": (r"f\.date <= DATE", "f.date < DATE"),
    "cures of later days count": (r'CASE WHEN "cured" <= DATE \S+ THEN "cured" END', '"cured"'),
    "closed versions are known": (r"r\.known_to IS NULL(?! OR)", "TRUE"),
    "held records count": (r"state = 'in force' AND", "state <> 'annulled' AND"),
    "alleged records count": (r"IN \('decided', 'final', 'under review'\)", "IN ('decided', 'final', 'under review', 'alleged')"),
    "windows run row by row": (r"RANGE BETWEEN UNBOUNDED", "ROWS BETWEEN UNBOUNDED"),
    "a group dates from its last member": (r"min\(date\) AS _day", "max(date) AS _day"),
    "among equals the later rule keeps an act": (r"\+ \d+ - (a\.)?_rule", r"+ \1_rule"),
    "each act counts in every rule": (r"a\.low IS NOT NULL AND .*? = w\.low AS", "a.low IS NOT NULL AS"),
    "a lower ground lifts a level": (r"greatest\(s\.level", "least(s.level"),
    "a milder ground shortens a wait": (r"greatest\(s\.not_before, ", "coalesce("),
    "adverse rules do not fire at worst": (r'" IS NOT FALSE\)', '" IS TRUE)'),
    "only the final is lost": (r"certainty = 'final'", "TRUE"),
    "missing keys are not equal": (r"GROUP BY _k, _d0", "GROUP BY _k, coalesce(_d0::VARCHAR, record)"),
    "runs may have gaps": (r"_p - row_number\(\)", "0 * row_number()"),
    "late periods are served": (r" AND hits\.date <= due\._deadline", ""),
    "carried a cycle longer": (r"AND \((\d+) - (\S+ \S+ \S+)\) <= (\d+)", r"AND (\1 - \2) <= \3 + 1"),
    "the floor is a top": (r'greatest\("raw score', 'least("raw score'),
    "undecided steps give back at worst": (r"IS NULL THEN 0 ", "IS NULL THEN 10000 "),
    "out of scope is in scope": (r'"in scope" IS NOT FALSE', "TRUE"),
    "a possible first is passed over": (r" = 0 AS _first", " = 0 AND _certain AS _first"),
    "a possible last is passed over": (r" = 0 AS _last", " = 0 AND _certain AS _last"),
    "every group is settled": (r"_certain AND _place = 1 AS _settled", "_there AS _settled"),
    "a group counts on each of its days": (r"least\((\(_day .*?::DATE), _next\)", r"\1"),
    "a ground is reached on its first day only": (r"_there AND _place = 1 AS shown, TRUE AS worst", "_there AND _place = 1 AS shown, _place = 1 AS worst"),
    "open acts count nothing": (r"SELECT \*, FALSE, TRUE FROM", "SELECT *, FALSE, FALSE FROM"),
    "a sure ground ends nothing": (r'WHEN "decided" THEN -1', "WHEN FALSE THEN -1"),
    "an undecided rule hides those below": (r' WHEN ("given \d+(?: worst)?") IS TRUE THEN', r" WHEN \1 IS NOT FALSE THEN"),
    "an exception not shown does not hold": (r"\) IS FALSE\)", ") IS NOT TRUE)"),
    "undecided never stands at worst": (r'WHEN "doubt" AND', "WHEN FALSE AND"),
    "undecided always stands at worst": (r'"doubt" AND coalesce\(', '"doubt" AND coalesce(TRUE OR '),
    "only the worst band is a cause": (r'(\d+) BETWEEN "first band" AND coalesce\((\S+ \S+), \d+\)', r"\2 = \1"),
    "an open end is closed": (r"_hi IS NULL THEN 1 ELSE 0 END", "_hi IS NULL THEN 0 ELSE 0 END"),
}  # fmt: skip


def _lenient(self, parts, greatest, _known_part):
    """LEAST and GREATEST as engines have them: what is missing is passed over."""
    pick = self.dialect.greatest_known if greatest else self.dialect.least_known
    pairs = [self.pair(p) for p in parts]
    return Pair(pick([p.lo for p in pairs]), pick([p.hi for p in pairs]))


def _unclipped(d: int, months: int) -> days.Day:
    return days.Day(d + 30 * months)


def _cut(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _own_only(groups, months):
    return [w._replace(inside=(w.group,)) for w in _real_windows(groups, months)]


def _no_act_twice(worth):
    low, _ = _real_once(worth)
    return low, low


_real_once = scoring._one_act_once
_real_windows = aggregate.windows

# Changes of functions, of either road.
CODE: dict[str, tuple[object, str, Callable[..., object]]] = {
    "SQL: least passes over what is missing": (Expressions, "_extreme", _lenient),
    "interpreter: months are thirty days": (days, "add_months", _unclipped),
    "interpreter: quotients are cut": (meaning, "round_half_up", _cut),
    "interpreter: add-back is cut": (scoring, "round_half_up", _cut),
    "interpreter: nothing is cured": (facts_, "_cure", lambda *_: None),
    "interpreter: nothing is annulled": (facts_, "_annul", lambda *_: None),
    "interpreter: windows hold one group": (aggregate, "windows", _own_only),
    "interpreter: levels see one group": (levels, "windows", _own_only),
    "interpreter: the first member is the first": (
        aggregate,
        "_up_to_certain",
        lambda hits: hits[:1],
    ),
    "interpreter: an act is kept alike at both ends": (scoring, "_one_act_once", _no_act_twice),
    "interpreter: equal is at least": (meaning, "_equal", meaning._at_least),
    "interpreter: nothing is carried": (grading, "carried_now", lambda *_: ()),
    "interpreter: nothing is held": (grading.Ranker, "_held", lambda _, score, *__: score),
    "interpreter: a run is its periods": (aggregate, "_run_length", len),
}


def _noticed() -> int | None:
    """Give the first law on which the roads differ."""
    for seed in range(LAWS):
        made = law(seed)
        met = histories(made, 7 * seed + 1, HISTORIES)
        try:
            if roads.interpret(made, met).rows != roads.translate(made, met):
                return seed
        except AssertionError:
            return seed  # text that the engine refuses is noticed as well
    return None


@pytest.mark.nightly
@pytest.mark.parametrize("name", TEXT)
def test_a_broken_text_is_noticed(name, monkeypatch):
    pattern, instead = TEXT[name]
    real = roads._make
    changed = []

    def make(engine, table):
        sql, count = re.subn(pattern, instead, table.sql)
        changed.append(count)
        real(engine, roads.tables.Table(table.name, sql, table.by_bucket))

    monkeypatch.setattr(roads, "_make", make)
    noticed = _noticed()
    assert sum(changed), "nothing was changed: the text has become another"
    assert noticed is not None


@pytest.mark.nightly
@pytest.mark.parametrize("name", CODE)
def test_a_broken_function_is_noticed(name, monkeypatch):
    where, function, instead = CODE[name]
    monkeypatch.setattr(where, function, instead)
    assert _noticed() is not None
