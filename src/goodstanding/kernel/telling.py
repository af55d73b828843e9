"""Say an explanation in a language, cut for an audience; the words come from `law/words`, handed in.

Reasons are computed once and cut here (FAIRNESS 14). The public sees a grade that its programme makes public and the rules that
decided, never the records, values, doubts and proposals behind them; of any other standing it sees nothing, not even that there is one.
The organisation itself and the competent offices see all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from goodstanding.kernel import days
from goodstanding.kernel.quantity import SHARE_SCALE
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.rules.explain import Reason, RecordSeen, Tree
from goodstanding.kernel.standing import Standing

Words = Mapping[str, Mapping[str, str]]
# Titles of record types and instruments by id: (language, text) pairs.
Names = Mapping[str, tuple[tuple[str, str], ...]]


class Audience(Enum):
    """Who is told; the publicity of a grade names the least of them that may see it."""

    PUBLIC = "public"
    SUBJECT = "subject"
    OFFICES = "offices"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is told about one standing: the standing, its tree, and the forecast (None if not asked for).

    `publicity` is that of the programme; `issued` the grade an authority issued for the cycle; `overdue` the record types that were due and not filed;
    `today` the day on which it is told, whatever day is judged; `provisional` says that the cycle is not over.
    """

    standing: Standing
    tree: Tree
    forecast: tuple[tuple[int, str], ...] | None = None
    publicity: tuple[tuple[str, str], ...] = ()
    issued: str | None = None
    overdue: tuple[str, ...] = ()
    today: int | None = None
    provisional: bool = False


def may_see(publicity: Iterable[tuple[str, str]], grade: str, audience: Audience) -> bool:
    """Tell whether an audience may see a grade at all; no statement means subject and competent offices."""
    stated = dict(publicity).get(grade, Audience.SUBJECT.value)
    return audience is not Audience.PUBLIC or stated.startswith("public")


def visible(explanation: Explanation, audience: Audience) -> bool:
    """Tell whether an audience is told of a standing at all.

    The public only of public grades, computed and issued, never of study results (FAIRNESS 7), and of a decision only while it is displayed.
    """
    if audience is not Audience.PUBLIC:
        return True
    standing, issued = explanation.standing, explanation.issued
    grades = [standing.grade] if issued is None else [standing.grade, issued]
    return (
        not standing.study
        and displayed(standing, explanation.today)
        and all(may_see(explanation.publicity, grade, audience) for grade in grades)
    )


def displayed(standing: Standing, today: int | None) -> bool:
    """Tell whether a standing is on display on a day; one without terms always is. The last day of a term is not part of it."""
    if standing.display in ("never", "not started"):
        return False
    start, end = standing.display_from, standing.display_until
    if today is None:
        return True
    return (start is None or start <= today) and (end is None or today < end)


