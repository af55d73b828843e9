"""Every check that needs the whole law, in order."""

from __future__ import annotations

from collections.abc import Sequence

from goodstanding.kernel.rules.check_cases import Programmes, check_cases, check_coverage
from goodstanding.kernel.rules.check_names import (
    check_adoptions,
    check_authorities,
    check_instruments,
    check_settings,
    check_types,
)
from goodstanding.kernel.rules.check_programmes import (
    check_in_force,
    check_readable,
    check_unused,
    check_versions,
)
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.library import Library


def check(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    """Run every check of the whole law, adding findings."""
    check_instruments(library)
    check_authorities(library)
    for types in library.types.values():
        check_types(library, types)
    check_settings(library, tuple(programmes))
    check_adoptions(library, tuple(programmes))
    for versions in programmes.values():
        check_versions(library, versions)
        for programme in versions:
            check_in_force(library, programme)
            check_unused(library, programme)
            check_readable(library, programme)
    check_cases(library, programmes, cases)
    if cases:  # a law read without its cases is not asked for them
        check_coverage(library, programmes, cases)
