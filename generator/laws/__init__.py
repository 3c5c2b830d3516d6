"""Laws of physics that a dataset is held against: one file per law, one line here.

A law is one object, `LAW`, in its file: its words, the roles that columns play in it, and two
amounts that it says are equal. The manifest's keys follow from this list. Never: a column guessed
from its name, a judgement, a reader of tables.
"""

from __future__ import annotations

from importlib import import_module

from generator.laws.law import Law

FILES = (
    "heat_balance",
    "pump_affinity",
    "excess_air",
)
"""The file of each law, in the order in which they are listed."""


def _load_law(file: str) -> Law:
    law = import_module(f"{__name__}.{file}").LAW
    if not isinstance(law, Law):
        raise TypeError(f"{file}: LAW is {type(law).__name__}; a law is a {Law.__name__}")
    return law


LAWS: dict[str, Law] = {law.name: law for law in map(_load_law, FILES)}