@dataclass(frozen=True, slots=True)
class Teller:
    """Says explanations in one language."""

    language: str
    words: Words
    names: Names

    def word(self, key: str, **said: object) -> str:
        """Give a sentence of the word file with its names filled in."""
        entry = self.words.get(key)
        if entry is None:
            return key.replace("_", " ")
        text = entry.get(self.language) or entry["en"]
        return text.format(**said)

    def title(self, titles: tuple[tuple[str, str], ...], otherwise: str) -> str:
        """Give a title in the language, else in English, else in whatever there is."""
        by = dict(titles)
        return by.get(self.language) or by.get("en") or next(iter(by.values()), otherwise)

    def tell(self, explanation: Explanation, audience: Audience = Audience.OFFICES) -> str:
        """Say the whole of one explanation as indented lines; nothing to whom the standing is not visible."""
        if not visible(explanation, audience):
            return ""
        if audience is Audience.PUBLIC:
            return "\n".join(self._public_lines(explanation))
        return "\n".join(self._lines(explanation))

    def _public_lines(self, explanation: Explanation) -> Iterator[str]:
        standing, tree = explanation.standing, explanation.tree
        yield self._headline(standing, tree)
        yield from self._issued(explanation)
        if standing.open:
            yield "  ! " + self.word("open_to_public")
        yield from self._provisional(explanation)
        if standing.invented:
            yield "  ! " + self.word("invented")
        if standing.display:
            yield "  " + self._display(standing)
        yield from self._reason_list("why", tree.decided, Audience.PUBLIC)

    def _lines(self, explanation: Explanation) -> Iterator[str]:
        standing, tree = explanation.standing, explanation.tree
        yield self._headline(standing, tree)
        yield from self._issued(explanation)
        yield from self._provisional(explanation)
        if standing.at_worst != standing.grade:
            yield "  ! " + self.word("at_worst", grade=self.grade(standing.at_worst))
        if standing.study:
            yield "  ! " + self.word("study")
        if standing.invented:
            yield "  ! " + self.word("invented")
        if tree.missing:
            yield "  ! " + self.word("missing_parameters", names=", ".join(tree.missing))
        if standing.display:
            yield "  " + self._display(standing)
        yield from self._reason_list("why", tree.decided)
        yield from self._arithmetic(standing, tree)
        yield from self._reason_list("propose", tree.proposals, headed=False)
        yield from self._reason_list("overtaken", tree.overtaken)
        yield from self._reason_list("only_at_worst", tree.at_worst)
        yield from self._records("undecided", tree.undecided)
        yield from self._records("met", tree.met)
        yield from self._records("not_counted", tree.not_counted)
        if explanation.overdue:
            names = (self.title(self.names.get(t, ()), t) for t in explanation.overdue)
            yield "  " + self.word("overdue", names=", ".join(names))
        if tree.carried_on:
            rules = ", ".join(f"{rule} ({origin})" for rule, origin in tree.carried_on)
            yield "  " + self.word("carried_on", rules=rules)
        if explanation.forecast is not None:
            yield f"  {self.word('forecast')}:"
            for day, grade in explanation.forecast:
                yield "    " + self.word(
                    "forecast_line", day=days.text(day), grade=self.grade(grade)
                )
            if not explanation.forecast:
                yield "    " + self.word("forecast_same")

    def _issued(self, explanation: Explanation) -> Iterator[str]:
        if explanation.issued is not None:
            yield "  " + self.word("issued", grade=self.grade(explanation.issued))

    def _provisional(self, explanation: Explanation) -> Iterator[str]:
        if explanation.provisional:
            yield "  ! " + self.word("provisional")

    def _headline(self, standing: Standing, tree: Tree) -> str:
        title = self.title(tree.titles, tree.programme)
        parts = [self.word("standing", title=title, grade=self.grade(standing.grade))]
        if standing.unit:
            parts.append(standing.unit)
        if standing.cycle is not None:
            parts.append(self.word("for_cycle", cycle=standing.cycle))
        if standing.since is not None:
            parts.append(self.word("since", day=days.text(standing.since)))
        parts.append(self.word("judged", day=days.text(standing.judged)))
        return ", ".join(parts)

    def grade(self, grade: str) -> str:
        """Name a grade; the two that every programme has are words of the language."""
        if grade in (n.UNDECIDED, n.NOT_GRADED):
            return self.word(grade.replace(" ", "_") + "_grade")
        return grade

    def _display(self, standing: Standing) -> str:
        if (
            standing.display == "term"
            and standing.display_from is not None
            and standing.display_until is not None
        ):
            said = self.word(
                "display_term",
                start=days.text(standing.display_from),
                end=days.text(standing.display_until),
            )
        else:
            key = {
                "never": "display_never",
                "open until cured": "display_open",
                "end not known": "display_unknown",
            }
            said = self.word(key.get(standing.display or "", "display_not_started"))
        if standing.repair_from is not None:
            said += "; " + self.word("repair_from", day=days.text(standing.repair_from))
        return said

    def _arithmetic(self, standing: Standing, tree: Tree) -> Iterator[str]:
        if standing.score is None:
            return
        if standing.worst_score in (None, standing.score):
            yield "  " + self.word("score", score=say.points(standing.score)) + ":"
        else:
            worst = say.points(standing.worst_score or 0)
            yield (
                "  " + self.word("score_open", score=say.points(standing.score), worst=worst) + ":"
            )
        if tree.start is not None:
            yield "    " + self.word("start", points=say.points(tree.start))
        for reason in tree.arithmetic:
            yield from self._reason(reason, Audience.OFFICES, "    ")

    def _reason_list(
        self,
        head: str,
        reasons: tuple[Reason, ...],
        audience: Audience = Audience.OFFICES,
        *,
        headed: bool = True,
    ) -> Iterator[str]:
        if reasons and headed:
            yield f"  {self.word(head)}:"
        for reason in reasons:
            yield from self._reason(reason, audience, "    " if headed else "  ")

    def _reason(self, reason: Reason, audience: Audience, margin: str) -> Iterator[str]:
        yield margin + self._said(reason) + self._article(reason)
        if reason.condition and reason.kind != "band":
            line = self.word("because", condition=reason.condition)
            values = {} if audience is Audience.PUBLIC else _values(reason)
            if values:
                line += "; " + self.word(
                    "values", values=", ".join(f"{name} = {said}" for name, said in values.items())
                )
            yield f"{margin}  {line}"
        for earlier in reason.earlier:
            yield f"{margin}  {self.earlier(earlier)}"
        if reason.exception_not_shown:
            yield f"{margin}  {self.word('exception_not_shown')}"
        if audience is not Audience.PUBLIC:
            for record in reason.records:
                yield f"{margin}  · {self.record(record)}"

    def _said(self, reason: Reason) -> str:
        title = self.title(reason.titles, reason.rule)
        kind = reason.kind.replace(" ", "_")
        if kind in ("deduct", "add"):
            low, high = reason.low or 0, reason.high or 0
            key = f"{kind}_open" if low != high and kind == "deduct" else kind
            return self.word(key, points=say.points(low), worst=say.points(high), title=title)
        return self.word(
            kind,
            title=title,
            gives=self.grade(reason.gives),
            origin=reason.origin,
            left=reason.cycles_left,
            condition=reason.condition,
            points=_points(reason.low),
        )

    def earlier(self, earlier: n.Earlier) -> str:
        """Say the law at the act beside the law at the decision, where a rule takes the milder of both."""
        day, version = days.text(earlier.until), earlier.version
        if not earlier.counted:
            return self.word("show_not_known_then", day=day, version=version)
        now, then = _law(earlier.where, earlier.value), _law(earlier.where_then, earlier.value_then)
        return self.word("show_milder", day=day, version=version, now=now, then=then)

    def _article(self, reason: Reason) -> str:
        return self.article(reason.basis)

    def article(self, basis: n.Basis) -> str:
        """Say where the law says it, and whether that is confirmed."""
        instrument = self.title(self.names.get(basis.instrument, ()), basis.instrument)
        said = self.word("article", instrument=instrument, article=basis.article).strip()
        marks = [said] if said else []
        if not basis.confirmed:
            marks.append(self.word("unconfirmed"))
        return f" [{'; '.join(marks)}]" if marks else ""

    def _records(self, head: str, records: tuple[RecordSeen, ...]) -> Iterator[str]:
        if records:
            yield f"  {self.word(head)}:"
        for record in records:
            yield f"    · {self.record(record)}"

    def record(self, seen: RecordSeen) -> str:
        """Say one record: which, when, how certain, who filed it, and why it did not count."""
        said = self.word(
            "record",
            record=seen.record,
            day="?" if seen.date is None else days.text(seen.date),
            certainty=self.word(seen.certainty.replace(" ", "_")),
            type=self.title(self.names.get(seen.type, ()), seen.type),
        )
        if seen.authority:
            said += ", " + self.word(
                "filed_by", authority=self.title(self.names.get(seen.authority, ()), seen.authority)
            )
        if seen.ends is not None:
            said += ", " + self.word("ends", day=days.text(seen.ends))
        if seen.why_not == "overtaken":
            said += ": " + self.word("one_act")
        elif seen.why_not.startswith("annulled "):
            how, other = seen.why_not.rsplit(" ", 1)
            said += ": " + self.word(how.replace(" ", "_"), record=other)
        elif seen.why_not and seen.why_not != "undecided":
            said += ": " + self.word(seen.why_not.replace(" ", "_"))
        if seen.lacks:
            said += "; " + self.word("lacks", fields=", ".join(seen.lacks))
        return said


