"""The command `goodstanding`: one command per piece of desk work. It speaks English and Chinese, and never in tracebacks.

Exit codes: 0 all went well, 1 something was found or refused, 2 the command was written wrongly, 70 the program broke,
128 and the number of the signal that ended it (130 after Ctrl-C).
"""

from __future__ import annotations

import argparse
import fcntl
import io
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn, TextIO

from goodstanding import __version__
from goodstanding.desk import (
    auditing,
    checking,
    covering,
    evaluating,
    explaining,
    importing,
    proving,
    sampling,
    summing,
)
from goodstanding.desk.asking import Asked, read_cycles
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road
from goodstanding.doors import assemble
from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.showing import show
from goodstanding.kernel.telling import Audience, Teller
from goodstanding.kernel.words import summary

OK, REFUSED, USAGE, BROKEN, ENDED = 0, 1, 2, 70, 128
ORGANISATIONS_MAX = 100_000_000
SEED_MAX = 2**63 - 1
PROCESSES_MAX = 256
LANGUAGES = ("en", "zh")
DEMO = Path("build")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a sign shows its number
            stream.reconfigure(errors="backslashreplace")
    ending = _Ending()
    try:
        with ending:
            args = build_parser(_language(arguments)).parse_args(arguments)
            run: Callable[[argparse.Namespace], int] = args.run
            code = run(args)
            sys.stdout.flush()
    except KeyboardInterrupt:
        return _ended(arguments, ending)
    except BrokenPipeError:
        # whoever reads has gone; nothing more may be written, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the last door: whatever broke is one line for the user
        if ending.by:  # an engine says an interruption as an error of its own
            return _ended(arguments, ending)
        if os.environ.get("GOODSTANDING_DEBUG") == "1":
            traceback.print_exc()
        said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        print(_say(arguments).word("unexpected", error=said), file=sys.stderr)
        return BROKEN
    return code


