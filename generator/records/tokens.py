"""What each token of a map holds of the window that the model reads.

In: rows and sensors by their place. Out: frozen records, as they lie in the store. Never: a label
of a row (that is the dataset's), a score, a sensor for a token that holds none.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from generator.kinds import SpecialToken, TokenKind
from generator.records.record import Record

RowRange = tuple[int, int]
"""First and last row, both included, counted from the window's start."""


class TokenSpan(Record):
    """What one token holds: some rows of some sensors; a special token holds none.

    Attributes:
        rows: the stretches of rows it holds, oldest first and apart from each other.
        sensors: the places of the sensors it holds, in the model's order; None where it holds
            all of them, or where its map is the mean over all of them.
        special: what a token without rows is for; None where it has rows.
        called: its own name where rows and sensors do not give it one; '' where they do.
    """

    rows: tuple[RowRange, ...] = ()
    sensors: tuple[int, ...] | None = None
    special: SpecialToken | None = None
    called: str = ""

    @model_validator(mode="after")
    def _check_rows_or_special(self) -> Self:
        if bool(self.rows) == (self.special is not None):
            raise ValueError("a token holds rows, or is special and holds none")
        if self.special is not None and not self.called:
            raise ValueError("a special token has a name of its own")
        if any(first < 0 or first > last for first, last in self.rows):
            raise ValueError(
                f"stretches must be (first, last) with 0 <= first <= last: {self.rows}"
            )
        if any(later[0] <= earlier[1] + 1 for earlier, later in pairwise(self.rows)):
            raise ValueError(f"stretches must be in order and apart from each other: {self.rows}")
        if self.sensors is not None and len(set(self.sensors)) != max(len(self.sensors), 1):
            raise ValueError(f"a token holds each of its sensors once, and one at least: {self}")
        return self

    @property
    def count(self) -> int:
        """How many rows it holds."""
        return sum(last - first + 1 for first, last in self.rows)


class TokenCoverage(Record):
    """What the tokens of a map hold, in the order of its keys.

    Attributes:
        kind: what a token that is not special stands for.
        window: how many rows the model reads.
        sensors: the names of the columns it reads, in its order.
        tokens: one per key.
        note: what a reader must know besides, such as that a layer before mixed the steps.
    """

    kind: TokenKind
    window: int = Field(ge=1)
    sensors: tuple[str, ...] = Field(min_length=1)
    tokens: tuple[TokenSpan, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        for token in self.tokens:
            if token.rows and token.rows[-1][1] >= self.window:
                raise ValueError(f"a token holds rows {token.rows}; the window has {self.window}")
            if any(not 0 <= place < len(self.sensors) for place in token.sensors or ()):
                raise ValueError(f"a token holds sensors {token.sensors} of {len(self.sensors)}")
        return self

    @property
    def special(self) -> tuple[int, ...]:
        """The positions of tokens that hold no reading."""
        return tuple(at for at, token in enumerate(self.tokens) if token.special is not None)

    @property
    def unread(self) -> int:
        """Leading rows of the window that no token holds."""
        held = [token.rows[0][0] for token in self.tokens if token.rows]
        return min(held, default=self.window)

    @property
    def tells_sensors_apart(self) -> bool:
        """Whether every token that is not special holds exactly one sensor."""
        return all(self.find_sensor(token) is not None for token in self.tokens if token.rows)

    def find_sensor(self, token: TokenSpan) -> int | None:
        """The place of the one sensor that a token holds; None where there is no such one."""
        if token.special is not None:
            return None
        held = range(len(self.sensors)) if token.sensors is None else token.sensors
        return held[0] if len(held) == 1 else None
