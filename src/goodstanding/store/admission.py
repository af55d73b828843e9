"""After this file has run, a foreign register holds only what the format and the law allow, or says what was refused and why.

A file or dataset that does not fit refuses the register (judging without it would be judging blindly); a row that does not fit is left
out and written, with all reasons, to a file of refused rows.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from goodstanding.kernel import days
from goodstanding.kernel.finding import NOWHERE, Finding, Place, Severity, finding
from goodstanding.kernel.guard import Fit, fit
from goodstanding.kernel.identity import ORGANISATIONS as ORGANISATION_FORMS
from goodstanding.kernel.identity import PERSON_LIKE, Form
from goodstanding.kernel.quantity import Kind, Type, decimal_text
from goodstanding.kernel.rules.nodes import Certainty, RecordType
from goodstanding.kernel.words import Words
from goodstanding.store.lake import (
    FIXED,
    IDENTITIES,
    ISSUED,
    ORGANISATIONS,
    UNITS,
    Columns,
    Meta,
    Types,
    bucket_of,
    connect,
    dataset_of,
    name_of,
    pattern_of,
    quoted,
    read_meta,
    record_columns,
)

# Of several reasons all are written; the first in this order is the one that counts.
PRECEDENCE = (
    "identity-number", "identity-number-possible", "missing-value", "wrong-bucket", "not-one-of", "beyond-bounds",
    "wrong-century", "hidden-sign", "text-too-long", "known-backwards", "known-twice", "filed-twice", "held-backwards",
    "two-holders", "person-like-form", "form-not-vouched", "same-as-itself", "broken-json",
)  # fmt: skip
REFUSED_COLUMNS = (
    "dataset",
    "subject",
    "record",
    "column",
    "code",
    "found",
    "expected_en",
    "expected_zh",
)
STATES = ("in force", "annulled", "held")
TEXT_LENGTH_MAX = 400
# Every text column but this one is no identifier of an organisation, and is guarded against numbers of persons.
_IDENTIFIER = "identifier"
# Controls, soft hyphen, zero width and changes of direction.
_HIDDEN = "[\\x{0000}-\\x{001f}\\x{007f}-\\x{009f}\\x{00ad}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{feff}]"
# Cheap looks at whether a text can hold such a number at all; what matches is looked at by the guard itself.
_DIGITS_MIN = 17
_ANY_DIGITS = "^(?:\\P{Nd}*\\p{Nd}){17}"
_NOT_PLAIN = "[^A-Za-z0-9]+"
_LIKE_A_BIRTH = "[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]"
_WHOLE = "-?[0-9]{1,9}"
_SHOWN_MAX = 80
# What an engine says of its own text or of an interruption; anything else it says while it reads is about a broken file.
_NOT_BROKEN = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.InterruptException,
    duckdb.ParserException,
)


@dataclass(frozen=True)
class Check:
    """One thing a row may have wrong: an SQL condition, true where it has; never NULL."""

    column: str
    code: str
    condition: str
    said: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a row was refused: one of its wrong values. No text here is the number of a person."""

    dataset: str
    subject: str
    record: str
    check: Check
    found: str


@dataclass(frozen=True)
class Receipt:
    """What was looked at: each file with its size, time of change and rows.

    Where nothing was refused it vouches for the files. It is kept with what was made of the register, never in the register: whoever hands
    a register in could hand in a receipt.
    """

    types: str  # a hash of the record types it was looked at by
    position: int
    files: Mapping[str, tuple[int, int, int]]  # path in the register -> bytes, nanoseconds, rows

    def to_map(self) -> dict[str, object]:
        """Give it as plain values."""
        return {"types": self.types, "position": self.position, "files": dict(self.files)}

    @classmethod
    def of_map(cls, said: Mapping[str, Any]) -> Receipt:
        """Read it again; raises KeyError, TypeError or ValueError for what is no receipt."""
        files = {str(k): (int(size), int(at), int(n)) for k, (size, at, n) in said["files"].items()}
        return cls(str(said["types"]), int(said["position"]), files)

    def unseen(self, now: Receipt) -> frozenset[str] | None:
        """Give the files of a register that this receipt does not vouch for; None where it vouches for nothing."""
        if self.types != now.types or self.position > now.position:
            return None
        return frozenset(k for k, at in now.files.items() if self.files.get(k) != at)


