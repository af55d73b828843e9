"""The command, end to end: what it prints, what it exits with, in both languages, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from goodstanding.doors import assemble, cli
from tests.small_law import VERSIONS, penalty, small_law, write_law, write_small

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return write_law(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def small(tmp_path_factory, law):
    return write_small(tmp_path_factory.mktemp("register") / "r", small_law(law))


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command; give exit code, what it printed, and what it complained of; a slow machine says no progress."""
    monkeypatch.setattr(cli._Progress, "EVERY", 10_000.0)

    def call(*arguments):
        try:
            code = cli.main([str(a) for a in arguments])
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, captured.out, captured.err

    return call


def test_a_register_is_made_judged_and_explained(run, law, tmp_path):
    code, out, _ = run(
        "sample", tmp_path / "s", "--organisations", "200", "--seed", "3", "--law", law
    )
    assert code == 0
    assert "200 invented organisations" in out
    standings = tmp_path / "out" / "standings.parquet"
    code, out, err = run(
        "evaluate", tmp_path / "s", "--law", law, "--out", standings, "--on", "2026-10-31"
    )
    assert (code, err) == (0, "")
    assert "No row refused." in out
    subject = duckdb.execute(
        "SELECT organisation FROM read_parquet(?) ORDER BY 1", [str(standings)]
    ).fetchall()[0][0]
    code, out, _ = run("explain", tmp_path / "s", subject, "--law", law, "--on", "2026-10-31")
    assert code == 0
    assert subject in out


def test_the_summary_counts_what_is_in_the_file(run, law, small, tmp_path):
    code, out, _ = run(
        "evaluate",
        small,
        "--law",
        law,
        "--out",
        tmp_path / "x.parquet",
        "--cycle",
        "2022..2025",
        "--lang",
        "zh",
    )
    assert code == 0
    count = duckdb.execute(
        "SELECT count(*) FROM read_parquet(?)", [str(tmp_path / "x.parquet")]
    ).fetchall()[0][0]
    assert f"共 {count} 条评价结果" in out
    assert (tmp_path / "x.contributions.parquet").exists()


def test_a_run_goes_on_from_an_earlier_folder(run, law, small, tmp_path):
    folder = tmp_path / "standings"
    asked = ("evaluate", small, "--law", law, "--out", folder, "--on", "2026-10-31")
    assert run(*asked)[0] == 0
    code, out, err = run(*asked, "--since", folder, "--processes", "1")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == (
        f"0 standings written anew, of 0 organisations and units; the others stand in {folder}"
    )
    code, _, err = run(*asked, "--since", tmp_path / "nowhere", "--lang", "zh")
    assert code == 1
    assert "这不是评价运行的结果" in err


def test_refused_rows_are_counted_at_the_end_and_fail_the_command(run, law, tmp_path):
    register = write_small(
        tmp_path / "r", small_law(law), [*VERSIONS, penalty("b", "two", "2025-01-01", fine=-1)]
    )
    code, out, _ = run("evaluate", register, "--law", law, "--out", tmp_path / "s.parquet")
    assert code == 1
    assert (
        out.splitlines()[-1] == f"1 rows refused; reasons in {tmp_path / 's.parquet.refused.csv'}"
    )


def test_an_explanation_comes_in_both_languages_and_as_data(run, law, small):
    assert "Standing: poor" in run("explain", small, "one", "--law", law)[1]
    assert "信用等级：poor" in run("explain", small, "one", "--law", law, "--lang", "zh")[1]
    code, out, _ = run(
        "explain",
        small,
        "one",
        "--law",
        law,
        "--json",
        "--programme",
        "xs.yearly",
        "--on",
        "2026-11-24",
    )
    assert code == 0
    assert [s["grade"] for s in json.loads(out)["standings"]] == ["B"]


def test_organisations_of_one_name_are_listed_and_none_is_taken(run, law, small):
    code, out, err = run("explain", small, "Twice", "--law", law)
    assert code == 1
    assert {line.split()[0] for line in out.splitlines()} == {"two", "five"}
    assert "several-organisations" in err


