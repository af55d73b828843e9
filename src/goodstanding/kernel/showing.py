"""Show a programme as a jurist reads it: what it judges, by which rules, under which articles, with which figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from goodstanding.kernel import days
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.telling import Teller, points_said

_Rule = (
    n.Deduction | n.Direct | n.Given | n.StepDown | n.Ceiling | n.LevelGround | n.Raise | n.Proposal
)


def show(programme: n.Programme, teller: Teller, hash_: str = "") -> list[str]:
    """Give a programme as indented lines in the teller's language."""
    return list(_Shower(programme, teller).lines(hash_))


class _Shower:
    def __init__(self, programme: n.Programme, teller: Teller) -> None:
        self.programme, self.teller = programme, teller

    def lines(self, hash_: str) -> Iterator[str]:
        p, word = self.programme, self.teller.word
        yield f"{self.teller.title(p.title, p.id)} ({p.id})"
        yield (
            "  "
            + word("show_version", version=p.version, span=self._span())
            + self._article(p.basis)
        )
        yield "  " + word("show_judges", what=word(f"judges_{p.judges.value}"))
        if p.in_force is not None:
            yield "  " + word("show_in_force", day=days.text(p.in_force))
        if p.scope != n.TRUE:
            yield "  " + word("show_scope", condition=say.truth(p.scope))
        if p.missing:
            yield "  ! " + word("show_missing", names=", ".join(p.missing))
        if p.invented:
            yield "  ! " + word("invented")
        if p.indicators:
            yield f"  {word('show_indicators')}:"
            yield from self._indicators()
        if p.score:
            yield from self._score(p.score)
        if p.weights:
            yield f"  {word('show_weights')}:"
            for item in p.weights.items:
                said = f"{say.value(item.weight)} × {say.value(item.points)}"
                yield f"    {item.id}  {self.teller.title(item.title, '')} {said}{self._article(item.basis)}"
        if p.grades:
            yield from self._grades(p.grades)
        if p.levels:
            yield from self._levels(p.levels)
        if p.terms:
            yield from self._terms(p.terms)
        if p.proposals:
            yield f"  {word('show_proposals')}:"
            for proposal in p.proposals:
                yield from self._rule(proposal, proposal.list, _limbs(proposal.limbs))
        if p.effects:
            yield from self._effects(p.effects)
        if hash_:
            yield "  " + word("show_hash", hash=hash_)

    def _span(self) -> str:
        p, word = self.programme, self.teller.word
        if p.cycle.kind:
            first, last = p.cycle.first, p.cycle.last
            return word(
                "show_cycles",
                first=word("show_open_start") if first is None else first,
                last=word("show_open_end") if last is None else last,
            )
        start, end = p.valid_from, p.valid_to
        return word(
            "show_days",
            first=word("show_open_start") if start is None else days.text(start),
            last=word("show_open_end") if end is None else days.text(end - 1),
        )

    def _article(self, basis: n.Basis) -> str:
        return self.teller.article(basis)

    def _indicators(self) -> Iterator[str]:
        for one in self.programme.indicators:
            title = self.teller.title(one.title, "")
            yield f"    {one.name}{': ' + title if title else ''}{_indicator(one)}{self._article(one.basis)}"
            yield from self._earlier(one.earlier)

    def _score(self, score: n.Score) -> Iterator[str]:
        word = self.teller.word
        yield "  " + word("show_start", value=points_said(score.start))
        for head, adds in (("show_deduct", False), ("show_add", True)):
            rules = [r for r in score.rules if r.adds is adds]
            if rules:
                yield f"  {word(head)}:"
            for rule in rules:
                when = say.truth(rule.when) if rule.when else _where(rule.select)
                yield from self._rule(rule, points_said(rule.points), when)

    def _grades(self, grades: n.Grades) -> Iterator[str]:
        word = self.teller.word
        yield "  " + word("show_grades", order=", ".join(grades.order))
        parts: tuple[tuple[str, list[tuple[_Rule, str, str]]], ...] = (
            ("show_direct", [(d, d.grade, _limbs(d.limbs)) for d in grades.direct]),
            ("show_not_graded", [(g, g.grade, say.truth(g.when)) for g in grades.not_graded]),
            ("show_instead", [(g, g.grade, say.truth(g.when)) for g in grades.instead]),
            ("show_first_match", [(g, g.grade, say.truth(g.when)) for g in grades.first_match]),
            ("show_steps_down", [(s, f"-{s.by}", say.truth(s.when)) for s in grades.steps_down]),
            ("show_ceilings", [(c, c.not_above, say.truth(c.when)) for c in grades.ceilings]),
        )
        for head, rules in parts:
            if rules:
                yield f"  {word(head)}:"
            for rule, gives, when in rules:
                yield from self._rule(rule, gives, when)
            if head == "show_first_match" and grades.otherwise:
                yield f"    {grades.otherwise}: {word('show_otherwise')}"
        if grades.bands:
            cuts = [
                f"{b.grade} {word('show_otherwise') if b.lowest is None else '>= ' + say.value(b.lowest)}"
                for b in grades.bands
            ]
            yield f"  {word('show_bands')}: {', '.join(cuts)}"
        if grades.carries:
            yield f"  {word('show_carried')}:"
            for carry in grades.carries:
                phases = ", ".join(_phase(phase) for phase in carry.phases)
                yield f"    {carry.id}  {', '.join(carry.causes)} -> {phases}{self._article(carry.basis)}"

    def _levels(self, levels: n.Levels) -> Iterator[str]:
        word = self.teller.word
        yield "  " + word("show_levels", order=", ".join(levels.order), start=levels.start)
        for ground in levels.grounds:
            when = " ".join(t for t in (_where(ground.select), _limbs(ground.limbs)) if t)
            yield from self._rule(ground, word("show_lowers", to=ground.to), when)
        for rise in levels.raises:
            gives = word("show_raises", level=rise.level, to=rise.to)
            yield f"    {rise.id}  {gives}{self._article(rise.basis)}"

    def _terms(self, terms: n.Terms) -> Iterator[str]:
        yield f"  {self.teller.word('show_terms')}:"
        for name in ("display_from", "display_until", "repair_from"):
            yield f"    {self.teller.word('show_' + name)} {say.value(getattr(terms, name))}"

    def _rule(self, rule: _Rule, gives: str, when: str) -> Iterator[str]:
        title = self.teller.title(getattr(rule, "title", ()), "")
        yield f"    {rule.id}  {gives}{': ' + title if title else ''}{self._article(rule.basis)}"
        if when:
            yield f"      {when}"
        if isinstance(rule, n.Deduction | n.LevelGround):
            yield from self._earlier(rule.earlier)

    def _earlier(self, earlier: n.Earlier | None) -> Iterator[str]:
        """Show the law at the act beside the law at the decision, where a rule takes the milder of both."""
        if earlier is not None:
            yield "      " + self.teller.earlier(earlier)

    def _effects(self, effects: tuple[n.GradeEffect, ...]) -> Iterator[str]:
        yield f"  {self.teller.word('show_effects')}:"
        for one in effects:
            kind = self.teller.word("show_burdens" if one.adverse else "show_favours")
            title = self.teller.title(one.title, "")
            said = f"{one.measure}{': ' + title if title else ''}"
            yield f"    {one.grade}  {kind} {said}{self._article(one.basis)}"


def _limbs(limbs: Iterable[n.Limb]) -> str:
    said = [
        say.truth(x.when) + (f" unless {say.truth(x.unless)}" if x.unless else "") for x in limbs
    ]
    return " or ".join(said)


def _where(select: n.Select | None) -> str:
    if select is None:
        return ""
    where = "" if select.where == n.TRUE else f" where {say.truth(select.where)}"
    return f"each {select.record}{where}"


def _indicator(indicator: n.Indicator) -> str:
    what = indicator.what
    if isinstance(what, n.Scalar):
        is_truth = isinstance(what.formula, n.Truth)
        return " = " + (say.truth(what.formula) if is_truth else say.value(what.formula))  # type: ignore[arg-type]
    return f" = {type(what).__name__.lower()} of {_where(what.select).removeprefix('each ')}"


def _phase(phase: n.Phase) -> str:
    gives = phase.grade or (
        f"<= {phase.not_above}" if phase.not_above else f"- {say.points(phase.start_less)}"
    )
    return f"{gives} x {phase.cycles}"
