"""What an answer covers: who files what it rests on, since when, when last, and what is overdue (FAIRNESS 12).

No record is not a clean record: an office that never filed anything leaves the same blank as an organisation that did nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Evaluation
from goodstanding.kernel.rules.guide import guide
from goodstanding.kernel.standing import Types


@dataclass(frozen=True, slots=True)
class Filed:
    """What one authority may file of what an answer reads, and what it has filed about the subject.

    `types` are ids of record types. `first` and `last` are the days of its first and last filing about the subject, None where it filed nothing
    or the register does not say on which day a position was given.
    """

    authority: str
    types: tuple[str, ...]
    records: int = 0
    first: int | None = None
    last: int | None = None


def coverage(
    programmes: Iterable[n.Programme],
    types: Types,
    versions: Iterable[Version],
    day_of: Callable[[int], int | None],
    known: int,
) -> tuple[Filed, ...]:
    """Say what answers by these programmes cover, for a subject with these versions of records (its own and of its units).

    `day_of` gives the day of a log position. Only what was known at `known` is counted; a record is counted once, whatever became of it.
    """
    files: dict[str, set[str]] = {}
    for read in sorted({name for p in programmes for name in guide(p).selections}):
        kinds = types.get(read, {})
        for authority in kinds[max(kinds)].filed_by if kinds else ():
            files.setdefault(authority, set()).add(read)
    filings: dict[str, list[Version]] = {}
    for version in versions:
        if version.known_from <= known:
            filings.setdefault(version.type, []).append(version)
    return tuple(
        _filed(authority, sorted(read), filings, day_of)
        for authority, read in sorted(files.items())
    )


def _filed(
    authority: str,
    read: Iterable[str],
    filings: Mapping[str, list[Version]],
    day_of: Callable[[int], int | None],
) -> Filed:
    own = [v for name in read for v in filings.get(name, ()) if _filer(v) in (None, authority)]
    if not own:
        return Filed(authority, tuple(read))
    positions = [v.known_from for v in own]
    return Filed(
        authority,
        tuple(read),
        len({v.record for v in own}),
        day_of(min(positions)),
        day_of(max(positions)),
    )


def _filer(version: Version) -> object:
    return version.values.get("authority")


def overdue(programme: n.Programme, evaluation: Evaluation) -> tuple[str, ...]:
    """Give the record types that were expected for past periods and are certainly missing."""
    found = []
    for indicator in programme.indicators:
        if isinstance(indicator.what, n.MissingPeriods):
            missing = evaluation.known[indicator.name]
            if isinstance(missing, tuple) and missing[0]:
                found.append(indicator.what.select.record)
    return tuple(dict.fromkeys(found))