@dataclass
class Admission:
    """What was found: the folder to read (the register itself where nothing was refused), and the counts.

    `named` is the register as it was asked for: what findings point at, whatever folder is read.
    """

    folder: Path
    meta: Meta
    named: Path
    findings: list[Finding] = field(default_factory=list)
    refused: int = 0  # rows
    refused_by_code: dict[str, int] = field(default_factory=dict)
    receipt: Receipt | None = None  # None where the register as a whole cannot be read

    @property
    def refuses(self) -> bool:
        """Tell whether the register as a whole cannot be read."""
        return any(f.refuses for f in self.findings)


@dataclass(frozen=True)
class _Dataset:
    name: str
    columns: Columns
    id_column: str
    checks: tuple[Check, ...]
    record_type: RecordType | None = None
    files: tuple[str, ...] = ()  # those whose rows are looked at; () is all

    def source(self, folder: Path) -> str:
        """Write the rows that are looked at."""
        if not self.files:
            return self.whole(folder)
        return f"read_parquet([{', '.join(quoted(folder / f) for f in self.files)}])"

    def whole(self, folder: Path) -> str:
        """Write all rows."""
        return f"read_parquet({quoted(pattern_of(folder / self.name))})"

    def versions(self, folder: Path) -> str:
        """Write all rows of the ids that are looked at."""
        if not self.files:
            return self.whole(folder)
        if self.record_type:
            return f"(FROM versions WHERE dataset = {quoted(self.name)})"
        key = self.id_column
        return (
            f"(FROM {self.whole(folder)} WHERE {key} IN (SELECT {key} FROM {self.source(folder)}))"
        )


def admit(
    folder: Path,
    types: Types,
    *,
    refused: Path,
    into: Path,
    words: Words | None = None,
    before: Receipt | None = None,
) -> Admission:
    """Look at a whole register. Refused rows go to the CSV file `refused`; what is left then stands in `into`.

    With a receipt of `before`, only the rows of files that it does not vouch for are looked at, and the versions that have their ids; if
    one of these is refused, the whole is looked at after all.
    """
    if before is not None:
        admission = _admit(folder, types, refused, into, words or Words(), before)
        if not admission.refused:
            return admission
        shutil.rmtree(into, ignore_errors=True)
    return _admit(folder, types, refused, into, words or Words(), None)


def _admit(
    folder: Path, types: Types, refused: Path, into: Path, words: Words, before: Receipt | None
) -> Admission:
    admission = Admission(folder, Meta(0), folder)
    with connect() as engine:
        datasets = _opened(engine, admission, types)
        if not admission.refuses:
            with _reading(admission.findings, Place(str(folder))):
                receipt = _receipt(engine, datasets, admission, types)
                unseen = before.unseen(receipt) if before else None
                looked_at = datasets if unseen is None else _only(datasets, unseen)
                with _written(refused, words) as tell:
                    _rows(engine, looked_at, datasets, admission, into, tell)
                if not admission.refused:
                    refused.unlink()
                admission.receipt = receipt
    return admission