@pytest.mark.parametrize(("language", "word"), [("en", "never judged"), ("zh", "一律不予评价")])
def test_who_is_never_judged_is_told_so_in_both_languages(run, law, small, language, word):
    code, out, err = run("explain", small, "four", "--law", law, "--lang", language)
    assert (code, out) == (1, "")
    assert word in err


# --------------------------------------------------------------------------------------------------
# The law


def test_the_law_of_the_program_has_nothing_to_refuse(run):
    code, out, _ = run("law", "check")
    assert code == 0
    assert out.splitlines()[-1].startswith("0 errors")


def test_a_law_with_something_wrong_fails_with_the_place(run, tmp_path):
    folder = write_law(tmp_path / "law")
    file = folder / "xs/office/standing.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("poor: public", "poor: public, rich: nobody"),
        encoding="utf-8",
    )
    code, out, _ = run("law", "check", folder)
    assert code == 1
    assert "standing.yaml:" in out
    code, _, err = run(
        "evaluate", tmp_path, "--law", folder, "--out", tmp_path / "x.parquet", "--lang", "zh"
    )
    assert code == 1
    assert "错误" in err


def test_programmes_are_listed_and_shown(run, law):
    code, out, _ = run("law", "show", "--law", law)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "xs.sites",
        "xs.standing",
        "xs.terms",
        "xs.yearly",
    ]
    code, out, _ = run("law", "show", "xs.yearly", "--law", law, "--on", "2025-05-05")
    assert code == 0
    for part in (
        "Yearly grade",
        "cycles 2022",
        "Start: 100",
        "p1",
        "Fined twice",
        "[Act on Standing 7; not confirmed]",
    ):
        assert part in out
    assert "信用等级" in run("law", "show", "xs.standing", "--law", law, "--lang", "zh")[1]
    code, _, err = run("law", "show", "xs.standin", "--law", law)
    assert code == 1
    assert "xs.standing" in err


def test_programmes_are_proved_in_both_languages(run, law):
    code, out, _ = run("law", "prove", law, "--programme", "xs.standing")
    assert code == 0
    assert "xs.standing@1\n  decides every situation: proved 3" in out
    assert "Every refutation is told by a kept story" in out
    assert "已证明" in run("law", "prove", law, "--programme", "xs.sites", "--lang", "zh")[1]
    code, _, err = run("law", "prove", law, "--programme", "xs.nothing")
    assert code == 1
    assert "unknown-programme" in err


def test_every_programme_of_the_law_can_be_shown_in_both_languages(run):
    listed = [line.split()[0] for line in run("law", "show")[1].splitlines()]
    assert len(listed) >= 10
    desk = assemble.desk()
    for id_ in listed:
        for language in cli.LANGUAGES:
            said = "\n".join(
                cli.show(desk.law.programmes[id_][-1], cli.explaining.teller(desk, language), "")
            )
            assert not re.search(r"show_\w+|judges_\w+", said)


# --------------------------------------------------------------------------------------------------
# Refusals

