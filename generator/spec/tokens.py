"""What a report may state of a model's tokens: a kind, or how the window is cut into them.

In: plain values. Out: a frozen spec, or a kind. Which keys belong to which kind stands here once.
Never: a model asked; whether the statement fits its map is found when it runs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from generator.kinds import TokenKind
from generator.records.record import Record

PATCH_KEYS = ("length", "stride", "start")
"""The keys that only patches have; the first is needed."""
MOST_ROWS = 100_000


class TokensSpec(Record):
    """How a window is cut into tokens, and which tokens hold no reading."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"kind": {"const": "patches"}}},
            "then": {"required": ["length"]},
            "else": {"properties": dict.fromkeys(PATCH_KEYS, False)},
        }
    )

    kind: Literal["sensors", "timesteps", "patches"] = Field(examples=["patches"])
    length: int | None = Field(
        default=None, ge=1, le=MOST_ROWS, description="rows of one patch", examples=[8]
    )
    stride: int | None = Field(
        default=None,
        ge=1,
        le=MOST_ROWS,
        description="rows from one patch's first to the next one's; the length where left out",
    )
    start: int | None = Field(
        default=None,
        ge=-MOST_ROWS,
        le=MOST_ROWS,
        description="the first patch's first row; negative where the model pads before the window; "
        "may be left out where patches fill the window",
    )
    special: tuple[int, ...] = Field(
        default=(),
        max_length=1000,
        description="positions of tokens that hold no reading, such as [CLS]; -1 is the last",
    )

    @property
    def token_kind(self) -> TokenKind:
        """The kind of the tokens that are not special."""
        return TokenKind(self.kind)


def _choose_form(value: Any) -> str:
    """Which of the two forms a value has; anything that is no mapping is judged as a kind."""
    return "<mapping>" if isinstance(value, dict | TokensSpec) else "<kind>"


Tokens = Annotated[
    Annotated[TokenKind, Tag("<kind>")] | Annotated[TokensSpec, Tag("<mapping>")],
    Discriminator(_choose_form),
]
FORMS = frozenset({"<kind>", "<mapping>"})
"""Steps that a mistake's path has for the form of a value, and no key of the file has."""