def _opened(
    engine: duckdb.DuckDBPyConnection, admission: Admission, types: Types
) -> list[_Dataset]:
    """Read register.json and look at the columns of every file; give the datasets that are there."""
    folder = admission.folder
    try:
        admission.meta = read_meta((folder / "register.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        said = "register.json: " + shown(getattr(error, "strerror", None) or str(error), 200)
        admission.findings.append(finding("no-register", Place(str(folder)), found=said))
        return []
    datasets = [*_fixed(folder, admission.meta), *_records(folder, types, admission)]
    for dataset in datasets:
        for file in sorted((folder / dataset.name).glob("*.parquet")):
            admission.findings += _columns_of(engine, file, dataset.columns)
    return datasets


@contextmanager
def _reading(findings: list[Finding], place: Place) -> Iterator[None]:
    """Turn what an engine says of a broken file into a finding."""
    try:
        yield
    except _NOT_BROKEN:
        raise
    except (duckdb.Error, OSError) as error:
        findings.append(finding("unreadable-data-file", place, found=_first_line(error)))


@contextmanager
def _written(refused: Path, words: Words) -> Iterator[Callable[[Reason], object]]:
    """Write the reasons that are told to a CSV file."""
    with refused.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(REFUSED_COLUMNS)
        yield lambda reason: out.writerow(_line(reason, words))


def _receipt(
    engine: duckdb.DuckDBPyConnection, datasets: list[_Dataset], admission: Admission, types: Types
) -> Receipt:
    """Say which files are there. Their rows are counted before any is read, so that a file that changes meanwhile is not vouched for."""
    paths = [
        (path, f"{dataset.name}/{path.name}")
        for dataset in datasets
        for path in sorted((admission.folder / dataset.name).glob("*.parquet"))
    ]
    stats = [(path.stat().st_size, path.stat().st_mtime_ns) for path, _ in paths]
    listed = ", ".join(quoted(path) for path, _ in paths)
    sql = f"SELECT file_name, num_rows FROM parquet_file_metadata([{listed}])"
    rows = dict(engine.execute(sql).fetchall()) if paths else {}
    files = {
        name: (*stat, int(rows[str(path)])) for (path, name), stat in zip(paths, stats, strict=True)
    }
    kinds = (version for name in sorted(types) for _, version in sorted(types[name].items()))
    said = repr([replace(version, place=NOWHERE) for version in kinds])
    return Receipt(sha256(said.encode()).hexdigest(), admission.meta.position, files)


def _only(datasets: list[_Dataset], unseen: frozenset[str]) -> list[_Dataset]:
    """Give the datasets that have files nobody vouches for, with these files."""
    found = []
    for dataset in datasets:
        files = tuple(sorted(f for f in unseen if f.rpartition("/")[0] == dataset.name))
        if files:
            found.append(replace(dataset, files=files))
    return found


# --------------------------------------------------------------------------------------------------
# What is there


def _fixed(folder: Path, meta: Meta) -> Iterator[_Dataset]:
    ids = {ORGANISATIONS: "subject", IDENTITIES: "younger", UNITS: "unit", ISSUED: "subject"}
    own = {
        ORGANISATIONS: _organisation_checks,
        IDENTITIES: _identity_checks,
        UNITS: _unit_checks,
        ISSUED: _issued_checks,
    }
    for name, columns in FIXED.items():
        if any((folder / name).glob("*.parquet")):
            checks = (*_common_checks(columns, ids[name], meta), *own[name]())
            yield _Dataset(name, columns, ids[name], checks)


def _records(folder: Path, types: Types, admission: Admission) -> Iterator[_Dataset]:
    found = [p for p in sorted((folder / "records").glob("*/v*")) if any(p.glob("*.parquet"))]
    for path in found:
        name, number = path.parent.name, path.name.removeprefix("v")
        place = Place(str(path))
        if name not in types:
            warning = finding("unknown-record-type", place, severity=Severity.WARNING, name=name)
            admission.findings.append(warning)
        elif number not in map(str, types[name]):
            admission.findings.append(
                finding("unknown-type-version", place, name=name, found=number)
            )
        else:
            record_type = types[name][int(number)]
            columns = record_columns(record_type)
            checks = (
                *_common_checks(columns, "subject", admission.meta),
                *_record_checks(record_type),
            )
            yield _Dataset(dataset_of(record_type), columns, "record", checks, record_type)


def _columns_of(
    engine: duckdb.DuckDBPyConnection, file: Path, columns: Columns
) -> Iterator[Finding]:
    place = Place(str(file))
    broken: list[Finding] = []
    with _reading(broken, place):
        rows = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(file)})").fetchall()
    if broken:
        yield from broken
        return
    found = {str(row[0]): str(row[1]) for row in rows}
    for name, kind in columns:
        if name not in found:
            yield finding("missing-column", place, name=name, expected=kind)
        elif found[name] != kind:
            yield finding("wrong-column-type", place, name=name, found=found[name], expected=kind)
    for name in found.keys() - dict(columns).keys():
        yield finding("undeclared-column", place, name=shown(name))


def _first_line(error: Exception) -> str:
    return shown(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)


# --------------------------------------------------------------------------------------------------
# What may be wrong with a row


def _missing(column: str) -> Check:
    return Check(column, "missing-value", f"{name_of(column)} IS NULL")


def _choice(column: str, words: tuple[str, ...]) -> Check:
    listed = ", ".join(quoted(w) for w in words)
    condition = f"coalesce({name_of(column)} NOT IN ({listed}), false)"
    return Check(column, "not-one-of", condition, (("words", ", ".join(words)),))


def _common_checks(columns: Columns, id_column: str, meta: Meta) -> Iterator[Check]:
    """Give the checks every table has: by the type of each column, its bucket and its known interval."""
    names = dict(columns)
    yield _missing(id_column)
    yield _missing("known_from")
    if "bucket" in names:
        right = f"('0x' || sha256(coalesce({name_of(id_column)}, ''))[:4])::USMALLINT"
        yield Check("bucket", "wrong-bucket", f"bucket IS DISTINCT FROM {right}")
    position = meta.position
    yield Check(
        "known_from",
        "known-backwards",
        f"coalesce(known_from < 0 OR known_from > {position} OR known_to <= known_from OR known_to > {position}, false)",
        (("position", position),),
    )
    for name, kind in columns:
        column = name_of(name)
        if kind == "VARCHAR":
            yield Check(
                name, "hidden-sign", f"coalesce(regexp_matches({column}, {quoted(_HIDDEN)}), false)"
            )
            long = f"coalesce(length({column}) > {TEXT_LENGTH_MAX}, false)"
            yield Check(name, "text-too-long", long, (("high", TEXT_LENGTH_MAX),))
        elif kind == "DATE":
            first, last = f"DATE '{days.YEAR_FIRST}-01-01'", f"DATE '{days.YEAR_LAST}-12-31'"
            wrong = f"coalesce({column} < {first} OR {column} > {last}, false)"
            yield Check(name, "wrong-century", wrong)