WRONG = [
    [],
    ["nothing"],
    ["law"],
    ["sample", "out"],
    ["sample", "out", "--organisations", "0"],
    ["sample", "out", "--organisations", "1e6"],
    ["sample", "out", "--organisations", "٣"],
    ["sample", "out", "--organisations", "5", "--seed", "-1"],
    ["evaluate", "r"],
    ["evaluate", "r", "--out", "x", "--on", "2024-02-30"],
    ["evaluate", "r", "--out", "x", "--on", "1/2/2024"],
    ["evaluate", "r", "--out", "x", "--cycle", "2024..2020"],
    ["evaluate", "r", "--out", "x", "--road", "spark"],
    ["evaluate", "r", "--out", "x", "--processes", "0"],
    ["evaluate", "r", "--out", "x", "--lang", "fr"],
    ["explain", "r"],
    ["import", "cn-court", "f", "--out", "x"],
    ["import", "eu-ets", "--out", "x"],
    ["evaluate", "r", "--out", ""],
    ["evaluate", "r", "--out", "x/.."],
    ["sample", ".", "--organisations", "5"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_command_written_wrongly_exits_with_two(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "usage" in err


def test_a_usage_error_is_said_in_the_language_asked_for(run):
    assert "用法错误" in run("sample", "out", "--organisations", "0", "--lang", "zh")[2]
    assert "应为 1 至" in run("sample", "out", "--organisations", "0", "--lang=zh")[2]


def _pipe(out, _register):
    os.mkfifo(out)
    return out


def _contributions_pipe(out, _register):
    os.mkfifo(out.with_name("s.contributions.parquet"))
    return out


def _folder(out, _register):
    out.mkdir()
    return out


def _linked(out, register):
    out.with_name("link").symlink_to(register)
    return out.with_name("link") / "s.parquet"


# What stands where the output should go -> the finding that says so.
NO_OUTPUT = {
    "a pipe": (_pipe, "output-no-file"),
    "a pipe beside it": (_contributions_pipe, "cannot-write"),
    "a folder": (_folder, "cannot-write"),
    "inside the register": (lambda _, register: register / "s.parquet", "output-in-register"),
    "the register": (lambda _, register: register, "output-in-register"),
    "inside by a link": (_linked, "output-in-register"),
    "below a file": (lambda _, register: register / "register.json" / "s.parquet", "output-in"),
}


@pytest.mark.parametrize("case", NO_OUTPUT)
def test_only_a_file_or_result_of_ours_is_replaced(run, law, tmp_path, case):
    register = write_small(tmp_path / "r", small_law(law))
    make, said = NO_OUTPUT[case]
    out = make(tmp_path / "s.parquet", register)
    before = {p: p.lstat() for p in sorted(tmp_path.rglob("*")) if not p.is_dir()}
    code, _, err = run("evaluate", register, "--law", law, "--out", out)
    assert (code, said in err) == (1, True), err
    left = {p: p.lstat() for p in before}
    assert [(s.st_ino, s.st_mode, s.st_size) for s in left.values()] == [
        (s.st_ino, s.st_mode, s.st_size) for s in before.values()
    ]


def test_two_runs_do_not_write_into_one_output(run, law, small, monkeypatch, tmp_path):
    out = tmp_path / "s.parquet"
    asked = ("evaluate", small, "--law", law, "--out", out)
    own, seen = cli.evaluating.evaluate, []

    def meanwhile(*arguments, **named):
        monkeypatch.setattr(cli.evaluating, "evaluate", own)
        seen.append(run(*asked, "--lang", "zh"))
        return own(*arguments, **named)

    monkeypatch.setattr(cli.evaluating, "evaluate", meanwhile)
    assert run(*asked)[0] == 0
    assert seen[0][:2] == (1, "")
    assert "另一次运行正在写入此输出" in seen[0][2]
    assert run(*asked)[0] == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.contributions.parquet", "s.parquet"]


@pytest.mark.parametrize("command", [("law", "check"), ("evaluate", "r", "--out", "x", "--law")])
@pytest.mark.parametrize("made", [True, False], ids=["empty", "none"])
def test_a_folder_without_law_is_an_error(run, tmp_path, command, made):
    folder = tmp_path / "law"
    if made:
        folder.mkdir()
    code, out, err = run(*command, folder)
    assert code == 1
    assert "no-law" in out + err


HOSTILE = {
    "no such folder": lambda _: None,
    "a file": lambda f: f.write_text("x"),
    "an empty folder": lambda f: f.mkdir(),
    "a page of nonsense": lambda f: (f.mkdir(), (f / "register.json").write_bytes(b"\xff\xfe\0")),
    "a page that is a folder": lambda f: (f / "register.json").mkdir(parents=True),
}


@pytest.mark.parametrize("case", HOSTILE, ids=str)
@pytest.mark.parametrize("command", ["evaluate", "explain"])
def test_what_is_no_register_is_refused(run, law, tmp_path, case, command):
    HOSTILE[case](tmp_path / "r")
    more = ["--out", tmp_path / "s.parquet"] if command == "evaluate" else []
    code, _, err = run(
        command, tmp_path / "r", *(["one"] if command == "explain" else []), "--law", law, *more
    )
    assert code == 1
    assert "no-register" in err


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "x" * 100_000, "'; DROP TABLE x; --", "一", "*", "../../etc/passwd", "%"],
)
def test_any_text_may_be_asked_for(run, law, small, text):
    code, out, err = run("explain", small, text, "--law", law)
    assert (code, out) == (1, "")
    assert "unknown-organisation" in err


def test_a_broken_program_is_one_line(run, law, small, monkeypatch):
    def broken(*_):
        raise RuntimeError("wheel\noff")

    monkeypatch.setattr(cli.explaining, "explain_one", broken)
    code, _, err = run("explain", small, "one", "--law", law)
    assert code == cli.BROKEN
    assert err.count("\n") == 1
    assert "RuntimeError: wheel" in err


def test_whoever_debugs_sees_where_it_broke(capsys, law, small, monkeypatch):
    monkeypatch.setenv("GOODSTANDING_DEBUG", "1")
    monkeypatch.setattr(cli.explaining, "explain_one", lambda *_: 1 // 0)
    assert cli.main(["explain", str(small), "one", "--law", str(law)]) == cli.BROKEN
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_no_traceback(run, law, small, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.explaining, "explain_one", interrupted)
    assert run("explain", small, "one", "--law", law, "--lang", "zh") == (130, "", "已中断\n")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "end"])
