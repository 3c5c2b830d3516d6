"""Quality codes and laws of physics that a dataset is held against.

In: plain values. Out: frozen specs. Which laws there are, and which columns each needs, is said
by `generator.laws`. Never: a column of the data looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from generator.laws import LAWS
from generator.records.record import Record
from generator.spec.horizon import HorizonText
from generator.spec.ids import Line

if TYPE_CHECKING:  # a type checker reads no list of laws
    LawName = str
    MeteredRole = str
else:
    LawName = Literal[tuple(LAWS)]
    MeteredRole = Literal[tuple(dict.fromkeys(r for law in LAWS.values() for r in law.metered))]


def _parse_code(value: object) -> str:
    """A code as text: `0` and `"0"` are one code."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be a whole number or text, as the quality column holds it")
    return str(value)


Code = Annotated[
    Line,
    BeforeValidator(_parse_code),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 200}]}),
]


class QualitySpec(Record):
    """The column of quality codes, and the codes of good readings."""

    column: Line = Field(examples=["quality"])
    good: tuple[Code, ...] = Field(min_length=1, max_length=100, examples=[[0]])


class CheckSpec(Record):
    """One law, and the column that stands for each role of its formula, by the role's name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Line]

    law: LawName = Field(examples=["excess-air"])
    over: HorizonText | None = Field(
        default=None,
        description="for temperatures that are means over so long: amounts are summed over it",
    )
    metered: MeteredRole | None = Field(
        default=None, description="where a heat balance's flow is metered; the return if not said"
    )
    within: float = Field(
        gt=0, le=1, description="how far from 1 the ratio may lie", examples=[0.03]
    )

    @property
    def columns(self) -> dict[str, str]:
        """Role to column, in the order of the law's formula."""
        given = self.__pydantic_extra__ or {}
        return {role: given[role] for role in LAWS[self.law].roles if role in given}
