"""Work out something about a programme once, and keep it with the programme object.

Hashing or comparing a whole law costs more than judging by it, so results are kept by identity; the object is held
as long as its result, so that no other object can take its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")

# Random laws come by the thousand; what is kept of them is dropped all at once.
_KEPT_MAX = 512


def once(work_out: Callable[[_Thing], _Result]) -> Callable[[_Thing], _Result]:
    """Keep the result of a pure function of one frozen object, by the object's identity."""
    kept: dict[int, tuple[_Thing, _Result]] = {}

    def look(thing: _Thing) -> _Result:
        found = kept.get(id(thing))
        if found is None:
            if len(kept) >= _KEPT_MAX:
                kept.clear()
            found = kept[id(thing)] = (thing, work_out(thing))
        return found[1]

    return look