def _organisation_checks() -> Iterator[Check]:
    yield _missing("form")
    yield _choice("form", tuple(f.value for f in Form))
    person_like = _pairs(PERSON_LIKE)
    yield Check(
        "form", "person-like-form", f"coalesce(form = 'organisation' AND {person_like}, false)"
    )
    vouched = f"vouched_by IS NOT NULL OR {_pairs(ORGANISATION_FORMS)}"
    yield Check(
        "form",
        "form-not-vouched",
        f"coalesce(form = 'organisation', false) AND NOT coalesce({vouched}, false)",
    )


def _pairs(tables: dict[str, frozenset[str]]) -> str:
    pairs = ", ".join(
        f"({quoted(table)}, {quoted(code)})"
        for table in sorted(tables)
        for code in sorted(tables[table])
    )
    return f"(form_table IS NOT NULL AND form_code IS NOT NULL AND (form_table, form_code) IN ({pairs}))"


def _identity_checks() -> Iterator[Check]:
    yield _missing("kind")
    yield _choice("kind", ("same as", "successor of"))
    yield _missing("elder")
    yield Check("elder", "same-as-itself", "coalesce(elder = younger, false)")


def _unit_checks() -> Iterator[Check]:
    yield _missing("holder")
    yield _missing("valid_from")
    right = "('0x' || sha256(coalesce(holder, ''))[:4])::USMALLINT"
    yield Check("holder_bucket", "wrong-bucket", f"holder_bucket IS DISTINCT FROM {right}")
    yield Check("valid_to", "held-backwards", "coalesce(valid_to <= valid_from, false)")


def _issued_checks() -> Iterator[Check]:
    yield _missing("programme")
    yield _missing("cycle")
    yield _missing("grade")
    # as texts of JSON, for a cast to whole numbers would round and would read quoted ones
    held = "map_values(TRY_CAST(TRY_CAST(carried AS JSON) AS MAP(VARCHAR, JSON)))"
    whole = f"coalesce(regexp_full_match(CAST(cycle AS VARCHAR), {quoted(_WHOLE)}), false)"
    good = f"len(list_filter({held}, lambda cycle: NOT {whole})) = 0"
    yield Check("carried", "broken-json", f"carried IS NOT NULL AND NOT coalesce({good}, false)")


def _record_checks(record_type: RecordType) -> Iterator[Check]:
    yield _missing("record")
    yield _missing("state")
    yield _choice("state", STATES)
    yield _missing("certainty")
    yield _choice("certainty", tuple(c.value for c in Certainty))
    for name in record_type.required:
        yield _missing(name)
    for name, type_ in record_type.fields:
        yield from _value_checks(name, type_)


def _value_checks(name: str, type_: Type) -> Iterator[Check]:
    column = name_of(name)
    if type_.kind is Kind.WORD and type_.words:
        yield _choice(name, type_.words)
    elif type_.kind is Kind.NUMBER:
        beyond = [f"{column} < {type_.low}"] if type_.low is not None else []
        beyond += [f"{column} > {type_.high}"] if type_.high is not None else []
        ends = [("low", type_.low), ("high", type_.high)]
        said = tuple((k, "-" if v is None else decimal_text(v, type_.scale)) for k, v in ends)
        if beyond:
            yield Check(name, "beyond-bounds", f"coalesce({' OR '.join(beyond)}, false)", said)


# --------------------------------------------------------------------------------------------------
# Rows