class _Ending:
    """Turns the first Ctrl-C or request to end into KeyboardInterrupt, so that whatever was begun is cleared away; further ones wait."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.by: int = 0  # the number of the signal heard

    def __enter__(self) -> None:
        self._before = {number: signal.getsignal(number) for number in self._SIGNALS}
        for number, before in self._before.items():
            if before is not signal.SIG_IGN:  # who started the program may want it to go on
                signal.signal(number, self._hear)

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if not self.by:
            self.by = number
            raise KeyboardInterrupt


def _ended(arguments: Sequence[str], ending: _Ending) -> int:
    """Say that the command was ended; give the exit code that shells expect."""
    print(_say(arguments).word("interrupted"), file=sys.stderr)
    return ENDED + (ending.by or signal.SIGINT)


def _language(arguments: Sequence[str]) -> str:
    """Find the language before the command is parsed: refusals are said in it too."""
    for at, argument in enumerate(arguments):
        value = arguments[at + 1] if argument == "--lang" and at + 1 < len(arguments) else ""
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else value
        if value in LANGUAGES:
            return value
    return "en"


def _say(arguments: Sequence[str]) -> Teller:
    return Teller(_language(arguments), assemble.wording()[1], {})


# --------------------------------------------------------------------------------------------------
# What may be written


class _Parser(argparse.ArgumentParser):
    """Says usage errors in the language asked for."""

    language = "en"

    def error(self, message: str) -> NoReturn:
        """Refuse the command."""
        self.print_usage(sys.stderr)
        teller = Teller(self.language, assemble.wording()[1], {})
        self.exit(USAGE, teller.word("usage", text=message) + "\n")


def build_parser(language: str = "en") -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    _Parser.language = language
    parser = _Parser(prog="goodstanding", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    _law_commands(commands.add_parser("law", help="check, show and prove law files"))
    _sample_command(commands.add_parser("sample", help="make a register of invented organisations"))
    _import_command(commands.add_parser("import", help="make a register of official files"))
    _audit_command(
        commands.add_parser("audit", help="check whether a published list is lawful as shown")
    )
    _evaluate_command(commands.add_parser("evaluate", help="judge a whole register"))
    _explain_command(
        commands.add_parser("explain", help="explain the standings of one organisation")
    )
    _demo_command(
        commands.add_parser("demo", help="judge a sample nation and explain one organisation")
    )
    return parser


def _law_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(
        dest="what", required=True, metavar="COMMAND", parser_class=_Parser
    )
    check = commands.add_parser("check", help="say every finding of law files")
    check.add_argument(
        "folders",
        metavar="DIR",
        nargs="*",
        type=Path,
        help="a base law, then overlays (default: the program's own law)",
    )
    check.add_argument("--coverage", action="store_true", help="say also what covers what")
    _lang(check, law_check)
    shown = commands.add_parser(
        "show", help="show a programme as a jurist reads it; without PROGRAMME list them"
    )
    shown.add_argument("programme", metavar="PROGRAMME", nargs="?")
    shown.add_argument(
        "--on", metavar="DATE", type=_day, help="the version of this day (default: today)"
    )
    _law(shown)
    _lang(shown, law_show)
    prove = commands.add_parser("prove", help="prove properties of the programmes of law files")
    prove.add_argument("folders", metavar="DIR", nargs="*", type=Path)
    prove.add_argument("--programme", metavar="P", help="only this programme, with every answer")
    prove.add_argument("--all", action="store_true", help="say every answer, also what is proved")
    _lang(prove, law_prove)


def _sample_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", metavar="OUT", type=_out)
    _size(parser)
    _law(parser)
    _lang(parser, sample)


def _import_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        choices=sorted(importing.SOURCES),
        help=", ".join(sorted(importing.SOURCES)),
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--out", metavar="OUT", type=_out, required=True)
    _law(parser)
    _lang(parser, import_)


def _audit_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        default="",
        help="how to read it (default: by its columns)",
    )
    parser.add_argument(
        "--on",
        metavar="DATE",
        type=_day,
        help="the day it was shown (default: that of the edition, else today)",
    )
    _law(parser)
    _lang(parser, audit)


def _evaluate_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", metavar="REGISTER", type=Path)
    _question(parser)
    parser.add_argument(
        "--cycle",
        metavar="Y[..Y]",
        type=_cycles,
        help="calendar years (default: the last one judged)",
    )
    parser.add_argument(
        "--out",
        metavar="FILE|DIR",
        type=_out,
        required=True,
        help="one file (NAME.parquet), or a folder that a later run can go on from",
    )
    parser.add_argument(
        "--since",
        metavar="DIR",
        type=Path,
        help="an earlier folder: judge only those whom something new concerns",
    )
    parser.add_argument(
        "--processes",
        metavar="N",
        type=_whole(1, PROCESSES_MAX),
        default=evaluating.PROCESSES,
        help="how many work at once (default: %(default)s); the outcome is the same",
    )
    roads = [road.value for road in Road]
    parser.add_argument(
        "--road", choices=roads, default=Road.COLUMNS.value, help="all roads give the same rows"
    )
    _lang(parser, evaluate)


def _explain_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", metavar="REGISTER", type=Path)
    parser.add_argument(
        "organisation", metavar="ORGANISATION", help="its id, identifier or whole registered name"
    )
    _question(parser)
    parser.add_argument("--cycle", metavar="Y[..Y]", type=_cycles)
    parser.add_argument("--json", action="store_true", help="as data")
    parser.add_argument(
        "--audience",
        choices=[audience.value for audience in Audience],
        default=Audience.OFFICES.value,
        help="who is told (default: the competent offices)",
    )
    _lang(parser, explain)


def _demo_command(parser: argparse.ArgumentParser) -> None:
    _size(parser, organisations=100_000)
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=_out,
        default=DEMO,
        help="where the sample and its standings go",
    )
    _lang(parser, demo)


def _question(parser: argparse.ArgumentParser) -> None:
    _law(parser)
    parser.add_argument(
        "--programme",
        metavar="P",
        action="append",
        default=[],
        help="only this programme; may be repeated",
    )
    parser.add_argument("--on", metavar="DATE", type=_day, help="the day judged (default: today)")
    parser.add_argument(
        "--known",
        metavar="N|DATE",
        default="",
        help="only what was known at a log position or on a day",
    )


def _law(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--law",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a base law, then overlays (default: the program's own law)",
    )


def _size(parser: argparse.ArgumentParser, organisations: int | None = None) -> None:
    how_many = _whole(1, ORGANISATIONS_MAX)
    parser.add_argument(
        "--organisations",
        metavar="N",
        type=how_many,
        default=organisations,
        required=organisations is None,
    )
    parser.add_argument("--seed", metavar="S", type=_whole(0, SEED_MAX), default=1)


def _lang(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    parser.set_defaults(run=run)


def _word(key: str, **said: object) -> str:
    return Teller(_Parser.language, assemble.wording()[1], {}).word(key, **said)


def _out(text: str) -> Path:
    if not Path(text).name or Path(text).name == "..":
        raise argparse.ArgumentTypeError(_word("bad_out", text=repr(text)))
    return Path(text)


def _day(text: str) -> int:
    try:
        return int(days.day(text))
    except ValueError:
        raise argparse.ArgumentTypeError(_word("bad_day", text=repr(text))) from None


def _cycles(text: str) -> tuple[int, int]:
    try:
        return read_cycles(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_word("bad_cycles", text=repr(text))) from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        body = text.replace("_", "")
        if not (body.isascii() and body.isdigit() and len(body) < 20 and low <= int(body) <= high):
            raise argparse.ArgumentTypeError(
                _word("bad_count", low=low, high=high, text=repr(text))
            )
        return int(body)

    return read


# --------------------------------------------------------------------------------------------------
# The law


def law_check(args: argparse.Namespace) -> int:
    """Say every finding of law files."""
    desk = assemble.desk(args.folders, with_cases=True)
    _tell(desk, desk.findings, args.lang, sys.stdout)
    if args.coverage:
        print("\n".join(covering.told(desk.law, explaining.teller(desk, args.lang))))
    print(summary(desk.findings, desk.words, args.lang))
    return REFUSED if any(f.refuses for f in desk.findings) else OK


def law_show(args: argparse.Namespace) -> int:
    """Show one programme, or list them."""
    desk = assemble.desk(args.law)
    teller = explaining.teller(desk, args.lang)
    if args.programme is None:
        for id_, versions in desk.law.programmes.items():
            print(
                f"{id_}  {teller.title(versions[-1].title, '')}  [{', '.join(p.version for p in versions)}]"
            )
        return OK
    found = explaining.programme_on(desk, args.programme, args.on)
    if isinstance(found, Finding):
        return _refuse(desk, [found], args.lang)
    print("\n".join(show(found, teller, desk.law.hash(found))))
    return OK


def law_prove(args: argparse.Namespace) -> int:
    """Prove programmes complete, monotone and with a way back; a refutation that no kept story tells of fails the command."""
    desk = assemble.desk(args.folders, _Progress(args.lang), with_cases=True)
    wrong = [f for f in desk.findings if f.refuses]
    if args.programme is not None and args.programme not in desk.law.programmes:
        found = explaining.programme_on(desk, args.programme, None)
        wrong += [found] if isinstance(found, Finding) else []
    if wrong:
        return _refuse(desk, wrong, args.lang)
    teller = explaining.teller(desk, args.lang)
    results = proving.prove(desk.law, args.programme, progress=desk.progress)
    told = proving.told_below(desk.folders, desk.law)
    open_ = proving.untold(results, told)
    for key, answers in groupby(results, key=lambda one: one.key):
        print("\n".join(_proved(key, list(answers), open_, teller, args.all or args.programme)))
    print(_counted(results, teller))
    print(teller.word("prove_untold" if open_ else "prove_told", count=len(open_)))
    return REFUSED if open_ else OK


def _proved(
    key: str,
    answers: Sequence[proving.Result],
    untold: Sequence[proving.Result],
    teller: Teller,
    every: object,
) -> list[str]:
    """Say the answers about one version: a line per property, then each refutation (or each answer) and why the rest is open."""
    lines = [key]
    for property_ in proving.PROPERTIES:
        asked = [one for one in answers if one.asks == property_]
        if not asked:
            continue
        lines.append(f"  {teller.word(_key(property_))}: {_counted(asked, teller)}")
        said = asked if every else [one for one in asked if one.answer == proving.REFUTED]
        for one in said:
            mark = teller.word("prove_new") if one in untold else ""
            lines.append(f"    {_answer(one, teller)}{mark}")
        reasons = Counter(one.why for one in asked if one.answer == proving.OPEN and not every)
        lines += [f"    {count} × {_why(why, teller)}" for why, count in reasons.items()]
    return lines


def _counted(answers: Sequence[proving.Result], teller: Teller) -> str:
    """Count answers by kind."""
    counts = Counter(one.answer for one in answers)
    kinds = (proving.PROVED, proving.REFUTED, proving.OPEN)
    return ", ".join(f"{teller.word(_key(kind))} {counts[kind]}" for kind in kinds if counts[kind])


def _answer(one: proving.Result, teller: Teller) -> str:
    """Say one answer in a line: what was asked, the answer, and what it rests on."""
    more = [one.number, " -> ".join(g or "-" for g in one.grades) if one.story else ""]
    more += [_why(one.why, teller) if one.why else ""]
    more += [_why(given, teller) for given in one.given]
    said = f"{' '.join(one.about)}: {teller.word(_key(one.answer))}"
    return "; ".join(part for part in (said, *more) if part)


def _why(why: str, teller: Teller) -> str:
    """Say why an answer is open, or what a proof supposes: a sentence, or the name of what is supposed."""
    key, _, about = why.partition(" ")
    return teller.word(f"prove_{key}", about=about) if key in proving.REASONS else why


def _key(what: str) -> str:
    return "prove_" + what.replace(" ", "_")


# --------------------------------------------------------------------------------------------------
# Registers


def sample(args: argparse.Namespace) -> int:
    """Make a sample nation."""
    desk = assemble.desk(args.law, _Progress(args.lang))
    made = sampling.sample(desk, args.out, args.organisations, args.seed)
    if made.findings:
        return _refuse(desk, made.findings, args.lang)
    said = {
        "organisations": f"{args.organisations:,}",
        "records": f"{made.records:,}",
        "out": args.out,
    }
    print(explaining.teller(desk, args.lang).word("sampled", **said))
    return OK


def import_(args: argparse.Namespace) -> int:
    """Make a register of official files."""
    desk = assemble.desk(args.law)
    made = importing.import_files(desk, args.source, args.files, args.out)
    teller = explaining.teller(desk, args.lang)
    _tell(desk, made.findings, args.lang)
    for name, count in made.counts:
        print(f"{count:>12,}  {name}")
    print(teller.word("imported", out=args.out) if made.made else teller.word("not_imported"))
    if made.reasons_file:
        print(teller.word("reasons_in", file=made.reasons_file))
    return REFUSED if made.refuses else OK


def audit(args: argparse.Namespace) -> int:
    """Say whether a published file is lawful as shown, office by office."""
    desk = assemble.desk(args.law)
    done = auditing.audit_file(desk, args.file, args.source, args.on)
    _tell(desk, done.findings, args.lang)
    print("\n".join(auditing.told(done, desk, explaining.teller(desk, args.lang))))
    return REFUSED if done.refuses else OK


def evaluate(args: argparse.Namespace) -> int:
    """Judge a register."""
    desk = assemble.desk(args.law, _Progress(args.lang))
    asked = Asked(tuple(args.programme), args.on, args.known, args.cycle)
    wrong = _wrong_output(args.out, args.register)
    if wrong:
        return _refuse(desk, [wrong], args.lang)
    with _alone(args.out) as alone:
        if not alone:
            return _refuse(desk, [finding("output-in-use", Place(str(args.out)))], args.lang)
        done = evaluating.evaluate(
            desk,
            args.register,
            asked,
            args.out,
            Road(args.road),
            since=args.since,
            processes=args.processes,
        )
    _tell(desk, done.findings, args.lang)
    _say_evaluated(desk, done, args.lang)
    return REFUSED if done.refuses else OK


def _wrong_output(out: Path, register: Path) -> Finding | None:
    """Say why nothing may be written to a place: a device or pipe stands there, or it lies in the register that is read."""
    if out.exists() and not (out.is_file() or out.is_dir()):
        return finding("output-no-file", Place(str(out)))
    if out.resolve().is_relative_to(register.resolve()):
        return finding("output-in-register", Place(str(out)), found=str(register))
    return None


@contextmanager
def _alone(out: Path) -> Iterator[bool]:
    """Hold a place for output; False where another run holds it. The lock ends with the process, however that ends."""
    lock = out.with_name(f".{out.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = lock.open("ab")
    except OSError:  # where no lock can be written nothing else can, and the run says so
        yield True
        return
    with held:
        alone = _locked(held, lock)
        try:
            yield alone
        finally:
            if alone:
                lock.unlink(missing_ok=True)


def _locked(held: BinaryIO, lock: Path) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # whoever held it before may have taken the name away in between
        return os.path.samestat(os.fstat(held.fileno()), lock.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _say_evaluated(desk: Desk, done: evaluating.Evaluated, language: str) -> None:
    teller = explaining.teller(desk, language)
    if done.out and done.again is not None:
        said = {"count": f"{done.standings:,}", "subjects": f"{done.again:,}", "out": done.out}
        print(teller.word("evaluated_again", **said))
    elif done.out:
        print(teller.word("evaluated", count=f"{done.standings:,}", out=done.out))
    if done.refused_file:
        print(teller.word("refused_rows", count=f"{done.refused:,}", file=done.refused_file))
    elif done.out:
        print(teller.word("none_refused"))


def explain(args: argparse.Namespace) -> int:
    """Explain one organisation."""
    desk = assemble.desk(args.law)
    asked = Asked(tuple(args.programme), args.on, args.known, args.cycle)
    found = explaining.explain_one(desk, args.register, args.organisation, asked)
    audience = Audience(args.audience)
    if found.found is None or found.refuses:
        _tell(desk, found.findings, args.lang)
        teller = explaining.teller(desk, args.lang)
        for one in explaining.listed(found, audience):
            print(
                teller.word(
                    "candidate",
                    id=one.organisation.id,
                    name=one.organisation.name or teller.word("name_withheld"),
                )
            )
        return REFUSED
    if args.json:
        told = explaining.data_of(desk, found, asked, audience)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(explaining.said(desk, found, asked, args.lang, audience))
    return OK


# --------------------------------------------------------------------------------------------------
# The demonstration


def demo(args: argparse.Namespace) -> int:
    """Make a sample nation, judge it, sum it up, and explain one organisation in both languages."""
    began = time.monotonic()
    desk = assemble.desk((assemble.own_law(), assemble.samples_law()), _Progress(args.lang))
    register, out = args.out / "sample", args.out / "standings.parquet"
    made = sampling.sample(desk, register, args.organisations, args.seed, anew=True)
    if made.findings:
        return _refuse(desk, made.findings, args.lang)
    teller = explaining.teller(desk, args.lang)
    said = {
        "organisations": f"{args.organisations:,}",
        "records": f"{made.records:,}",
        "out": register,
    }
    print(teller.word("sampled", **said) + _took(teller, began))
    began = time.monotonic()
    done = evaluating.evaluate(desk, register, Asked(), out)
    if done.out is None:
        return _refuse(desk, done.findings, args.lang)
    print(teller.word("evaluated", count=f"{done.standings:,}", out=out) + _took(teller, began))
    print()
    print("\n".join(summing.summary(desk, out, args.lang)))
    chosen = summing.chosen(out)
    for language in LANGUAGES if chosen else ():
        found = explaining.explain_one(desk, register, str(chosen), Asked())
        print(f"\n{'-' * 100}\n{explaining.teller(desk, language).word('explained')}\n")
        print(explaining.said(desk, found, Asked(), language))
    return REFUSED if done.refuses else OK


def _took(teller: Teller, began: float) -> str:
    return f" ({teller.word('taken', seconds=f'{time.monotonic() - began:.1f}')})"


# --------------------------------------------------------------------------------------------------
# Speaking


class _Progress:
    """Says on the error stream how far a long piece of work has come, every few seconds, and how long the rest will take at the pace so far."""

    EVERY = 5.0

    def __init__(self, language: str) -> None:
        self._teller = Teller(language, assemble.wording()[1], {})
        self._said = time.monotonic()
        self._begun: dict[str, tuple[float, int]] = {}

    def __call__(self, what: str, done: int, of: int) -> None:
        """Hear how far it has come. What was done when it is first heard of was done before."""
        now = time.monotonic()
        began, before = self._begun.setdefault(what, (now, done))
        if now - self._said < self.EVERY:
            return
        self._said = now
        said = {"what": self._teller.word(what), "done": f"{done:,}", "of": f"{of:,}"}
        pace = (done - before) / (now - began) if now > began else 0
        if pace:
            said |= {"rate": f"{pace:,.0f}", "left": f"{(of - done) / pace:,.0f}"}
        print(self._teller.word("progress_left" if pace else "progress", **said), file=sys.stderr)


def _tell(desk: Desk, findings: Iterable[Finding], language: str, to: TextIO | None = None) -> None:
    for text in checking.say_all(findings, desk.words, language):
        print(text, file=to or sys.stderr)


def _refuse(desk: Desk, findings: Iterable[Finding], language: str) -> int:
    _tell(desk, findings, language)
    return REFUSED


__all__ = ["build_parser", "main"]
