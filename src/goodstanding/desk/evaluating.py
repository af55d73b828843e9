"""Judge a register: look at it, plan the runs, go down one of the two roads, write standings. The same rows come out of both."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from goodstanding.desk.asking import Asked, Job, first_cycle, jobs, position_of
from goodstanding.desk.context import Desk, Progress
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.identity import Judgeable, judgeable
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import (
    NOTHING_ISSUED,
    Issued,
    Standing,
    carried_on,
    chain,
    stand,
)
from goodstanding.store import lake
from goodstanding.store.admission import Admission, admit
from goodstanding.store.duck import Engine, NotEvaluated, evaluate_register, task_of
from goodstanding.store.lake import Register
from goodstanding.store.standings import StandingsWriter
from goodstanding.store.vector_run import VectorEngine

BUCKETS = 65_536
# The interpreter takes the register in slices of about so many organisations.
ORGANISATIONS_AT_ONCE = 2_000
SLICES_MAX = 1_024


class Road(Enum):
    """How the rules are carried out."""

    COLUMNS = "columns"
    SQL = "sql"
    INTERPRETER = "interpreter"


@dataclass(frozen=True)
class Evaluated:
    """What came of it. `out` is None where nothing was judged."""

    out: Path | None
    findings: tuple[Finding, ...]
    standings: int = 0
    refused: int = 0
    refused_file: Path | None = None

    @property
    def refuses(self) -> bool:
        """Tell whether anything was refused: the whole, or rows."""
        return self.refused > 0 or any(f.refuses for f in self.findings)


def evaluate(
    desk: Desk, register: Path, asked: Asked, out: Path, road: Road = Road.COLUMNS
) -> Evaluated:
    """Judge every organisation of a register. Rows that are refused go to `<out>.refused.csv`."""
    refused_file = out.with_name(out.name + ".refused.csv")
    law_wrong = [f for f in desk.findings if f.refuses]
    planned, findings = jobs(desk.law, asked, desk.today())
    if law_wrong or any(f.refuses for f in findings):
        return Evaluated(None, (*law_wrong, *findings))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".admitted-", dir=out.parent))
    except OSError as error:
        return Evaluated(
            None, (finding("cannot-write", Place(str(out)), found=error.strerror or "?"),)
        )
    try:
        into = folder / "register"
        admission = admit(
            register, desk.law.types, refused=refused_file, into=into, words=desk.words
        )
        return _judge(desk, admission, asked, planned, out, road, refused_file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _judge(
    desk: Desk,
    admission: Admission,
    asked: Asked,
    planned: list[Job],
    out: Path,
    road: Road,
    refused_file: Path,
) -> Evaluated:
    reasons = refused_file if admission.refused else None
    known = position_of(asked.known, admission.meta)
    findings = [*admission.findings, *([known] if isinstance(known, Finding) else [])]
    if isinstance(known, Finding) or admission.refuses:
        return Evaluated(None, tuple(findings), 0, admission.refused, reasons)
    try:
        if road is not Road.INTERPRETER:
            engine = VectorEngine if road is Road.COLUMNS else Engine
            count = by_engine(desk, admission.folder, planned, known, out, engine)
        else:
            with Register(admission.folder, admission.meta, desk.law.types) as register:
                count = by_interpreter(desk, register, planned, known, out)
    except NotEvaluated as error:
        findings.append(finding("run-failed", Place(str(out)), found=str(error)))
        return Evaluated(None, tuple(findings), 0, admission.refused, reasons)
    except OSError as error:
        findings.append(finding("cannot-write", Place(str(out)), found=error.strerror or "?"))
        return Evaluated(None, tuple(findings), 0, admission.refused, reasons)
    return Evaluated(out, tuple(findings), count, admission.refused, reasons)


def by_engine(
    desk: Desk, folder: Path, planned: Sequence[Job], known: int, out: Path, road: type[Engine]
) -> int:
    """Judge a whole register by an engine, range of buckets by range; give the number of standings."""
    tasks = []
    for job in planned:
        first = None if job.cycle is None else first_cycle(job.family, job.cycle)
        tasks.append(task_of(job.family, job.programme, cycle=job.cycle, on=job.on, first=first))
    laws = laws_of(desk.law, planned)
    return evaluate_register(
        folder,
        desk.law.types,
        tasks,
        laws=laws,
        known=known,
        out=out,
        road=road,
        progress=desk.progress,
    )


def laws_of(law: Law, planned: Sequence[Job]) -> dict[str, str]:
    """Give the hash of the meaning of each programme version in the runs, by its key."""
    return {p.key: law.hash(p) for job in planned for p in job.family}


# --------------------------------------------------------------------------------------------------
# The interpreter's road


def by_interpreter(
    desk: Desk, register: Register, planned: Sequence[Job], known: int, out: Path
) -> int:
    """Judge one organisation after another by the reference meaning; give the number of standings."""
    law = desk.law
    laws = laws_of(law, planned)
    with StandingsWriter(out, known) as writer:
        for standing in _standings(law, register, planned, known, desk.progress):
            writer.add(standing, laws[f"{standing.programme}@{standing.version}"])
        return writer.count


def _standings(
    law: Law, register: Register, planned: Sequence[Job], known: int, progress: Progress
) -> Iterator[Standing]:
    of_units = [job for job in planned if job.programme.judges is n.Judges.UNIT]
    of_own = [job for job in planned if job.programme.judges is not n.Judges.UNIT]
    subjects: dict[str, Judgeable] = {}
    if of_units:
        for one in register.judgeable(0, BUCKETS, known):
            subject = judgeable(one.organisation)
            if subject:
                subjects[subject.id] = subject
    slices = min(SLICES_MAX, 1 + register.size() // ORGANISATIONS_AT_ONCE)
    for part in range(slices):
        low, high = part * BUCKETS // slices, (part + 1) * BUCKETS // slices
        versions = register.versions(low, high)
        issued = register.issued(low, high, known)
        for one in register.judgeable(low, high, known):
            subject = judgeable(one.organisation)
            if subject and of_own:
                own = facts(versions.get(subject.id, ()), law.types, known)
                given = issued.get(subject.id, ())
                for job in of_own:
                    made = standings_of(subject, job, own, {}, law, {subject.id: given})
                    yield from (s for s, _ in made)
        for job in of_units:
            for unit in register.units(low, high, job.judged, known):
                if unit.holder in subjects:
                    held = facts(versions.get(unit.id, ()), law.types, known)
                    made = standings_of(
                        subjects[unit.holder], job, {}, {unit.id: held}, law, issued
                    )
                    yield from (s for s, _ in made)
        progress("judging", part + 1, slices)


def standings_of(
    subject: Judgeable,
    job: Job,
    own: Facts,
    units: Mapping[str, Facts],
    law: Law,
    issued: Mapping[str, Iterable[lake.Issued]],
) -> Iterator[tuple[Standing, Facts]]:
    """Give the standings of one organisation in one run, each with the facts it was made from: its own, or those of its units, decisions or records.

    `issued` are the standings that authorities issued, by organisation or unit.
    """
    for judged in judged_of(job.programme, own, units, job.judged):
        given = issued_by(job.programme.id, issued.get(judged.key or subject.id, ()))
        before = carried_into(job, judged.facts, given)
        at = run(job.programme, cycle=job.cycle, on=job.on, opened=judged.opened)
        standing = stand(
            subject, job.programme, judged.facts, at, before, law.types, unit=judged.key
        )
        if standing is not None:
            yield standing, judged.facts


def issued_by(programme: str, issued: Iterable[lake.Issued]) -> Issued:
    """Give what was issued by one programme: cycle -> what is carried, the latest known of a cycle."""
    return {one.cycle: one.carried for one in issued if one.programme == programme}


def carried_into(job: Job, judged: Facts, issued: Issued = NOTHING_ISSUED) -> Before:
    """Give what earlier cycles carry into the cycle of a run: as issued, else computed from the family's first cycle on."""
    if job.cycle is None:
        return NOTHING_BEFORE
    last = job.cycle - 1
    if last in issued:
        return carried_on(issued, last)
    before, start = NOTHING_BEFORE, first_cycle(job.family, job.cycle)
    for _, at, _, evaluation in chain(job.family, judged, last, start=start, issued=issued):
        if at.cycle == last:  # a cycle that nobody judges ends the chain
            before = carried_on(issued, last, evaluation)
    return before
