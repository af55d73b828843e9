"""Explain one organisation: from its records to a tree of reasons for every programme, with a forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from goodstanding.desk.asking import Asked, Job, jobs, position_of
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import standings_of
from goodstanding.kernel import days, forecast
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.identity import Judgeable, judgeable
from goodstanding.kernel.law import Law, applies
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before
from goodstanding.kernel.rules.explain import explain
from goodstanding.kernel.rules.shapes import nearest
from goodstanding.kernel.standing import Standing
from goodstanding.kernel.telling import Explanation, Names, Teller, as_data
from goodstanding.store.admission import admit_one, shown
from goodstanding.store.lake import Register, Registered

# What a finding about the organisation asked for points at.
_ASKED = Place("ORGANISATION")


@dataclass(frozen=True)
class Explained:
    """What can be said of one organisation; `candidates` where a name or identifier fits several."""

    findings: tuple[Finding, ...] = ()
    found: Registered | None = None
    candidates: tuple[Registered, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    known: int = 0
    names: Names = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Tell whether the question could not be answered."""
        return not self.explanations and any(f.refuses for f in self.findings)


def explain_one(desk: Desk, register: Path, organisation: str, asked: Asked) -> Explained:
    """Explain the standings of one organisation, found by its id, identifier or whole name."""
    law_wrong = [f for f in desk.findings if f.refuses]
    planned, findings = jobs(desk.law, asked, desk.today())
    if law_wrong or any(f.refuses for f in findings):
        return Explained((*law_wrong, *findings))
    opened = admit_one(register, desk.law.types)
    if isinstance(opened, list):
        return Explained(tuple(opened))
    with opened as lake:
        known = position_of(asked.known, lake.meta)
        if isinstance(known, Finding):
            return Explained((known,))
        found = lake.find(organisation, known)
        if len(found) != 1:
            return _not_one(organisation, found)
        subject = judgeable(found[0].organisation)
        if subject is None:
            form = found[0].organisation.form.value
            return Explained((finding("not-judged", _ASKED, found=form),), found[0], known=known)
        explanations = tuple(_explanations(desk.law, lake, subject, planned, known))
    return Explained((), found[0], (), explanations, known, names_of(desk.law))


def _not_one(organisation: str, found: list[Registered]) -> Explained:
    code = "several-organisations" if found else "unknown-organisation"
    return Explained((finding(code, _ASKED, found=shown(organisation)),), candidates=tuple(found))


def _explanations(
    law: Law, register: Register, subject: Judgeable, planned: list[Job], known: int
) -> Iterator[Explanation]:
    own = facts(register.versions_of(subject.id), law.types, known)
    held: dict[str, Facts] = {}
    for job in planned:
        units: dict[str, Facts] = {}
        if job.programme.judges is n.Judges.UNIT:
            for unit in register.units_of(subject.id, job.judged, known):
                if unit.id not in held:
                    held[unit.id] = facts(register.versions_of(unit.id), law.types, known)
                units[unit.id] = held[unit.id]
        for standing, judged_facts in standings_of(subject, job, own, units, law):
            tree = explain(job.programme, standing.evaluation, judged_facts)
            yield Explanation(standing, tree, _forecast(job, standing, judged_facts))


def _forecast(job: Job, standing: Standing, judged: Facts) -> tuple[tuple[int, str], ...] | None:
    """Give what comes if nothing new is filed; for decisions and records their terms say it already."""
    if job.programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
        return None
    if job.cycle is None:
        return tuple(forecast.live(job.programme, judged, job.judged))
    shown, worst = standing.evaluation.shown, standing.evaluation.worst
    before = Before(shown.origins, worst.origins)
    return tuple(forecast.cyclic(job.family, judged, before, job.cycle, job.judged))


def names_of(law: Law) -> Names:
    """Give the titles of record types, instruments and authorities by id."""
    names = {id_: versions[-1].title for id_, versions in law.record_types.items()}
    names |= {id_: one.title for id_, one in law.instruments.items()}
    names |= {id_: one.title for id_, one in law.authorities.items()}
    return names


def teller(desk: Desk, language: str) -> Teller:
    """Give the one who says explanations in a language."""
    return Teller(language, desk.sentences, names_of(desk.law))


def said(desk: Desk, explained: Explained, asked: Asked, language: str) -> str:
    """Say all explanations of one organisation in a language."""
    speaker = teller(desk, language)
    one = explained.found
    if one is None:
        return ""
    on = desk.today() if asked.on is None else asked.on
    name = one.organisation.name or speaker.word("name_withheld")
    head = [
        speaker.word("organisation", name=name, id=one.organisation.id),
        speaker.word("asked_on", day=days.text(on), known=explained.known),
    ]
    if not explained.explanations:
        return "\n".join([*head, speaker.word("no_standing")])
    told = [speaker.tell(explanation) for explanation in explained.explanations]
    return "\n\n".join(["\n".join(head), *told, speaker.word("proposal")])


def data_of(desk: Desk, explained: Explained, asked: Asked) -> dict[str, object]:
    """Give all explanations of one organisation as plain data."""
    one = explained.found
    on = desk.today() if asked.on is None else asked.on
    return {
        "organisation": None if one is None else one.organisation.id,
        "name": None if one is None else one.organisation.name,
        "on": days.text(on),
        "known": explained.known,
        "standings": [as_data(explanation) for explanation in explained.explanations],
    }


def programme_on(desk: Desk, id_: str, on: int | None) -> n.Programme | Finding:
    """Give the version of a programme that applies on a day, or to that day's cycle; without a day the latest that does today."""
    versions = desk.law.programmes.get(id_, ())
    if not versions:
        return finding(
            "unknown-programme",
            Place("PROGRAMME"),
            name=shown(id_),
            nearest=nearest(id_, list(desk.law.programmes)),
        )
    day = desk.today() if on is None else on
    year = days.parts(day)[0]
    found = next((p for p in reversed(versions) if applies(p, cycle=year, on=day)), None)
    if found is None and on is not None:
        return finding("nothing-to-judge", Place("--on"), day=days.text(on))
    return found or versions[-1]
