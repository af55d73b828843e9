"""Engines that fail in the middle of a run, for tests of processes: they are imported by the processes themselves."""

from __future__ import annotations

import os
import signal
import time

from goodstanding.store.vector_run import VectorEngine


class Killed(VectorEngine):
    """Is ended from outside while it judges the buckets from the middle on."""

    def judge(self, low, high, laws, writer):
        if low >= 32_768:
            os.kill(os.getpid(), signal.SIGKILL)
        super().judge(low, high, laws, writer)


class Broken(VectorEngine):
    """Meets something that nobody foresaw."""

    def judge(self, low, high, laws, writer):
        if low >= 32_768:
            raise ArithmeticError("a bucket leaks\nand more lines")
        super().judge(low, high, laws, writer)


class Slow(VectorEngine):
    """Takes its time over each range."""

    def judge(self, low, high, laws, writer):
        super().judge(low, high, laws, writer)
        time.sleep(0.4)
