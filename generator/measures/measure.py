"""What a measure is: one object that carries its name, its words, its definition and its function.

Never: a list of measures; that is `catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from generator.kinds import MeasuredOf
from generator.measures.evidence import Evidence, MeasureValues, Missing

Family = Literal["attention", "rows", "vectors", "gradients", "series", "whole"]
"""What a measure's numbers are of: attention a key gets, a query's own row, lengths of vectors,
attention times gradient, batch rows of a sample, whole heads or layers."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing that is measured of attention.

    Attributes:
        name: as JSON has it.
        title: as a table has it.
        meaning: one plain sentence, with the unit.
        granularity: what one number belongs to.
        family: what the numbers are of; it says what they can tell apart (`identifiability`).
        formula: how they are computed, in symbols or words. A_ij is the attention of query i on
            key j, F the number to explain.
        source: paper and section, or "own definition".
        take: the numbers, or why there are none here.
    """

    name: str
    title: str
    meaning: str
    granularity: MeasuredOf
    family: Family
    formula: str
    source: str
    take: Callable[[Evidence], MeasureValues | Missing]
