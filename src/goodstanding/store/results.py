"""What a run leaves: a folder of layers, or one file. After this file has run, the rows of either can be read by one text of SQL.

A layer holds what was judged at once. The first holds everybody. A later one holds some subjects by all programmes, and names them, so that
their older rows are passed over; or everybody by some programmes, whose older layers are passed over. `result.json` says which judgments there are and what is true of all their rows.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from goodstanding.store.admission import Receipt
from goodstanding.store.lake import connect, pattern_of, quoted
from goodstanding.store.standings import CONTRIBUTIONS, STANDINGS, see_that_file

RESULT = "result.json"
FORMAT = 1
# The names of a layer's parts: two folders of files, and one file of subjects.
STANDINGS_OF_LAYER, CONTRIBUTIONS_OF_LAYER, AGAIN = "standings", "contributions", "again.parquet"
# So many layers are kept; the next run writes them into one.
LAYERS_MAX = 16


@dataclass(frozen=True)
class Judgment:
    """One programme judged for one cycle (None: for a day), and what is true of all its rows."""

    programme: str
    version: str
    cycle: int | None
    judged: int
    law: str  # the hashes of the meaning of all versions in its chain
    units: bool  # whether units are judged; else organisations, also through their decisions
    whole: int = 0  # the layer in which everybody was judged last

    @property
    def meaning(self) -> tuple[str, str, int | None, str]:
        """Give what has to be the same for older rows to stand."""
        return self.programme, self.version, self.cycle, self.law


@dataclass(frozen=True)
class Result:
    """A finished run."""

    folder: Path
    known: int
    judgments: tuple[Judgment, ...]
    layers: int
    log: str  # of the positions up to `known`
    receipt: Receipt | None  # of the register judged; None where rows of it were refused

    def write(self) -> None:
        """Write result.json."""
        said = {
            "format": FORMAT,
            "known": self.known,
            "layers": self.layers,
            "log": self.log,
            "judgments": [asdict(j) for j in self.judgments],
            "receipt": None if self.receipt is None else self.receipt.to_map(),
        }
        whole = self.folder / ("." + RESULT)
        whole.write_text(json.dumps(said, indent=1), encoding="utf-8")
        whole.replace(self.folder / RESULT)


def read_result(folder: Path) -> Result:
    """Read result.json; raises OSError or ValueError where a folder is no result."""
    try:
        said = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ValueError(f"format {said['format']}")
        judgments = tuple(Judgment(**one) for one in said["judgments"])
        receipt = None if said["receipt"] is None else Receipt.of_map(said["receipt"])
        known, layers, log = int(said["known"]), int(said["layers"]), str(said["log"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
    return Result(folder, known, judgments, layers, log, receipt)


def layer_of(folder: Path, layer: int) -> Path:
    """Give the folder of a layer."""
    return folder / "layers" / f"{layer:02}"


def link_layers(old: Result, folder: Path) -> None:
    """Put the layers of a result under another folder too; their files are never changed, so no byte is copied where the disk can link."""
    for file in sorted((old.folder / "layers").rglob("*.parquet")):
        to = folder / file.relative_to(old.folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.exists():
            continue
        try:
            to.hardlink_to(file)
        except OSError:  # another disk, or one without links
            part = to.with_name(f".{to.name}.part")
            shutil.copyfile(file, part)
            part.replace(to)


def see_that_free(out: Path) -> None:
    """Raise FileExistsError where something stands that is neither a result nor an empty folder."""
    if out.exists() and (not out.is_dir() or (not (out / RESULT).is_file() and any(out.iterdir()))):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))


def put_in_place(made: Path, out: Path) -> None:
    """Give a finished folder its name; an older result of that name goes."""
    see_that_free(out)
    older = out.with_name(f".{out.name}.older")
    shutil.rmtree(older, ignore_errors=True)
    if out.exists():
        out.rename(older)
    made.rename(out)
    shutil.rmtree(older, ignore_errors=True)


# --------------------------------------------------------------------------------------------------
# Reading


def standings_in(out: Path) -> str:
    """Write the rows of standings of a result or a file, as a table of SQL."""
    return _rows(read_result(out), STANDINGS_OF_LAYER) if out.is_dir() else _file(out)


def contributions_in(out: Path) -> str:
    """Write the rows of contributions of a result, as a table of SQL."""
    return _rows(read_result(out), CONTRIBUTIONS_OF_LAYER)


def _file(path: Path) -> str:
    return f"read_parquet({quoted(path)})"


def _rows(result: Result, kind: str) -> str:
    """Write the rows that stand: of each judgment since everybody was judged, of each subject those of its latest layer."""
    schema = STANDINGS if kind == STANDINGS_OF_LAYER else CONTRIBUTIONS
    if result.layers == 1:
        return _layer(result, 0, kind)
    layers = " UNION ALL ".join(
        f"SELECT *, {k} AS _layer FROM {_layer(result, k, kind)}" for k in range(result.layers)
    )
    judgments = ", ".join(
        f"({quoted(j.programme)}, {_number(j.cycle)}, {j.judged}, {j.units}, {j.whole})"
        for j in result.judgments
    )
    fixed = {"known": f"{result.known}::BIGINT", "judged": "DATE '1970-01-01' + j.judged::INTEGER"}
    columns = ", ".join(
        f"{fixed[name]} AS {name}" if name in fixed else f"r.{name}" for name in schema.names
    )
    again = " UNION ALL ".join(
        f"SELECT subject, {k} AS layer FROM {_file(layer_of(result.folder, k) / AGAIN)}"
        for k in range(1, result.layers)
        if (layer_of(result.folder, k) / AGAIN).exists()
    )
    return (
        f"(SELECT {columns} FROM ({layers}) AS r\n"
        f"JOIN (VALUES {judgments}) AS j (programme, cycle, judged, units, whole)\n"
        "  ON r.programme = j.programme AND r.cycle IS NOT DISTINCT FROM j.cycle AND r._layer >= j.whole\n"
        f"LEFT JOIN (SELECT subject, max(layer) AS layer FROM ({again}) GROUP BY subject) AS a\n"
        "  ON a.subject = CASE WHEN j.units THEN r.unit ELSE r.organisation END\n"
        "WHERE a.layer IS NULL OR a.layer <= r._layer)"
    )


def _layer(result: Result, layer: int, kind: str) -> str:
    return f"read_parquet({quoted(pattern_of(layer_of(result.folder, layer) / kind))})"


def _number(value: int | None) -> str:
    return "NULL::INTEGER" if value is None else f"{value}::INTEGER"


def write_rows(result: Result, standings: Path, contributions: Path) -> None:
    """Write the rows that stand into one file of each kind, by programme, cycle, organisation and unit."""
    with connect() as engine:
        for kind, to in (
            (CONTRIBUTIONS_OF_LAYER, contributions),
            (STANDINGS_OF_LAYER, standings),
        ):
            order = "programme, cycle, organisation, unit"
            order += ", rule" if kind == CONTRIBUTIONS_OF_LAYER else ""
            see_that_file(to)
            to.parent.mkdir(parents=True, exist_ok=True)
            part = to.with_name(f".{to.name}.part")
            engine.execute(
                f"COPY (SELECT * FROM {_rows(result, kind)} ORDER BY {order}) TO {quoted(part)} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
            part.replace(to)


def folded(result: Result) -> Result:
    """Write the layers of a result into one where there are many: each costs every reader something."""
    if result.layers <= LAYERS_MAX:
        return result
    made = result.folder / "folded"
    file = "00000-65535.parquet"
    write_rows(result, made / STANDINGS_OF_LAYER / file, made / CONTRIBUTIONS_OF_LAYER / file)
    shutil.rmtree(result.folder / "layers")
    layer_of(result.folder, 0).parent.mkdir()
    made.rename(layer_of(result.folder, 0))
    judgments = tuple(replace(j, whole=0) for j in result.judgments)
    return replace(result, judgments=judgments, layers=1)


__all__ = [
    "AGAIN",
    "CONTRIBUTIONS_OF_LAYER",
    "LAYERS_MAX",
    "RESULT",
    "STANDINGS_OF_LAYER",
    "Judgment",
    "Result",
    "contributions_in",
    "folded",
    "layer_of",
    "link_layers",
    "put_in_place",
    "read_result",
    "see_that_free",
    "standings_in",
    "write_rows",
]