def test_a_run_ended_inside_the_engine_leaves_one_line_and_no_folder(
    run, law, small, monkeypatch, tmp_path, asked
):
    def interrupted(*_, **__):
        try:
            os.kill(os.getpid(), asked)
        except KeyboardInterrupt:  # what the engine makes of it
            raise RuntimeError("Query interrupted") from None
        pytest.fail("the signal was not heard")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # kinder than ending here
    monkeypatch.setattr(cli.evaluating, "_judge", interrupted)
    try:
        ended = run("evaluate", small, "--law", law, "--out", tmp_path / "s.parquet")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended == (128 + asked, "", "interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_second_signal_does_not_disturb_the_clearing_away(run, law, small, monkeypatch):
    def interrupted(*_):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    monkeypatch.setattr(cli.explaining, "explain_one", interrupted)
    try:
        assert run("explain", small, "one", "--law", law) == (130, "", "interrupted\n")
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_reader_that_goes_away_is_no_traceback(law):
    code = "import sys; from goodstanding.doors.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "law", "show", "--law", str(law)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {0, 1}


def test_progress_is_said_on_the_error_stream_only_when_it_takes_long(monkeypatch, capsys):
    progress = cli._Progress("zh")
    progress("judging", 1, 4)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY", 0.0)
    progress("judging", 2, 4)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch("评价：2 / 4，每秒 [0-9,]+，剩余 [0-9,]+ 秒\n", captured.err)
    progress("sampling", 1, 4)  # the first that is heard: nothing to tell a pace by
    assert capsys.readouterr().err == "生成组织：1 / 4\n"


# --------------------------------------------------------------------------------------------------
# The demonstration


def test_the_demonstration_judges_a_nation_and_explains_one_organisation_in_both_languages(
    run, tmp_path
):
    code, out, _ = run("demo", "--organisations", "150", "--seed", "5", "--out", tmp_path / "demo")
    assert code == 0
    for part in (
        "150 invented organisations",
        "Standings by programme",
        "Tax and fee payment credit",
        "invented",
        "One organisation explained",
        "单个组织的说明",
    ):
        assert part in out
    again = run("demo", "--organisations", "150", "--seed", "5", "--out", tmp_path / "demo")[1]
    without_times = [re.sub(r"\(.*? s\)", "", text) for text in (out, again)]
    assert without_times[0] == without_times[1]


def test_every_command_is_listed_with_its_help(run):
    code, out, _ = run("--help")
    assert code == 0
    for command in ("law", "sample", "import", "evaluate", "explain", "demo"):
        assert re.search(rf"^ +{command} +\w", out, re.MULTILINE)


def test_the_clock_gives_a_day():
    assert 20_000 < assemble.today() < 60_000


def test_output_that_is_no_utf8_terminal_still_works(law, small, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli.main(["explain", str(small), "one", "--law", str(law), "--lang", "zh"]) == 0