def as_data(explanation: Explanation, audience: Audience = Audience.OFFICES) -> dict[str, object]:
    """Give an explanation as plain data (for JSON): days as text, points as text, cut for the audience; empty where it is not visible."""
    if not visible(explanation, audience):
        return {}
    if audience is Audience.PUBLIC:
        return _public_data(explanation)
    standing, tree = explanation.standing, explanation.tree
    said: dict[str, object] = {
        "organisation": standing.organisation,
        "unit": standing.unit,
        "programme": standing.programme,
        "version": standing.version,
        "cycle": standing.cycle,
        "judged": days.text(standing.judged),
        "known": standing.known,
        "grade": standing.grade,
        "issued": explanation.issued,
        "at_worst": standing.at_worst,
        "open": standing.open,
        "provisional": explanation.provisional,
        "study": standing.study,
        "invented": standing.invented,
        "certainty": standing.certainty,
        "score": _points(standing.score),
        "worst_score": _points(standing.worst_score),
        "since": _day(standing.since),
        "display": standing.display,
        "display_from": _day(standing.display_from),
        "display_until": _day(standing.display_until),
        "repair_from": _day(standing.repair_from),
        "proposed": list(standing.proposed),
        "missing": list(tree.missing),
        "carried": [{"rule": rule, "origin": origin} for rule, origin in tree.carried_on],
    }
    for name in ("decided", "overtaken", "arithmetic", "proposals", "at_worst"):
        key = "reasons_at_worst" if name == "at_worst" else name
        said[key] = [_reason(r) for r in getattr(tree, name)]
    for name in ("undecided", "met", "not_counted"):
        said[name] = [_record(r) for r in getattr(tree, name)]
    said["overdue"] = list(explanation.overdue)
    if explanation.forecast is not None:
        said["forecast"] = [
            {"day": days.text(day), "grade": grade} for day, grade in explanation.forecast
        ]
    return said


