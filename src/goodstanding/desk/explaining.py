"""Explain one organisation: from its records to a tree of reasons for every programme, with a forecast."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from goodstanding.desk.asking import Asked, Job, jobs, position_of
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import issued_by, provisional, standings_of
from goodstanding.kernel import days, forecast
from goodstanding.kernel.coverage import Filed, coverage, overdue
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.identity import Judgeable, judgeable
from goodstanding.kernel.law import Law, applies
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.explain import explain
from goodstanding.kernel.rules.shapes import nearest
from goodstanding.kernel.standing import Issued, Standing, carried_on
from goodstanding.kernel.telling import Audience, Explanation, Names, Teller, as_data, visible
from goodstanding.kernel.words import say
from goodstanding.store.admission import admit_one, shown
from goodstanding.store.lake import Register, Registered

# What a finding about the organisation asked for points at.
_ASKED = Place("ORGANISATION")


@dataclass(frozen=True)
class Explained:
    """What can be said of one organisation; `candidates` where a name or identifier fits several.

    `latest` is the answer from all that is known, where less was asked for: the public is told of nothing else.
    """

    findings: tuple[Finding, ...] = ()
    found: Registered | None = None
    candidates: tuple[Registered, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    coverage: tuple[Filed, ...] = ()
    known: int = 0
    names: Names = field(default_factory=dict)
    latest: Explained | None = None

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
    with tempfile.TemporaryDirectory(prefix="good-standing-") as into:
        looked = admit_one(register, desk.law.types, organisation, Path(into))
        if looked.refuses:
            return Explained(tuple(looked.findings))
        with Register(looked.folder, looked.meta, desk.law.types) as lake:
            told = _explained(desk, lake, organisation, asked, planned)
    return replace(told, findings=(*looked.findings, *told.findings))


def _explained(
    desk: Desk, lake: Register, organisation: str, asked: Asked, planned: list[Job]
) -> Explained:
    known = position_of(asked.known, lake.meta)
    if isinstance(known, Finding):
        return Explained((known,))
    told = _explained_at(desk, lake, organisation, planned, known)
    if known == lake.meta.position:
        return told
    return replace(
        told, latest=_explained_at(desk, lake, organisation, planned, lake.meta.position)
    )


def _explained_at(
    desk: Desk, lake: Register, organisation: str, planned: list[Job], known: int
) -> Explained:
    found = lake.find(organisation, known)
    if len(found) != 1:
        return _not_one(organisation, found)
    subject = judgeable(found[0].organisation)
    if subject is None:
        form = found[0].organisation.form.value
        return Explained((finding("not-judged", _ASKED, found=form),), found[0], known=known)
    explanations = tuple(_explanations(desk, lake, subject, planned, known))
    covered = _coverage(desk.law, lake, subject, planned, known)
    return Explained((), found[0], (), explanations, covered, known, names_of(desk.law))


def _not_one(organisation: str, found: list[Registered]) -> Explained:
    """Say that nobody or several were found."""
    code = "several-organisations" if found else "unknown-organisation"
    return Explained((finding(code, _ASKED, found=shown(organisation)),), candidates=tuple(found))


def listed(explained: Explained, audience: Audience) -> tuple[Registered, ...]:
    """Give those among whom an audience may choose; the public is named organisations only (FAIRNESS 2)."""
    if audience is not Audience.PUBLIC:
        return explained.candidates
    return tuple(one for one in explained.candidates if judgeable(one.organisation))


def _explanations(
    desk: Desk, register: Register, subject: Judgeable, planned: list[Job], known: int
) -> Iterator[Explanation]:
    law, today = desk.law, desk.today()
    own = facts(register.versions_of(subject.id), law.types, known)
    issued = {subject.id: register.issued_to(subject.id, known)}
    held: dict[str, Facts] = {}
    for job in planned:
        units: dict[str, Facts] = {}
        if job.programme.judges is n.Judges.UNIT:
            for unit in register.units_of(subject.id, job.judged, known):
                if unit.id not in held:
                    held[unit.id] = facts(register.versions_of(unit.id), law.types, known)
                    issued[unit.id] = register.issued_to(unit.id, known)
                units[unit.id] = held[unit.id]
        for standing, judged_facts in standings_of(subject, job, own, units, law, issued):
            given = [
                i
                for i in issued[standing.unit if units and standing.unit else subject.id]
                if i.programme == job.programme.id
            ]
            yield Explanation(
                standing._replace(known=known),
                explain(job.programme, standing.evaluation, judged_facts),
                _forecast(job, standing, judged_facts, issued_by(job.programme.id, given)),
                job.programme.publicity,
                next((i.grade for i in reversed(given) if i.cycle == job.cycle), None),
                overdue(job.programme, standing.evaluation),
                today,
                provisional(job, today),
            )


def _coverage(
    law: Law, register: Register, subject: Judgeable, planned: list[Job], known: int
) -> tuple[Filed, ...]:
    """Say who files what the answers rest on, about the organisation or a unit it holds on a day judged."""
    units = {
        unit.id
        for job in planned
        if job.programme.judges is n.Judges.UNIT
        for unit in register.units_of(subject.id, job.judged, known)
    }
    versions = [v for one in (subject.id, *sorted(units)) for v in register.versions_of(one)]
    programmes = {job.programme.key: job.programme for job in planned}.values()
    return coverage(programmes, law.types, versions, register.meta.day_of, known)


def _forecast(
    job: Job, standing: Standing, judged: Facts, issued: Issued
) -> tuple[tuple[int, str], ...] | None:
    """Give what comes if nothing new is filed; for decisions and records their terms say it already."""
    if job.programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
        return None
    if job.cycle is None:
        return tuple(forecast.live(job.programme, judged, job.judged))
    before = carried_on(issued, job.cycle, standing.evaluation)
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


def said(
    desk: Desk,
    explained: Explained,
    asked: Asked,
    language: str,
    audience: Audience = Audience.OFFICES,
) -> str:
    """Say all explanations of one organisation in a language, cut for an audience, with what the answer covers."""
    speaker, explained = teller(desk, language), _told_to(audience, explained)
    one = explained.found
    if one is None:
        return ""
    on = desk.today() if asked.on is None else asked.on
    name = one.organisation.name or speaker.word("name_withheld")
    head = [
        speaker.word("organisation", name=name, id=one.organisation.id),
        speaker.word("asked_on", day=days.text(on), known=explained.known),
    ]
    told = [
        speaker.tell(explanation, audience)
        for explanation in explained.explanations
        if visible(explanation, audience)
    ]
    end = "\n".join([*_covered(speaker, explained.coverage, audience), speaker.word("proposal")])
    refused = [] if audience is Audience.PUBLIC else _refused(desk, explained, language)
    if not told:
        return "\n\n".join(["\n".join([*head, speaker.word("no_standing")]), *refused, end])
    return "\n\n".join(["\n".join(head), *told, *refused, end])


def _told_to(audience: Audience, explained: Explained) -> Explained:
    """Give the answer that an audience is told: the public that from all that is known today (FAIRNESS 13)."""
    return explained.latest if audience is Audience.PUBLIC and explained.latest else explained


def _refused(desk: Desk, explained: Explained, language: str) -> list[str]:
    """Say what was found wrong with the rows; nothing where nothing was."""
    if not explained.findings:
        return []
    head = teller(desk, language).word("rows_refused") + ":"
    return ["\n".join([head, *(say(f, desk.words, language) for f in explained.findings)])]


def _covered(speaker: Teller, coverage: tuple[Filed, ...], audience: Audience) -> Iterator[str]:
    """Say the coverage lines; to the public only who files what, for anything more would tell of records it may not see."""
    yield speaker.word("coverage_head") + ":"
    for filed in coverage:
        authority = speaker.title(speaker.names.get(filed.authority, ()), filed.authority)
        if audience is Audience.PUBLIC:
            types = ", ".join(speaker.title(speaker.names.get(t, ()), t) for t in filed.types)
            yield "  " + speaker.word("coverage_public", authority=authority, types=types)
        elif not filed.records:
            yield "  " + speaker.word("coverage_none", authority=authority)
        else:
            first, last = (
                "?" if day is None else days.text(day) for day in (filed.first, filed.last)
            )
            yield "  " + speaker.word(
                "coverage_filed", authority=authority, count=filed.records, first=first, last=last
            )
    yield speaker.word("coverage")


def data_of(
    desk: Desk, explained: Explained, asked: Asked, audience: Audience = Audience.OFFICES
) -> dict[str, object]:
    """Give all explanations of one organisation as plain data, cut for an audience."""
    explained = _told_to(audience, explained)
    one = explained.found
    on = desk.today() if asked.on is None else asked.on
    return {
        "organisation": None if one is None else one.organisation.id,
        "name": None if one is None else one.organisation.name,
        "on": days.text(on),
        "known": explained.known,
        "proposal": True,
        "findings": []
        if audience is Audience.PUBLIC
        else [_finding(f) for f in explained.findings],
        "standings": [
            as_data(explanation, audience)
            for explanation in explained.explanations
            if visible(explanation, audience)
        ],
        "coverage": [_covered_data(filed, audience) for filed in explained.coverage],
    }


def _finding(found: Finding) -> dict[str, object]:
    return {"code": found.code, "place": str(found.place), "found": found.found}


def _covered_data(filed: Filed, audience: Audience) -> dict[str, object]:
    said: dict[str, object] = {"authority": filed.authority, "types": list(filed.types)}
    if audience is not Audience.PUBLIC:
        said["records"] = filed.records
        said["first_filed"] = None if filed.first is None else days.text(filed.first)
        said["last_filed"] = None if filed.last is None else days.text(filed.last)
    return said


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
