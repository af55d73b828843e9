"""Alleged, suspended and annulled records change nothing but the list of what did not count (FAIRNESS 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, Evaluation, evaluate
from goodstanding.kernel.rules.explain import explain
from goodstanding.kernel.rules.walk import types_read
from tests.agreement.histories import histories
from tests.agreement.laws import Law, law
from tests.agreement.roads import runs

SILENT = ["alleged", "suspended", "annulled"]


def judged(made: Law, given_facts: Facts) -> list[Evaluation]:
    before, found = Before(), []
    for at in runs(made):
        found.append(evaluate(made.programme, given_facts, at, before))
        before = Before(found[-1].shown.origins, found[-1].worst.origins)
    return found


def silenced(made: Law, seed: int, certainty: str) -> tuple[Version, ...]:
    """Make records of that certainty without links of their own: they come on top of what a subject has."""
    return tuple(
        replace(
            v,
            record=f"extra {v.record}",
            values={**v.values, "certainty": certainty},
            state="in force",
        )
        for history in histories(made, seed, 3)
        for v in history.versions
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(0, 50), st.sampled_from(SILENT))
def test_a_record_that_does_not_count_changes_nothing_but_what_did_not_count(
    seed: int, other: int, certainty: str
) -> None:
    made = law(seed)
    (history,) = histories(made, seed, 1)
    extra = silenced(made, other, certainty)
    before, after = (
        facts(history.versions, made.types, made.known),
        facts((*history.versions, *extra), made.types, made.known),
    )
    known_extra = {v.record for v in extra if v.known_at(made.known)}
    for plain, more in zip(judged(made, before), judged(made, after), strict=True):
        assert (more.shown, more.worst, more.proposed, more.proposals_open, more.contributions, more.terms) == (
            plain.shown, plain.worst, plain.proposed, plain.proposals_open, plain.contributions, plain.terms,
        )  # fmt: skip
        assert dict(more.known) == dict(plain.known)
        one, two = explain(made.programme, plain, before), explain(made.programme, more, after)
        assert two._replace(not_counted=()) == one._replace(not_counted=())
        added = {s.record for s in two.not_counted} - {s.record for s in one.not_counted}
        read = {
            f.record
            for t in types_read(made.programme)
            for f in after.get(t, ())
            if f.silent_from is None or more.run.judged < f.silent_from
        }
        assert added == known_extra & read
        assert {s.certainty for s in two.not_counted if s.record in added} <= {certainty}


@pytest.mark.parametrize("certainty", SILENT)
def test_such_a_record_neither_cures_ends_nor_annuls(certainty: str) -> None:
    """Links of a record that does not count do nothing: neither for nor against."""
    seen = 0
    for seed in range(40):
        made = law(seed)
        (history,) = histories(made, seed, 1)
        acting = [v for v in history.versions if v.links]
        quiet = {id(v): replace(v, values={**v.values, "certainty": certainty}) for v in acting}
        versions = tuple(quiet.get(id(v), v) for v in history.versions)
        unlinked = tuple(
            replace(v, links=_resting_only(made, v)) if v.values["certainty"] == certainty else v
            for v in versions
        )
        seen += len(acting)
        one, two = facts(versions, made.types, made.known), facts(unlinked, made.types, made.known)
        for type_, group in one.items():
            for a, b in zip(group, two[type_], strict=True):
                assert (a.record, a.why_not, a.values.get("cured"), a.values.get("ended")) == (
                    b.record,
                    b.why_not,
                    b.values.get("cured"),
                    b.values.get("ended"),
                )
    assert seen > 50


def _resting_only(made: Law, version: Version) -> dict[str, str]:
    """Keep only links that act on the record itself."""
    kinds = {
        link.name: link.kind
        for link in made.types[version.type][max(made.types[version.type])].links
    }
    return {
        name: target
        for name, target in version.links.items()
        if kinds.get(name) is n.LinkKind.RESTS_ON
    }


def test_of_all_certainties_three_count() -> None:
    assert (
        {c.value for c in n.Certainty if c.counts}
        == set(n.COUNTING)
        == {"decided", "final", "under review"}
    )
    assert {c.value for c in n.Certainty if not c.counts} == set(SILENT)