def _public_data(explanation: Explanation) -> dict[str, object]:
    standing = explanation.standing
    hidden = ("values", "records", "points", "points_at_worst", "exception_not_shown")
    return {
        "organisation": standing.organisation,
        "unit": standing.unit,
        "programme": standing.programme,
        "version": standing.version,
        "cycle": standing.cycle,
        "judged": days.text(standing.judged),
        "known": standing.known,
        "grade": standing.grade,
        "issued": explanation.issued,
        "open": standing.open,
        "provisional": explanation.provisional,
        "invented": standing.invented,
        "since": _day(standing.since),
        "display": standing.display,
        "display_from": _day(standing.display_from),
        "display_until": _day(standing.display_until),
        "repair_from": _day(standing.repair_from),
        "decided": [
            {key: value for key, value in _reason(r).items() if key not in hidden}
            for r in explanation.tree.decided
        ],
    }


def _law(where: n.Truth, value: n.Value | None) -> str:
    """Say a condition and a value of one law."""
    said = [] if where == n.TRUE else [say.truth(where)]
    return ": ".join([*said, *([] if value is None else [points_said(value)])]) or say.truth(where)


def points_said(value: n.Value) -> str:
    """Say points; a plain number of four places would be said as a share."""
    plain = isinstance(value, n.Const) and (value.type.unit, value.type.scale) == ("", SHARE_SCALE)
    return say.points(value.value) if plain and isinstance(value, n.Const) else say.value(value)


def _values(reason: Reason) -> dict[str, str]:
    """Say what indicators are known as."""
    return {name: say.known(value, type_) for name, value, type_ in reason.values}


def _points(value: int | None) -> str | None:
    return None if value is None else say.points(value)


def _day(value: int | None) -> str | None:
    return None if value is None else days.text(value)


def _earlier(earlier: n.Earlier) -> dict[str, object]:
    return {
        "version": earlier.version,
        "until": days.text(earlier.until),
        "counted": earlier.counted,
        "now": _law(earlier.where, earlier.value),
        "then": _law(earlier.where_then, earlier.value_then),
    }


def _record(seen: RecordSeen) -> dict[str, object]:
    return {
        **seen._asdict(),
        "date": _day(seen.date),
        "ends": _day(seen.ends),
        "lacks": list(seen.lacks),
    }


def _reason(reason: Reason) -> dict[str, object]:
    return {
        "kind": reason.kind,
        "rule": reason.rule,
        "title": dict(reason.titles),
        "instrument": reason.basis.instrument,
        "article": reason.basis.article,
        "confirmed": reason.basis.confirmed,
        "condition": reason.condition,
        "values": _values(reason),
        "gives": reason.gives,
        "points": _points(reason.low),
        "points_at_worst": _points(reason.high),
        "exception_not_shown": reason.exception_not_shown,
        "origin": reason.origin,
        "cycles_left": reason.cycles_left,
        "earlier": [_earlier(one) for one in reason.earlier],
        "records": [_record(r) for r in reason.records],
    }
