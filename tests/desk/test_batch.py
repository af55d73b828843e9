"""A run over a whole register: in any number of processes, ended at any moment, it leaves the same result or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goodstanding.desk import evaluating
from goodstanding.desk.asking import Asked
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road, evaluate
from goodstanding.kernel import days
from goodstanding.store import batch, duck
from goodstanding.store.generator import generate
from goodstanding.store.generator_subjects import Spread
from goodstanding.store.results import RESULT, contributions_in, read_result, standings_in
from goodstanding.store.standings import contributions_beside
from tests import failing_engine
from tests.small_law import TODAY, small_law, write_law
from tests.tables import rows

ROOT = Path(__file__).parents[2]
ROWS_AT_ONCE = 150
INTERRUPTED = "interrupted"


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return write_law(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def desk(law):
    return Desk(small_law(law), (), (), lambda: TODAY)


@pytest.fixture(scope="module")
def nation(desk, tmp_path_factory):
    made = tmp_path_factory.mktemp("nation") / "r"
    generate(made, desk.law, organisations=300, seed=5, spread=Spread.EVEN)
    return made


@pytest.fixture
def parts(monkeypatch):
    """Cut the nation into several ranges, and note those that are judged here."""
    judged = []
    monkeypatch.setattr(duck, "ROWS_AT_ONCE", ROWS_AT_ONCE)
    own = batch.Work.judge

    def noted(work, engine, part, layer):
        own(work, engine, part, layer)
        judged.append(part)

    monkeypatch.setattr(batch.Work, "judge", noted)
    return judged


def everything(out):
    return rows(standings_in(out)), rows(contributions_in(out))


def files(folder):
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def test_one_file_has_the_same_bytes_whichever_the_number_of_processes(
    desk, nation, parts, tmp_path
):
    for count in (1, 2):
        out = tmp_path / str(count) / "x.parquet"
        done = evaluate(desk, nation, Asked(), out, processes=count)
        assert (done.findings, done.standings > 300) == ((), True)
        assert files(out.parent) == ["x.contributions.parquet", "x.parquet"]
    assert len(parts) > 3  # by the first; the second had them judged elsewhere
    one, two = tmp_path / "1" / "x.parquet", tmp_path / "2" / "x.parquet"
    assert one.read_bytes() == two.read_bytes()
    assert contributions_beside(one).read_bytes() == contributions_beside(two).read_bytes()


@pytest.mark.usefixtures("parts")
def test_a_folder_holds_the_rows_of_the_one_file_and_of_every_road(desk, nation, tmp_path):
    evaluate(desk, nation, Asked(), tmp_path / "x.parquet")
    said = rows(f"read_parquet('{tmp_path}/x.parquet')")
    for road in Road:
        done = evaluate(desk, nation, Asked(), tmp_path / road.value, road)
        assert (done.out, done.standings) == (tmp_path / road.value, len(said))
        assert rows(standings_in(done.out)) == said
    assert read_result(tmp_path / "columns").layers == 1
    names = files(tmp_path / "columns")
    assert names[-1] == RESULT
    assert len(names) == 2 * len(list((tmp_path / "columns").rglob("standings/*"))) + 1


def test_a_result_takes_the_place_of_an_older_one_and_of_nothing_else(desk, nation, tmp_path):
    out = tmp_path / "out"
    for asked in (Asked(), Asked(programmes=("xs.terms",))):
        assert evaluate(desk, nation, asked, out).findings == ()
    assert {row[2] for row in rows(standings_in(out))} == {"xs.terms"}
    assert [f.name for f in tmp_path.iterdir()] == ["out"]
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("keep me")
    done = evaluate(desk, nation, Asked(), tmp_path / "letters")
    assert [f.code for f in done.findings] == ["cannot-write"]
    assert files(tmp_path / "letters") == ["one.txt"]


# --------------------------------------------------------------------------------------------------
# Ended in the middle


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        (failing_engine.Killed, "a process was ended from outside (-9)"),
        (failing_engine.Broken, "ArithmeticError: a bucket leaks"),
    ],
)
@pytest.mark.usefixtures("parts")
def test_what_breaks_in_a_process_is_a_finding_and_what_was_done_stays(
    desk, nation, tmp_path, monkeypatch, engine, said
):
    out = tmp_path / "out"
    monkeypatch.setattr(evaluating, "VectorEngine", engine)
    done = evaluate(desk, nation, Asked(), out, processes=2)
    assert [(f.code, f.found) for f in done.findings] == [("run-failed", said)]
    assert (done.out, out.exists()) == (None, False)
    monkeypatch.undo()
    monkeypatch.setattr(duck, "ROWS_AT_ONCE", ROWS_AT_ONCE)
    before = {f.name for f in (tmp_path / ".out.run").rglob("standings/[!.]*")}
    assert 0 < len(before) < len(cut(desk, nation))
    assert evaluate(desk, nation, Asked(), out).findings == ()
    assert everything(out) == everything(undisturbed(desk, nation, tmp_path))


def cut(desk, nation):
    """The ranges of a run."""
    planned, _ = evaluating.jobs(desk.law, Asked(), TODAY)
    work = evaluating.work_of(desk, nation, planned, 0, duck.Engine)
    with work.engine(nation.parent, alone=True) as engine:
        return engine.ranges()


def undisturbed(desk, nation, tmp_path):
    done = evaluate(desk, nation, Asked(), tmp_path / "undisturbed")
    assert done.findings == ()
    return done.out


SLOWLY = """
import sys
from pathlib import Path
from goodstanding.desk import evaluating
from goodstanding.doors import cli
from goodstanding.store import duck
from tests.failing_engine import Slow

