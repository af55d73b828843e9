"""The sample is made only where nothing is lost, and says that it is one."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from goodstanding.desk.context import Desk
from goodstanding.desk.sampling import is_sample, sample
from goodstanding.kernel.finding import Place, finding
from goodstanding.store import generator
from tests.small_law import TODAY, small_law, write_small


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(small_law(tmp_path_factory.mktemp("law")), (), (), lambda: TODAY)


def test_a_sample_says_that_it_is_one(desk, tmp_path):
    made = sample(desk, tmp_path / "s", 30, 1)
    assert (made.findings, made.organisations >= 30, made.records > 0) == ((), True, True)
    assert is_sample(tmp_path / "s")
    assert "invented" in (tmp_path / "s" / "register.json").read_text(encoding="utf-8")


def test_a_sample_may_be_made_anew_and_nothing_else_is_replaced(desk, tmp_path):
    sample(desk, tmp_path / "s", 5, 1)
    assert [f.code for f in sample(desk, tmp_path / "s", 6, 1).findings] == ["output-exists"]
    assert sample(desk, tmp_path / "s", 6, 1, anew=True).organisations >= 6
    register = write_small(tmp_path / "r", desk.law)
    before = sorted(f.name for f in register.rglob("*"))
    assert [f.code for f in sample(desk, register, 6, 1, anew=True).findings] == ["output-exists"]
    assert sorted(f.name for f in register.rglob("*")) == before


class Stopped(Exception):
    """Somebody broke the work off."""


def test_a_sample_that_was_broken_off_is_gone_on_with_or_made_anew(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(generator, "RECORDS_PER_SLICE", 100)
    monkeypatch.setattr(generator, "_Pool", lambda _, pool=generator._Pool: pool(1))
    heard = []

    def stop(what, done, of):
        heard.append((what, done, of))
        if len(heard) == 3:
            raise Stopped

    stopping = replace(desk, progress=stop)
    out = tmp_path / "s"
    for anew, (at, parts) in ((False, (4, 8)), (True, (1, 8))):
        heard.clear()
        with pytest.raises(Stopped):
            sample(stopping, out, 80, 1)
        assert heard == [("sampling", 80 * done // parts, 80) for done in (1, 2, 3)]
        assert is_sample(out)
        assert [f.code for f in sample(desk, out, 81, 1).findings] == ["output-exists"]
        assert sample(stopping, out, 80, 1, anew=anew).findings == ()
        assert heard[3] == ("sampling", 80 * at // parts, 80)
        assert not generator.is_begun(out)
        shutil.rmtree(out)


def test_where_nothing_can_be_written_there_is_a_finding(desk, tmp_path):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file" / "s", tmp_path / "file"):
        assert [f.code for f in sample(desk, out, 5, 1).findings] == ["cannot-write"]


def test_a_law_with_something_wrong_makes_nothing(desk, tmp_path):
    wrong = finding("unknown-key", Place("law.yaml", 1, 1))
    assert sample(Desk(desk.law, (wrong,), (), desk.today), tmp_path / "s", 5, 1).findings == (
        wrong,
    )
    assert not (tmp_path / "s").exists()
