"""The lines of a comparison's inline drawing as numbers; the template draws them.

In: shared positions with their figures in both models. Out: coordinates in a box 360 wide, so that
words keep their size on a phone. Never: a colour, a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.records.comparison import ComparedPosition
from generator.render import cut_middle

MOST_ROWS = 16
"""More positions than this are drawn as two profiles in place of lines between ranks."""
WIDTH = 360
ROW, HEAD, FOOT = 26, 40, 6
LONGEST = 16
"""Characters of a name; the tables hold it whole."""
FAR = 3
"""A line that moves so many ranks or more stands out."""
PLOT_TOP, PLOT_BOTTOM, PLOT_LEFT, PLOT_RIGHT = 12, 172, 46, 352
ROOM = 1.08


@dataclass(frozen=True)
class SlopeLine:
    """One position: where its line starts and ends."""

    position: ComparedPosition
    short: str
    start: int
    end: int
    far: bool


@dataclass(frozen=True)
class Slope:
    """Ranks of a on the left, of b on the right, a line between."""

    lines: tuple[SlopeLine, ...]
    width: int
    height: int


@dataclass(frozen=True)
class Profile:
    """Times an even share along the positions, for both models."""

    a: str
    b: str
    """Points of a polyline."""
    even: float
    top: float
    first: str
    last: str


def make_slope(positions: Sequence[ComparedPosition]) -> Slope:
    """A line per position, in the order given."""
    lines = tuple(
        SlopeLine(
            position=position,
            short=cut_middle(position.name, LONGEST),
            start=HEAD + ROW * (position.rank_a - 1) + ROW // 2,
            end=HEAD + ROW * (position.rank_b - 1) + ROW // 2,
            far=abs(position.rank_change) >= FAR,
        )
        for position in positions
    )
    return Slope(lines, WIDTH, HEAD + ROW * len(lines) + FOOT)


def make_profile(positions: Sequence[ComparedPosition]) -> Profile:
    """Both models' lift, left to right in the order of positions, under one scale from 0."""
    a, b = [p.lift_a for p in positions], [p.lift_b for p in positions]
    top = max([1.0, *a, *b]) * ROOM
    return Profile(
        a=_format_points(a, top),
        b=_format_points(b, top),
        even=_height(1.0, top),
        top=top / ROOM,
        first=positions[0].name,
        last=positions[-1].name,
    )


def _format_points(values: Sequence[float], top: float) -> str:
    step = (PLOT_RIGHT - PLOT_LEFT) / max(len(values) - 1, 1)
    return " ".join(
        f"{PLOT_LEFT + step * at:.1f},{_height(value, top):.1f}" for at, value in enumerate(values)
    )


def _height(value: float, top: float) -> float:
    return PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * value / top
