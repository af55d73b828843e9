"""What an explanation needs to know of a programme, worked out once: its rules by id, what each rests on, what is unconfirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.rules.meaning import Reading, reading
from goodstanding.kernel.rules.once import once
from goodstanding.kernel.rules.walk import fields_read, indicators_below, inside, names_read

Rule = (
    n.Deduction
    | n.Direct
    | n.Given
    | n.StepDown
    | n.Ceiling
    | n.Carry
    | n.LevelGround
    | n.Raise
    | n.Proposal
)


@dataclass(frozen=True, slots=True)
class Described:
    """A rule with its condition in words and the indicators it rests on, directly or through formulas."""

    rule: Rule
    title: tuple[tuple[str, str], ...]
    condition: str
    below: tuple[n.Indicator, ...]
    needs: tuple[str, ...] = ()  # fields without which a hit's points or condition are unknown
    earlier: tuple[
        n.Earlier, ...
    ] = ()  # the laws at the act that it, or an indicator below, is compared with


@dataclass(frozen=True, slots=True)
class Item:
    """A weighted item with its points and weight in words, and the indicators it rests on."""

    item: n.Weighted
    read: Reading
    points: str
    weight: str
    below: tuple[n.Indicator, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The static side of every explanation of one programme."""

    rules: Mapping[str, Described]
    proposals: Mapping[
        str, Described
    ]  # their ids are apart: a list may name its ground as a rule does
    unconfirmed: frozenset[str]  # ids of rules
    unconfirmed_proposals: frozenset[str]
    # bands (with the start of the score) and weighted items: what a grade by score rests on
    score_confirmed: bool
    read_score: frozenset[str]  # ids of rules whose conditions read the score
    proposals_read_score: frozenset[str]
    selections: Mapping[str, tuple[n.Select, ...]]  # by record type
    indicator_needs: Mapping[str, tuple[str, ...]]  # fields that an indicator's condition reads
    selects: Mapping[str, n.Select]  # of indicators over records
    items: tuple[Item, ...] = ()


def _guide(programme: n.Programme) -> Guide:
    rules = [
        p
        for p in inside((programme.score, programme.grades, programme.levels))
        if isinstance(p, Rule)
    ]
    selections: dict[str, list[n.Select]] = {}
    for part in inside(programme):
        if isinstance(part, n.Select):
            selections.setdefault(part.record, []).append(part)
    return Guide(
        {rule.id: _describe(programme, rule) for rule in rules},
        {rule.id: _describe(programme, rule) for rule in programme.proposals},
        frozenset(rule.id for rule in rules if not rule.basis.confirmed),
        frozenset(rule.id for rule in programme.proposals if not rule.basis.confirmed),
        _score_confirmed(programme),
        frozenset(rule.id for rule in rules if "score" in names_read(_conditions(rule))),
        frozenset(p.id for p in programme.proposals if "score" in names_read(p.limbs)),
        {name: tuple(dict.fromkeys(selects)) for name, selects in sorted(selections.items())},
        {i.name: _needs(i) for i in programme.indicators},
        {i.name: i.what.select for i in programme.indicators if not isinstance(i.what, n.Scalar)},
        tuple(_item(programme, i) for i in programme.weights.items) if programme.weights else (),
    )


def _item(programme: n.Programme, item: n.Weighted) -> Item:
    below = indicators_below(programme, item.points)
    return Item(item, reading(item.points), say.value(item.points), say.value(item.weight), below)


guide = once(_guide)


def _needs(indicator: n.Indicator) -> tuple[str, ...]:
    select = getattr(indicator.what, "select", None)
    return tuple(sorted(fields_read(select.where))) if isinstance(select, n.Select) else ()


def _describe(programme: n.Programme, rule: Rule) -> Described:
    needs: tuple[str, ...] = ()
    if isinstance(rule, n.Deduction) and rule.select:
        needs = tuple(sorted(fields_read((rule.select.where, rule.points, rule.restored))))
    elif isinstance(rule, n.LevelGround):
        needs = tuple(sorted(fields_read((rule.select.where, rule.of))))
    elif isinstance(rule, n.Raise) and rule.select:
        needs = tuple(sorted(fields_read(rule.select.where)))
    below = indicators_below(programme, _conditions(rule))
    own = rule.earlier if isinstance(rule, n.Deduction | n.LevelGround) else None
    return Described(
        rule,
        getattr(rule, "title", ()),
        _condition(rule),
        below,
        needs,
        tuple(one for one in (own, *(i.earlier for i in below)) if one is not None),
    )


def _score_confirmed(programme: n.Programme) -> bool:
    """Tell whether bands and weights are confirmed; the mark of a band is also that of the start of the score."""
    bands = programme.grades.bands if programme.grades else ()
    items = programme.weights.items if programme.weights else ()
    return all(b.basis.confirmed for b in bands) and all(i.basis.confirmed for i in items)


def _conditions(rule: Rule) -> object:
    match rule:
        case n.Direct() | n.Proposal() | n.LevelGround():
            return rule.limbs
        case n.Given() | n.StepDown() | n.Ceiling():
            return rule.when
        case n.Deduction():
            return (rule.when, rule.points) if rule.select is None else ()
        case _:
            return ()


def _condition(rule: Rule) -> str:
    match rule:
        case n.Direct() | n.Proposal() | n.LevelGround():
            said = [
                say.truth(x.when) + (f" unless {say.truth(x.unless)}" if x.unless else "")
                for x in rule.limbs
            ]
            return " or ".join(said)
        case n.Given() | n.StepDown() | n.Ceiling():
            return say.truth(rule.when)
        case n.Deduction(select=None, when=when):
            return say.truth(when) if when is not None else ""
        case n.Deduction(select=select) if select is not None and select.where != n.TRUE:
            return say.truth(select.where)
        case _:
            return ""