def _rows(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    all_datasets: list[_Dataset],
    admission: Admission,
    into: Path,
    tell: Callable[[Reason], object],
) -> None:
    """Run all checks; tell the reasons and, if any row was refused, write what is left to `into`."""
    folder, wrong, guarded = admission.folder, set(), []
    for dataset in datasets:
        may_be_wrong, long_texts = _suspects(engine, dataset, folder)
        more = tuple(_guarded(engine, dataset, folder, long_texts))
        guarded.append(replace(dataset, checks=(*dataset.checks, *more)))
        if may_be_wrong or more:
            wrong.add(dataset.name)
    checked = _known_twice(engine, guarded, all_datasets, folder)
    wrong |= {d.name for d, one in zip(checked, guarded, strict=True) if d.checks != one.checks}
    changed: list[_Dataset] = []
    for dataset in (d for d in checked if d.name in wrong):
        before = admission.refused
        for reason in _refused(engine, dataset, admission):
            tell(reason)
        if admission.refused > before:
            changed.append(dataset)
    if admission.refused:
        _left(engine, checked, changed, admission, into)
    _orphans(engine, checked, all_datasets, admission)


def _suspects(
    engine: duckdb.DuckDBPyConnection, dataset: _Dataset, folder: Path
) -> tuple[bool, dict[str, tuple[bool, bool]]]:
    """Read every row once, by cheap looks: tell whether a row may be wrong, and where texts are long enough to be the number of a person.

    Long texts are told apart: whether there are plain ones, and others.
    """
    columns = _guarded_columns(dataset)
    texts = [name_of(name) for name, kind in dataset.columns if kind == "VARCHAR"]
    hidden = f"regexp_matches(concat_ws('', {', '.join(texts)}), {quoted(_HIDDEN)})"
    rest = (c.condition for c in dataset.checks if c.code != "hidden-sign")
    asked = [" OR ".join(f"({one})" for one in (hidden, *rest))]
    for column in map(name_of, columns):
        long = f"length({column}) >= {_DIGITS_MIN}"
        asked.append(f"({long} AND strlen({column}) = length({column}))")
        asked.append(f"({long} AND strlen({column}) > length({column}))")
    # rows that are right leave at the filter, where each condition is asked of those that are left
    where = " OR ".join(asked)
    told = ", ".join(f"coalesce(bool_or({one}), false)" for one in asked)
    sql = f"SELECT {told} FROM {dataset.source(folder)} WHERE {where}"
    wrong, *long_ones = engine.execute(sql).fetchall()[0]
    kinds = zip(columns, long_ones[::2], long_ones[1::2], strict=True)
    return wrong, {name: (plain, other) for name, plain, other in kinds if plain or other}


def _refused(
    engine: duckdb.DuckDBPyConnection, dataset: _Dataset, admission: Admission
) -> Iterator[Reason]:
    """Give each reason of each refused row, and count the rows."""
    wrong = " OR ".join(c.condition for c in dataset.checks)
    truths = ", ".join(c.condition for c in dataset.checks)
    names = [name for name, _ in dataset.columns]
    texts = ", ".join(f"CAST({name_of(n)} AS VARCHAR)" for n in names)
    subject = "subject" if "subject" in names else dataset.id_column
    cursor = engine.cursor()
    cursor.execute(
        f"SELECT {truths}, {texts} FROM {dataset.source(admission.folder)} WHERE {wrong}"
    )
    while rows := cursor.fetchmany(1000):
        for row in rows:
            values = dict(zip(names, row[len(dataset.checks) :], strict=True))
            found = [check for check, truth in zip(dataset.checks, row, strict=False) if truth]
            found.sort(key=lambda c: PRECEDENCE.index(c.code))
            admission.refused += 1
            code = found[0].code
            admission.refused_by_code[code] = admission.refused_by_code.get(code, 0) + 1
            named = _shown_ids(values, found, subject, dataset.id_column)
            for check in found:
                value = (
                    "" if check.code.startswith("identity-number") else shown(values[check.column])
                )
                yield Reason(dataset.name, *named, check, value)


def _line(reason: Reason, words: Words) -> tuple[str, ...]:
    """Write a reason as a line of the file of refused rows."""
    check = reason.check
    return (
        reason.dataset,
        reason.subject,
        reason.record,
        check.column,
        check.code,
        reason.found,
        _expected(words, check, "en"),
        _expected(words, check, "zh"),
    )


def _expected(words: Words, check: Check, language: str) -> str:
    said = words.findings.get(check.code, {}).get("expected", {}).get(language, "")
    for name, value in check.said:
        said = said.replace("{" + name + "}", str(value))
    return said


def _shown_ids(
    values: dict[str, object], found: list[Check], subject: str, id_column: str
) -> tuple[str, str]:
    """Give subject and record of a refused row; not where they are themselves the number of a person."""
    guarded = {c.column for c in found if c.code.startswith("identity-number")}
    subject_text = "" if subject in guarded else shown(values[subject])
    record = "" if id_column in guarded or id_column == subject else shown(values[id_column])
    return subject_text, record


