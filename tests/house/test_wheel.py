"""The wheel carries the law and the sample's figures, and judges a sample nation where there is no repository."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Where a file of the repository lies in the wheel.
CARRIED = {"law": "goodstanding/_law", "samples/law": "goodstanding/_samples/law"}


def run(*command, within, **environment):
    """Run a command in a folder; give what it printed. Of the environment only what is named is handed on."""
    done = subprocess.run(  # noqa: S603 - the commands stand in this file
        [str(part) for part in command],
        cwd=within,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as `make wheel` does."""
    out = tmp_path_factory.mktemp("dist")
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        out,
        ROOT,
        within=out,
    )
    (built,) = out.glob("goodstanding-*.whl")
    return built


def test_the_wheel_holds_the_law_and_the_samples_as_the_repository_does(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        for folder, place in CARRIED.items():
            files = set((ROOT / folder).rglob("*.yaml"))
            assert files
            inside = {f"{place}/{f.relative_to(ROOT / folder).as_posix()}": f for f in files}
            assert set(inside) == {n for n in names if n.startswith(place) and n.endswith(".yaml")}
            for name, file in inside.items():
                assert packed.read(name) == file.read_bytes(), name
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"goodstanding"}


def test_an_unpacked_wheel_makes_a_sample_without_the_repository(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    text = "import sys; from goodstanding.doors import assemble, cli; print(assemble.own_law()); sys.exit(cli.main())"
    said = run(
        sys.executable, "-c", text, "sample", "nation", "--organisations", "300",
        within=tmp_path, PYTHONPATH=str(tmp_path / "site"),
    )  # fmt: skip
    assert str(tmp_path / "site" / "goodstanding" / "_law") in said
    assert (tmp_path / "nation" / "register.json").exists()


@pytest.mark.nightly
def test_an_installed_wheel_runs_the_demonstration_without_the_repository(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel, within=tmp_path)
    # What the package rests on is taken from where it is installed already; such a path brings no package of the repository along.
    purelib = sysconfig.get_path("purelib")
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    (site / "installed.pth").write_text(f"{purelib}\n", encoding="utf-8")
    where = run(python, "-c", "import goodstanding; print(goodstanding.__file__)", within=tmp_path)
    assert where.startswith(str(site))
    said = run(python.parent / "goodstanding", "demo", "--organisations", "300", within=tmp_path)
    assert "300 invented organisations" in said
    assert "单个组织的说明" in said
