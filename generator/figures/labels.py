"""Which names stand beside an axis, and how short: names and room in, shown names out.

A shown name is always the right one for its place. Never: two places with the same short name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from generator.figures.paper import LABEL_SIZE
from generator.render import cut_middle, make_inert

LONGEST = 25
STEPS = (1, 2, 5)
CHARACTER = 0.6 * LABEL_SIZE / 72  # inches
CLOSEST = 1.5 * LABEL_SIZE / 72  # inches from one line to the next


@dataclass(frozen=True)
class AxisLabels:
    """The places that are labelled, and their labels."""

    places: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def longest(self) -> int:
        """Characters of the longest label; 0 when there is none."""
        return max((len(name) for name in self.names), default=0)


def choose_labels(names: Sequence[str], room: int) -> AxisLabels:
    """Every name where `room` labels are enough, else every 2nd, 5th, 10th, 20th, ..."""
    places = tuple(range(0, len(names), label_step(len(names), max(room, 1))))
    return AxisLabels(places, tuple(shorten_names([names[place] for place in places], places)))


def label_step(count: int, room: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... that leaves at most `room` of `count`."""
    scale = 1
    while True:
        for base in STEPS:
            if -(-count // (base * scale)) <= room:
                return base * scale
        scale *= 10


def shorten_names(names: Sequence[str], places: Sequence[int]) -> list[str]:
    """Harmless one-line names of bounded length; equal ones are told apart by their place."""
    cut = [cut_middle(make_inert(name[:1000]).strip() or "(no name)", LONGEST) for name in names]
    return [
        f"{name} #{place}" if cut.count(name) > 1 else name
        for name, place in zip(cut, places, strict=True)
    ]


def label_rows(axes: Axes, names: Sequence[str], inches: float) -> None:
    """Names down the y axis, one per integer from 0, as many as the height takes."""
    rows = choose_row_labels(names, inches)
    axes.set_yticks(rows.places, rows.names)


def choose_row_labels(names: Sequence[str], inches: float) -> AxisLabels:
    """Every name where a line each is there, else fewer with air between them."""
    lines = int(inches / CLOSEST)
    return choose_labels(names, lines if len(names) <= lines else lines // 2)


def label_columns(axes: Axes, names: Sequence[str], inches: float) -> None:
    """Names along the x axis: slanted where all fit only so, else level and fewer."""
    slanted = choose_labels(names, int(inches / (1.8 * LABEL_SIZE / 72)))
    room = int(inches / (slanted.longest * CHARACTER + 0.25))
    if room < len(names) == len(slanted.places):
        axes.set_xticks(slanted.places, slanted.names, rotation=40, ha="right",
                        rotation_mode="anchor")  # fmt: skip
        return
    level = choose_labels(names, room)
    axes.set_xticks(level.places, level.names)