def shown(value: object, length: int = _SHOWN_MAX) -> str:
    r"""Write a value of a hostile file so that a terminal or a spreadsheet can show it.

    >>> shown("=1+1"), shown("a\x00b"), shown(None)
    ("'=1+1", 'a\\x00b', '')
    """
    if value is None:
        return ""
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in str(value)[: length + 1]
    )
    if len(text) > length:
        text = text[:length] + "..."
    is_formula = text[:1] in "=+@" or (text[:1] == "-" and not text[1:2].isdigit())
    return "'" + text if text and is_formula else text


def _guarded_columns(dataset: _Dataset) -> tuple[str, ...]:
    """Give the columns in which no number of a person may stand."""
    return tuple(n for n, kind in dataset.columns if kind == "VARCHAR" and n != _IDENTIFIER)


def _guarded(
    engine: duckdb.DuckDBPyConnection,
    dataset: _Dataset,
    folder: Path,
    long_texts: Mapping[str, tuple[bool, bool]],
) -> Iterator[Check]:
    """Look at every long text that is like the number of a person; make checks for the columns that have one."""
    for name, (has_plain, has_other) in long_texts.items():
        column = name_of(name)
        plain = f"regexp_replace({column}, {quoted(_NOT_PLAIN)}, '', 'g')"
        looks = (
            f"regexp_matches({plain}, {quoted(_LIKE_A_BIRTH)})" if has_plain else "false",
            f"regexp_matches({column}, {quoted(_ANY_DIGITS)})" if has_other else "false",
        )
        query = (
            f"SELECT DISTINCT {column} FROM {dataset.source(folder)} WHERE length({column}) >= {_DIGITS_MIN} "
            f"AND CASE WHEN strlen({column}) = length({column}) THEN {looks[0]} ELSE {looks[1]} END"
        )
        fits: dict[Fit, list[str]] = {}
        for (text,) in engine.execute(query).fetchall():
            fits.setdefault(fit(text), []).append(text)
        for grade, code in (
            (Fit.FULL, "identity-number"),
            (Fit.PARTIAL, "identity-number-possible"),
        ):
            if grade in fits:
                table = name_of(f"{code} {dataset.name} {name}")
                engine.execute(f"CREATE TABLE {table} (text VARCHAR)")
                engine.executemany(f"INSERT INTO {table} VALUES (?)", [(t,) for t in fits[grade]])
                within = f"coalesce({column} IN (SELECT text FROM {table}), false)"
                yield Check(name, code, within)


def _known_twice(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    all_datasets: list[_Dataset],
    folder: Path,
) -> list[_Dataset]:
    """Find ids with two versions known at once, in one dataset or across the datasets of records."""
    if any(d.files for d in datasets):
        _gather_versions(engine, datasets, all_datasets, folder)
    asked = {
        d.name: _twice(d, folder)
        for d in datasets
        if d.name in (ORGANISATIONS, UNITS) or d.record_type
    }
    parts = [
        f"SELECT {at} AS dataset FROM ({asked[d.name][1]})"
        for at, d in enumerate(datasets)
        if d.name in asked
    ]
    union = f"SELECT DISTINCT dataset FROM ({' UNION ALL '.join(parts)})"
    hit = {at for (at,) in engine.execute(union).fetchall()} if parts else set()
    made = [
        replace(d, checks=(*d.checks, *_found(engine, d, d.id_column, *asked[d.name])))
        if at in hit
        else d
        for at, d in enumerate(datasets)
    ]
    return _filed_twice(engine, made, all_datasets, folder)


def _gather_versions(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    all_datasets: list[_Dataset],
    folder: Path,
) -> None:
    """Make the table of all versions of the records that are looked at, in one pass over all datasets."""
    engine.execute("CREATE TABLE looked_at (record VARCHAR)")
    for d in datasets:
        if d.record_type:
            engine.execute(f"INSERT INTO looked_at SELECT record FROM {d.source(folder)}")
    engine.execute(
        "CREATE TABLE versions (dataset VARCHAR, record VARCHAR, known_from BIGINT, known_to BIGINT)"
    )
    for d in all_datasets:
        if d.record_type:
            engine.execute(
                f"INSERT INTO versions SELECT {quoted(d.name)}, record, known_from, known_to FROM {d.whole(folder)}"
                " WHERE record IN (SELECT record FROM looked_at)"
            )


