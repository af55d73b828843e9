"""Judge a register: look at it, plan the runs, go down one of the two roads, write standings. The same rows come out of both."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path

from goodstanding.desk.asking import Asked, Job, first_cycle, jobs, position_of
from goodstanding.desk.context import Desk, Progress
from goodstanding.kernel import days
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.finding import Finding, Place, Severity, finding
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
from goodstanding.store.admission import Admission, admit, shown
from goodstanding.store.again import SHARE_MAX, Since, goes_on, log_of, since, write_again
from goodstanding.store.batch import (
    BEGUN,
    PROCESSES,
    NotEvaluated,
    Work,
    begin,
    begun_receipt,
    evaluate_register,
    files_of,
    join,
    judge_all,
    key_of,
    rows_of,
)
from goodstanding.store.duck import BUCKETS, Engine, task_of
from goodstanding.store.lake import Register
from goodstanding.store.results import (
    AGAIN,
    RESULT,
    Judgment,
    Result,
    folded,
    layer_of,
    link_layers,
    put_in_place,
    read_result,
    see_that_free,
    write_rows,
)
from goodstanding.store.standings import StandingsWriter, TableWriter, contributions_beside
from goodstanding.store.vector_run import VectorEngine

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
    """What came of it. `out` is None where nothing was judged; `again` is the number of subjects judged again, None where all were judged."""

    out: Path | None
    findings: tuple[Finding, ...]
    standings: int = 0  # written by this run
    refused: int = 0
    refused_file: Path | None = None
    again: int | None = None

    @property
    def refuses(self) -> bool:
        """Tell whether anything was refused: the whole, or rows."""
        return self.refused > 0 or any(f.refuses for f in self.findings)


@dataclass(frozen=True)
class _Order:
    """One run as ordered: what is asked of which register, by which road, written where."""

    register: Path
    asked: Asked
    planned: Sequence[Job]
    out: Path
    road: Road
    old: Result | None
    processes: int

    @property
    def work(self) -> Path:
        """Give the folder in which the run stands until it is done; a run that was ended goes on from there."""
        return self.out.with_name(f".{self.out.name}.run")

    @property
    def refused(self) -> Path:
        """Give the file for the rows that are refused."""
        return self.out.with_name(self.out.name + ".refused.csv")

    @property
    def one_file(self) -> bool:
        """Tell whether one file is asked for; else a folder, which later runs can go on from."""
        return self.out.suffix == ".parquet"


def evaluate(
    desk: Desk,
    register: Path,
    asked: Asked,
    out: Path,
    road: Road = Road.COLUMNS,
    *,
    since: Path | None = None,
    processes: int = PROCESSES,
) -> Evaluated:
    """Judge every organisation of a register. Rows that are refused go to `<out>.refused.csv`.

    `out` is a file of standings if its name ends with .parquet, else a folder. With an earlier folder, `since`, only those are judged whom
    something new concerns; the rows that stand are the same.
    """
    law_wrong = [f for f in desk.findings if f.refuses]
    planned, findings = jobs(desk.law, asked, desk.today())
    if law_wrong or any(f.refuses for f in findings):
        return Evaluated(None, (*law_wrong, *findings))
    old = None if since is None else _earlier(since)
    if isinstance(old, Finding):
        return Evaluated(None, (old,))
    order = _Order(register, asked, planned, out, road, old, processes)
    try:
        _see_that_writable(order)
        with tempfile.TemporaryDirectory(prefix=".admitted-", dir=out.parent) as folder:
            admission = _admitted(desk, order, Path(folder) / "register")
            admission.findings += _provisional(planned, desk.today())
            return _judge(desk, order, admission)
    except OSError as error:
        return Evaluated(
            None, (finding("cannot-write", Place(str(out)), found=error.strerror or "?"),)
        )


def provisional(job: Job, today: int) -> bool:
    """Tell whether the last day of a cycle lies after the day judged, or after today."""
    return job.cycle is not None and min(job.judged, today) < days.of(job.cycle, 12, 31)


def _provisional(planned: Sequence[Job], today: int) -> Iterator[Finding]:
    for job in planned:
        if provisional(job, today):
            said = {"name": job.programme.id, "found": job.cycle}
            yield finding("cycle-not-over", Place("--cycle"), severity=Severity.WARNING, **said)


def _earlier(since: Path) -> Result | Finding:
    try:
        return read_result(since)
    except (OSError, ValueError) as error:
        found = shown(getattr(error, "strerror", None) or str(error), 200)
        return finding("no-result", Place(str(since)), found=found)


def _see_that_writable(order: _Order) -> None:
    """Raise OSError where the outcome could not get its name, before anything is judged."""
    order.out.parent.mkdir(parents=True, exist_ok=True)
    if not order.one_file:
        see_that_free(order.out)
    elif order.out.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _admitted(desk: Desk, order: _Order, into: Path) -> Admission:
    """Look at the register; what was looked at by the run that was ended, or by the earlier result, is not looked at again."""
    before = begun_receipt(order.work) or (order.old.receipt if order.old else None)
    return admit(
        order.register,
        desk.law.types,
        refused=order.refused,
        into=into,
        words=desk.words,
        before=before,
    )


def _judge(desk: Desk, order: _Order, admission: Admission) -> Evaluated:
    reasons = order.refused if admission.refused else None
    known = position_of(order.asked.known, admission.meta)
    findings = [*admission.findings, *([known] if isinstance(known, Finding) else [])]
    if isinstance(known, Finding) or admission.refuses:
        return Evaluated(None, tuple(findings), 0, admission.refused, reasons)
    try:
        made = _carried_out(desk, order, admission, known)
    except NotEvaluated as error:
        findings.append(finding("run-failed", Place(str(order.out)), found=str(error)))
        return Evaluated(None, tuple(findings), 0, admission.refused, reasons)
    if order.old is not None and made.again is None:
        findings.append(
            finding("judged-whole", Place(str(order.old.folder)), severity=Severity.WARNING)
        )
    return Evaluated(
        order.out, tuple(findings), made.standings, admission.refused, reasons, made.again
    )


# --------------------------------------------------------------------------------------------------
# One run: its layer, what stands of an earlier result, and the outcome under its name


@dataclass(frozen=True)
class _Made:
    standings: int
    again: int | None


def _carried_out(desk: Desk, order: _Order, admission: Admission, known: int) -> _Made:
    """Judge in the folder of the run, then give the outcome its name. Raises NotEvaluated and OSError; what is finished stays for the next time."""
    work = _work(desk, order, admission.folder, known)
    judgments = judgments_of(work)
    receipt = None if admission.refused else admission.receipt
    begin(order.work, _key(order, admission, known, judgments), receipt)
    base = Result(order.work, known, judgments, 1, log_of(admission.meta, known), receipt)
    made = _layered(desk, order, work, base, admission) or _whole(
        desk, order, work, base, admission
    )
    result, counts = made
    _finish(order, result)
    return counts


def _whole(
    desk: Desk, order: _Order, work: Work, base: Result, admission: Admission
) -> tuple[Result, _Made]:
    """Judge everybody: a result of one layer."""
    layer = layer_of(order.work, 0)
    _judge_layer(desk, order, work, layer, admission)
    return base, _Made(rows_of(layer), None)


def _key(order: _Order, admission: Admission, known: int, judgments: Sequence[Judgment]) -> str:
    """Give the key of a run: of another law, day, position or register nothing is gone on with."""
    receipt = admission.receipt.to_map() if admission.receipt else None
    old = None if order.old is None else (order.old.folder / RESULT).read_text("utf-8")
    said = {"register": receipt, "known": known, "road": order.road.value, "since": old}
    return key_of({**said, "judgments": [asdict(j) for j in judgments]})


def _judge_layer(desk: Desk, order: _Order, work: Work, layer: Path, admission: Admission) -> None:
    if order.road is Road.INTERPRETER:
        by_interpreter(desk, order, admission, work, layer)
        return
    judge_all(
        work,
        layer,
        organisations=_organisations(admission),
        processes=order.processes,
        progress=lambda done, of: desk.progress("judging", done, of),
    )


def _organisations(admission: Admission) -> int:
    """Give about how many organisations there are: the rows of their files."""
    files = admission.receipt.files.items() if admission.receipt else ()
    return sum(rows for name, (_, _, rows) in files if name.startswith("organisations/"))


def _layered(
    desk: Desk, order: _Order, work: Work, base: Result, admission: Admission
) -> tuple[Result, _Made] | None:
    """Judge again whom something new concerns, in a layer over those of the earlier result; None where that saves nothing."""
    saved = _saved(desk, order, work, base, admission)
    if order.old is None or saved is None:
        return None
    first = order.old.layers
    layer, next_layer = layer_of(order.work, first), layer_of(order.work, first + 1)
    standing = {j.meaning: j for j in saved.judgments}
    paired = list(zip(work.tasks, base.judgments, strict=True))
    kept = tuple(task for task, j in paired if j.meaning in standing)
    others = tuple(task for task, j in paired if j.meaning not in standing)
    span = (order.old.known, base.known)
    count = write_again(work.folder, work.types, kept, span, saved, layer / AGAIN)
    if count * SHARE_MAX > _organisations(admission):
        shutil.rmtree(layer)
        return None
    judge_all(replace(work, tasks=kept, only=layer / AGAIN), layer, processes=1)
    if others:
        _judge_layer(desk, order, replace(work, tasks=others), next_layer, admission)
    link_layers(order.old, order.work)
    judgments = tuple(standing.get(j.meaning, replace(j, whole=first + 1)) for j in base.judgments)
    layers = first + 2 if others else first + 1
    written = rows_of(layer) + rows_of(next_layer)
    return replace(base, judgments=judgments, layers=layers), _Made(written, count)


def _saved(
    desk: Desk, order: _Order, work: Work, base: Result, admission: Admission
) -> Since | None:
    """Say what the earlier result saves. The interpreter judges everybody: it is there to compare with."""
    old = order.old
    if old is None or order.road is Road.INTERPRETER:
        return None
    if not goes_on(old, admission.meta, base.known, base.receipt, order.register):
        return None
    return since(old, base.judgments, work.tasks, desk.law.types)


def _finish(order: _Order, result: Result) -> None:
    """Give a finished run its name: as one file, or as the folder that it is."""
    contributions = contributions_beside(order.out)
    if not order.one_file:
        (order.work / BEGUN).unlink()
        folded(result).write()
        put_in_place(order.work, order.out)
        return
    if result.layers == 1:
        join(layer_of(order.work, 0), order.out, contributions)
    else:
        write_rows(result, order.out, contributions)
    shutil.rmtree(order.work)


def _work(desk: Desk, order: _Order, folder: Path, known: int) -> Work:
    road = VectorEngine if order.road is Road.COLUMNS else Engine
    return work_of(desk, folder, order.planned, known, road)


def work_of(
    desk: Desk, folder: Path, planned: Sequence[Job], known: int, road: type[Engine]
) -> Work:
    """Say what the engines are told of runs to make: tasks in the order in which they are carried out."""
    tasks = []
    for job in planned:
        first = None if job.cycle is None else first_cycle(job.family, job.cycle)
        tasks.append(task_of(job.family, job.programme, cycle=job.cycle, on=job.on, first=first))
    laws = laws_of(desk.law, planned)
    return Work(road, folder, desk.law.types, tuple(tasks), laws, known)


def judgments_of(work: Work) -> tuple[Judgment, ...]:
    """Say of each run what is true of all its rows. What it means is the law and the day of each cycle from which something is carried in."""
    found = []
    for task in work.tasks:
        p, at = task.programme, task.run
        chain = [(work.laws[step.key], run.cycle, run.judged) for step, run in task.earlier]
        meaning = sha256(repr((work.laws[p.key], chain)).encode()).hexdigest()
        units = p.judges is n.Judges.UNIT
        found.append(Judgment(p.id, p.version, at.cycle, at.judged, meaning, units))
    return tuple(found)


def by_engine(
    desk: Desk, folder: Path, planned: Sequence[Job], known: int, out: Path, road: type[Engine]
) -> int:
    """Judge an admitted register in this process and write one file of each kind; give the number of standings."""
    work = work_of(desk, folder, planned, known, road)
    return evaluate_register(
        work, out, contributions_beside(out), lambda done, of: desk.progress("judging", done, of)
    )


def laws_of(law: Law, planned: Sequence[Job]) -> dict[str, str]:
    """Give the hash of the meaning of each programme version in the runs, by its key."""
    return {p.key: law.hash(p) for job in planned for p in job.family}


# --------------------------------------------------------------------------------------------------
# The interpreter's road


def by_interpreter(
    desk: Desk, order: _Order, admission: Admission, work: Work, layer: Path
) -> None:
    """Judge one organisation after another by the reference meaning: a layer of one range."""
    known = work.known or 0
    with (
        Register(admission.folder, admission.meta, desk.law.types) as register,
        TableWriter(*files_of(layer, (0, BUCKETS - 1))) as tables,
        StandingsWriter(tables, known) as writer,
    ):
        for standing in _standings(desk.law, register, order.planned, known, desk.progress):
            writer.add(standing, work.laws[f"{standing.programme}@{standing.version}"])


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
    cycles = chain(job.family, judged, last, start=start, issued=issued, latest=job.judged)
    for _, at, _, evaluation in cycles:
        if at.cycle == last:  # a cycle that nobody judges ends the chain
            before = carried_on(issued, last, evaluation)
    return before


__all__ = ["PROCESSES", "Engine", "Evaluated", "Road", "VectorEngine", "by_engine", "evaluate"]
