"""Decide SMT-LIB texts by z3, each in a process of its own kind: it can be stopped, and takes nothing down with it.

`python -m goodstanding.store.solve` reads one question a line (JSON: text, ms) and writes one answer a line. `Solvers` holds a
few such processes, hands each question to the next free one, and limits each question and the whole.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Self

import z3

# Sets of assumptions: names of truths.
Assumed = tuple[tuple[str, ...], ...]
NO_MODEL, MODEL, UNKNOWN = "unsat", "sat", "unknown"
# A text that is no SMT-LIB is a fault of whoever wrote it, and never an answer.
NOT_READ = "not read"
# How much longer than its limit a process may take before it is stopped from outside.
_GRACE_SECONDS = 5
# What a linear script begins with; its solver is the faster one.
_LINEAR = "(set-logic QF_LIA)"
_EQUATIONS_FIRST = ("simplify", "propagate-values", "solve-eqs", "smt")
_WARM_UP = "(assert false)"


@dataclass(frozen=True)
class Answer:
    """What the solver says of a text: no model, a model with the values of its constants, or neither and why."""

    status: str
    model: Mapping[str, int | bool] = field(default_factory=dict)
    why: str = ""
    core: tuple[str, ...] = ()  # of the assumptions handed in, those that were needed


# --------------------------------------------------------------------------------------------------
# The process


def main(questions: IO[str] = sys.stdin, answers: IO[str] = sys.stdout) -> None:
    """Answer questions until there are no more."""
    for line in questions:
        asked = json.loads(line)
        answers.write(json.dumps(decide_each(asked["text"], asked["ms"], asked["assume"])) + "\n")
        answers.flush()


def decide_each(text: str, ms: int, assume: Sequence[Sequence[str]]) -> list[dict[str, object]]:
    """Decide one text under several sets of assumptions (names of truths that it declares), reading it once."""
    context = z3.Context()
    solver = _solver(context, linear=text.startswith(_LINEAR), assumes=any(assume))
    solver.set("timeout", ms)
    if any(assume):
        solver.set("core.minimize", True)
    try:
        solver.from_string(text)
    except z3.Z3Exception as refused:
        return [{"status": NOT_READ, "why": str(refused)}] * len(assume)
    return [_check(solver, context, names) for names in assume]


def _solver(context: z3.Context, *, linear: bool, assumes: bool) -> z3.Solver:
    """Give the solver that is fastest for a text; what is defined by an equation is put in first where nothing is assumed."""
    if not linear:
        return z3.Solver(ctx=context)
    if assumes:
        return z3.SolverFor("QF_LIA", ctx=context)
    steps = (z3.Tactic(name, context) for name in _EQUATIONS_FIRST)
    return z3.Then(*steps, ctx=context).solver()


def _check(solver: z3.Solver, context: z3.Context, names: Sequence[str]) -> dict[str, object]:
    found = str(solver.check(*(z3.Bool(name, context) for name in names)))
    if found == UNKNOWN:
        return {"status": found, "why": str(solver.reason_unknown())}
    if found == NO_MODEL:
        return {"status": found, "core": [str(one) for one in solver.unsat_core()] if names else []}
    model = solver.model()
    values: dict[str, int | bool] = {}
    for constant in model.decls():
        value = model[constant]
        if z3.is_int_value(value):
            values[constant.name()] = value.as_long()
        elif z3.is_true(value) or z3.is_false(value):
            values[constant.name()] = z3.is_true(value)
    return {"status": found, "model": values}


def decide(text: str, ms: int, assume: Sequence[str] = ()) -> Answer:
    """Decide one text in this process; for tests only, everything else asks `Solvers`."""
    return _answer(decide_each(text, ms, [assume])[0])


def _answer(said: Mapping[str, Any]) -> Answer:
    if said["status"] == NOT_READ:
        raise ValueError(f"the solver cannot read a text: {said['why']}")
    return Answer(
        said["status"], said.get("model", {}), said.get("why", ""), tuple(said.get("core", ()))
    )


# --------------------------------------------------------------------------------------------------
# Those who ask


class _Process:
    """One running process; it is started when it is first asked, and again after it had to be stopped."""

    def __init__(self) -> None:
        self.running: subprocess.Popen[str] | None = None

    def ask(self, text: str, ms: int, assume: Assumed) -> list[Answer]:
        if self.running is None:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "goodstanding.store.solve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        running = self.running
        stop = threading.Timer(ms * len(assume) / 1000 + _GRACE_SECONDS, running.kill)
        stop.start()
        try:
            if running.stdin is None or running.stdout is None:
                return [Answer(UNKNOWN, why="no pipe")] * len(assume)
            running.stdin.write(json.dumps({"text": text, "ms": ms, "assume": assume}) + "\n")
            running.stdin.flush()
            line = running.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            stop.cancel()
        if not line:
            self.close()
            return [Answer(UNKNOWN, why="the solver was stopped: out of time")] * len(assume)
        return [_answer(said) for said in json.loads(line)]

    def close(self) -> None:
        """End the process and its pipes."""
        running, self.running = self.running, None
        if running is None:
            return
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        running.kill()
        running.wait()


class Solvers:
    """A few solver processes. Questions are answered in the background; `clock` gives seconds, for the limit of the whole."""

    def __init__(
        self, count: int, clock: Callable[[], float], *, total_seconds: float, ms: int = 15_000
    ) -> None:
        """Start nothing yet; limits are per question (`ms`) and for all together."""
        self.clock, self.ms = clock, ms
        self.until = clock() + total_seconds
        self.processes = [_Process() for _ in range(count)]
        self.free: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        for process in self.processes:
            self.free.put(process)
        self.threads = ThreadPoolExecutor(count)
        self.known: dict[tuple[str, Assumed], Future[list[Answer]]] = {}

    @property
    def over(self) -> bool:
        """Tell whether the time for all is over: what is asked now is not decided."""
        return self.clock() >= self.until

    def __enter__(self) -> Self:
        """Warm up every process while the caller writes its first texts."""
        for at in range(len(self.processes)):
            self.ask(f"{_WARM_UP} ; {at}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes."""
        self.threads.shutdown(cancel_futures=True)
        for process in self.processes:
            process.close()

    def ask(
        self, text: str, assume: tuple[str, ...] = (), *, ms: int | None = None
    ) -> Future[list[Answer]]:
        """Have a text decided under one set of assumptions; the answer is the only one of the list."""
        return self.ask_each(text, (assume,), ms=ms)

    def ask_each(
        self, text: str, assume: Assumed, *, ms: int | None = None
    ) -> Future[list[Answer]]:
        """Have a text decided under several sets of assumptions; the same question is decided once."""
        key = (text, assume)
        if key not in self.known:
            self.known[key] = self.threads.submit(self._ask, text, assume, ms or self.ms)
        return self.known[key]

    def _ask(self, text: str, assume: Assumed, ms: int) -> list[Answer]:
        left = int((self.until - self.clock()) * 1000)
        if left <= 0:
            return [Answer(UNKNOWN, why="the time for all proofs was over")] * len(assume)
        process = self.free.get()
        try:
            return process.ask(text, min(ms, left), assume)
        finally:
            self.free.put(process)


if __name__ == "__main__":
    main()