def _twice(dataset: _Dataset, folder: Path) -> tuple[str, str]:
    """Write which ids of a dataset are there twice at once, with the code of that."""
    source, key = dataset.versions(folder), dataset.id_column
    if dataset.name == UNITS:
        return "two-holders", (
            f"SELECT a.unit FROM {source} a JOIN {source} b ON a.unit = b.unit AND a.bucket = b.bucket "
            "WHERE (a.holder, a.valid_from, a.known_from) < (b.holder, b.valid_from, b.known_from) "
            "AND (b.valid_to IS NULL OR a.valid_from < b.valid_to) AND (a.valid_to IS NULL OR b.valid_from < a.valid_to) "
            "AND (b.known_to IS NULL OR a.known_from < b.known_to) AND (a.known_to IS NULL OR b.known_from < a.known_to)"
        )
    return "known-twice", (
        f"SELECT {key} FROM (SELECT {key}, known_to, lead(known_from) OVER (PARTITION BY {key} ORDER BY known_from) AS next "
        f"FROM {source}) WHERE next IS NOT NULL AND (known_to IS NULL OR next < known_to)"
    )


def _filed_twice(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    all_datasets: list[_Dataset],
    folder: Path,
) -> list[_Dataset]:
    records = [d for d in all_datasets if d.record_type]
    if len(records) < 2 or not any(d.record_type for d in datasets):
        return datasets
    ids = " UNION ALL ".join(
        f"SELECT hash(record) AS id, {i} AS dataset FROM {d.whole(folder)}"
        for i, d in enumerate(records)
    )
    if any(d.files for d in datasets):
        ids = "SELECT hash(record) AS id, dataset FROM versions"
    engine.execute(
        f"CREATE TABLE filed_twice AS SELECT id FROM ({ids}) GROUP BY id HAVING min(dataset) != max(dataset)"
    )
    if not engine.execute("SELECT count(*) FROM filed_twice").fetchall()[0][0]:
        return datasets
    engine.execute("CREATE TABLE twice_records (record VARCHAR, type VARCHAR)")
    for d in records:
        engine.execute(
            f"INSERT INTO twice_records SELECT DISTINCT record, {quoted(d.record_type.id if d.record_type else '')} "
            f"FROM {d.whole(folder)} WHERE hash(record) IN (SELECT id FROM filed_twice)"
        )
    query = "SELECT record FROM twice_records GROUP BY record HAVING count(DISTINCT type) > 1"
    return [
        replace(d, checks=(*d.checks, *_found(engine, d, "record", "filed-twice", query)))
        if d.record_type
        else d
        for d in datasets
    ]


def _found(
    engine: duckdb.DuckDBPyConnection, dataset: _Dataset, column: str, code: str, query: str
) -> Iterator[Check]:
    """Make a check of the ids a query finds; none where it finds nothing."""
    table = name_of(f"{code} {dataset.name}")
    engine.execute(f"CREATE TABLE {table} AS SELECT DISTINCT {column} AS id FROM ({query})")
    if engine.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]:
        yield Check(column, code, f"coalesce({name_of(column)} IN (SELECT id FROM {table}), false)")


def _left(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    changed: list[_Dataset],
    admission: Admission,
    into: Path,
) -> None:
    """Put together the register without the refused rows: whole datasets by reference, the others rewritten."""
    into.mkdir(parents=True)
    (into / "register.json").write_text(admission.meta.to_json(), encoding="utf-8")
    for dataset in datasets:
        target = into / dataset.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if dataset not in changed:
            target.symlink_to((admission.folder / dataset.name).resolve(), target_is_directory=True)
            continue
        target.mkdir()
        wrong = " OR ".join(c.condition for c in dataset.checks)
        for file in sorted((admission.folder / dataset.name).glob("*.parquet")):
            engine.execute(
                f"COPY (SELECT * FROM read_parquet({quoted(file)}) WHERE NOT ({wrong})) "
                f"TO {quoted(target / file.name)} (FORMAT parquet, COMPRESSION zstd)"
            )
    admission.folder = into


def _orphans(
    engine: duckdb.DuckDBPyConnection,
    datasets: list[_Dataset],
    all_datasets: list[_Dataset],
    admission: Admission,
) -> None:
    """Note the rows looked at whose subject is registered nowhere."""
    folder, by_name = admission.folder, {d.name: d for d in all_datasets}
    found: list[tuple[int, int]] = []
    for table, column, about in (
        (ORGANISATIONS, "subject", "organisation"),
        (UNITS, "unit", "unit"),
    ):
        # one statement for all that is about the same: the ids of those registered are gathered once
        rows = " UNION ALL ".join(
            f"SELECT {at} AS dataset, subject FROM {d.source(folder)}"
            for at, d in enumerate(datasets)
            if d.record_type and d.record_type.about == about
        )
        there = (
            by_name[table].whole(folder)
            if table in by_name
            else f"(SELECT '' AS {column} WHERE false)"
        )
        if rows:
            sql = (
                f"SELECT dataset, count(*) FROM ({rows}) r ANTI JOIN {there} o ON r.subject = o.{column} "
                "GROUP BY dataset"
            )
            found += engine.execute(sql).fetchall()
    for at, orphans in sorted(found):
        name = datasets[at].name
        said = {"name": name, "found": orphans}
        place = Place(str(admission.named / name))
        admission.findings.append(
            finding("unknown-subject", place, severity=Severity.WARNING, **said)
        )


