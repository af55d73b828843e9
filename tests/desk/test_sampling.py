"""The sample is made only where nothing is lost, and says that it is one."""

from __future__ import annotations

import pytest

from goodstanding.desk.context import Desk
from goodstanding.desk.sampling import is_sample, sample
from goodstanding.kernel.finding import Place, finding
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
