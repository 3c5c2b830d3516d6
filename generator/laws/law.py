"""What a law is: its words, its source, and two amounts that it says are equal.

Never: a judgement; that is `datasets.profile.law_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

LawColumns = Mapping[str, np.ndarray]
"""Role to (rows,) float64 readings, NaN where missing."""


@dataclass(frozen=True)
class Law:
    """One law of physics.

    Attributes:
        name: as the manifest says it.
        title: as people say it.
        roles: what the manifest names a column for, in the order of the formula.
        formula: in plain signs.
        source: where the formula and its constants are from.
        amounts: from the columns and a (rows,) mask of held-out rows: (rows,) read and (rows,)
            calculated amounts; NaN where a row says nothing.
        summed: the roles that may be summed over a time; the others are then means over it,
            taken at its end. None where the law compares single rows.
        metered: the roles beside one of which a flow may be metered; the column of the one that
            the manifest says is handed on under the role `metered` too.
    """

    name: str
    title: str
    roles: tuple[str, ...]
    formula: str
    source: str
    amounts: Callable[[LawColumns, np.ndarray], tuple[np.ndarray, np.ndarray]]
    summed: tuple[str, ...] = ()
    metered: tuple[str, ...] = ()