# --------------------------------------------------------------------------------------------------
# One look-up


def admit_one(folder: Path, types: Types, asked: str, into: Path) -> Admission:
    """Look at what is read to answer for one organisation, found by its id, else its identifier, else its whole name.

    The files and columns of the whole register are looked at, and by all checks the rows about the organisation, its identities and its
    units, whoever else holds them. `into` is a folder to copy these rows to: what is left of them is read. That a record's id stands for
    a filing about somebody else too is not seen here, for all records would have to be read.
    """
    admission = Admission(folder, Meta(0), folder)
    rows = into / "rows"
    with connect() as engine:
        datasets = _opened(engine, admission, types)
        if admission.refuses:
            return admission
        with _reading(admission.findings, Place(str(folder))):
            _copied(engine, {d.name: d for d in datasets}, folder, asked, rows)
            (rows / "register.json").write_text(admission.meta.to_json(), encoding="utf-8")
            admission.folder = rows
            copied = _opened(engine, admission, types)
            _rows(engine, copied, copied, admission, into / "left", _noted(admission))
    return admission


def _noted(admission: Admission) -> Callable[[Reason], object]:
    """Make findings of the reasons that are told; they point at the dataset, and say which row and value."""

    def note(reason: Reason) -> None:
        check = reason.check
        found = f"{reason.record or reason.subject}: {check.column} {reason.found}".strip()
        place = Place(str(admission.named / reason.dataset))
        admission.findings.append(
            finding(check.code, place, severity=Severity.WARNING, found=found, **dict(check.said))
        )

    return note


def _copied(
    engine: duckdb.DuckDBPyConnection,
    datasets: Mapping[str, _Dataset],
    folder: Path,
    asked: str,
    rows: Path,
) -> None:
    """Copy the rows that a look-up reads, datasets without such rows left out."""

    def ids(dataset: str, column: str, where: str) -> set[str]:
        if dataset not in datasets:
            return set()
        source = datasets[dataset].whole(folder)
        found = engine.execute(f"SELECT DISTINCT {column} FROM {source} WHERE {where}").fetchall()
        return {str(id_) for (id_,) in found if id_ is not None}

    same = {asked}
    while elders := ids(IDENTITIES, "elder", _among("younger", same)) - same:
        same |= elders
    text = quoted(asked)
    by_id = ids(ORGANISATIONS, "subject", _of(same))
    subjects = (
        by_id
        or ids(ORGANISATIONS, "subject", f"identifier = {text}")
        or ids(ORGANISATIONS, "subject", f"lower(name) = lower({text})")
    )
    subjects |= same
    units = ids(UNITS, "unit", _of(subjects, "holder", "holder_bucket"))
    wanted = {
        ORGANISATIONS: _of(subjects) if by_id else _among("subject", subjects),
        IDENTITIES: _among("younger", subjects),
        UNITS: f"{_of(units, 'unit')} OR {_of(subjects, 'holder', 'holder_bucket')}",
    }
    rows.mkdir(parents=True)
    for name, dataset in datasets.items():
        where = wanted.get(name, _of(subjects | units))
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE copied AS FROM {dataset.whole(folder)} WHERE {where}"
        )
        if engine.execute("SELECT count(*) FROM copied").fetchall()[0][0]:
            (rows / name).mkdir(parents=True)
            engine.execute(
                f"COPY copied TO {quoted(rows / name / '0000.parquet')} (FORMAT parquet)"
            )


def _among(column: str, ids: Iterable[str]) -> str:
    listed = ", ".join(quoted(id_) for id_ in sorted(ids))
    return f"{column} IN ({listed})" if listed else "false"


def _of(ids: Iterable[str], column: str = "subject", bucket: str = "bucket") -> str:
    """Write that a row is about one of some ids; its bucket tells an engine which rows need not be read."""
    buckets = ", ".join(str(b) for b in sorted({bucket_of(id_) for id_ in ids}))
    return f"({bucket} IN ({buckets}) AND {_among(column, ids)})" if buckets else "false"