if __name__ == "__main__":
    duck.ROWS_AT_ONCE = {rows}
    evaluating.VectorEngine = Slow
    sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def slowly(law, nation, tmp_path):
    """Start a run that takes its time, in a group of processes of its own; give it when a part is done."""
    script = tmp_path / "slowly.py"
    script.write_text(SLOWLY.format(rows=ROWS_AT_ONCE))
    out = tmp_path / "out"

    def start(*more):
        command = [sys.executable, script, "evaluate", nation, "--law", law, "--out", out, *more]
        command += ["--on", days.text(TODAY)]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        run = subprocess.Popen(  # noqa: S603 - our own script
            list(map(str, command)), env={**os.environ, "PYTHONPATH": path}, cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        until(lambda: run.poll() is not None or done_parts(out))
        assert run.poll() is None, run.communicate()
        return run

    return start


def until(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def done_parts(out):
    return {f.name for f in out.with_name(f".{out.name}.run").rglob("standings/[!.]*.parquet")}


def group(leader):
    """The processes of a group that are not yet over."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(own) == leader and state not in "ZX":
            found.append(stat.parent.name)
    return found


def test_a_run_that_is_killed_goes_on_where_it_stopped(desk, nation, parts, slowly, tmp_path):
    run = slowly("--processes", "1")
    run.kill()
    run.communicate()
    out = tmp_path / "out"
    done = done_parts(out)
    assert not out.exists()
    assert evaluate(desk, nation, Asked(on=TODAY), out, processes=1).findings == ()
    assert len(parts) == len(cut(desk, nation)) - len(done)
    assert not {batch.files_of(out, part)[0].name for part in parts} & done
    assert everything(out) == everything(undisturbed(desk, nation, tmp_path))


@pytest.mark.parametrize("asked", [Asked(on=TODAY - 1), Asked(on=TODAY, known="3000")], ids=str)
def test_a_run_of_another_question_takes_nothing_from_one_that_was_killed(
    desk, nation, parts, slowly, tmp_path, asked
):
    run = slowly("--processes", "1")
    run.kill()
    run.communicate()
    assert evaluate(desk, nation, asked, tmp_path / "out", processes=1).findings == ()
    assert len(parts) == len(cut(desk, nation))


def test_an_interrupt_ends_all_processes_in_one_line(slowly):
    run = slowly("--processes", "2")
    assert len(group(run.pid)) >= 3
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in said) == (130, False)
    assert [line for line in said.splitlines() if not line.startswith("judging:")] == [INTERRUPTED]
    until(lambda: not group(run.pid))


def test_processes_end_when_the_one_that_asks_is_killed(slowly):
    run = slowly("--processes", "2")
    run.kill()
    run.communicate()
    until(lambda: not group(run.pid))


def test_progress_counts_organisations_and_ends_at_all(desk, nation, parts, tmp_path):
    heard = []
    told = Desk(desk.law, (), (), desk.today, progress=lambda *said: heard.append(said))
    evaluate(told, nation, Asked(), tmp_path / "out", processes=1)
    assert heard[0][:2] == ("judging", 0)
    assert heard[-1][1] == heard[-1][2] >= 300
    assert [h[1] for h in heard] == sorted(h[1] for h in heard)
    assert len(heard) == len(parts) + 1
