"""DECIDES. Pure: no file, database, network, clock, randomness or float; the standard library only.

`ORDER` is the order in which to read the room: a module imports only modules above it.
"""

ORDER = (
    "finding",
    "carrier",
    "days",
    "quantity",
    "record",
    "rules",
    "rules/nodes",
    "rules/walk",
    "identity",
    "facts",
    "catalogue",
    "rules/windows",
    "rules/meaning",
    "rules/aggregate",
    "rules/levels",
    "rules/evaluate",
    "rules/say",
    "rules/explain",
    "standing",
    "forecast",
    "measures",
    "telling",
    "rules/expression",
)
