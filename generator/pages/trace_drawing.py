"""A sensor's trace as the shapes of a small drawing: a band, lines, marks.

In: a Trace and where its buckets lie. Out: a Picture in whole drawing units, one unit across for
each bucket. Never: a colour or a word; the sheet and the template have those.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from generator.records.dataset_profile import ProfileFacts, SensorProfile

HEIGHT = 1000
MARGIN = 70
"""Left free above the highest and below the lowest reading."""
MISSING = 50
"""Height of the bars at the bottom that say where readings are missing."""


@dataclass(frozen=True)
class Picture:
    """What the template draws; lengths in drawing units."""

    width: int
    height: int
    band: str
    """Path of the area between lowest and highest reading."""
    line: str
    """Path of the means."""
    missing: tuple[tuple[str, str], ...]
    """(opacity, path) of the stretches of buckets where something is missing, paler ones first.

    Stretches of one opacity are one path: a shape of its own for each of thousands would be most
    of a page, and most of the time it takes to build and to check it.
    """
    borders: tuple[float, ...]
    """Where a group begins."""
    held_out: tuple[tuple[float, float], ...]
    """(from, width) of each held-out stretch."""


def make_picture(facts: ProfileFacts, found: SensorProfile) -> Picture:
    """The picture of one sensor."""
    trace, width = found.trace, len(facts.bucket_rows)
    low, high = (found.low or 0.0), (found.high or 0.0)
    heights = _Heights(low, high)
    whole = [*facts.bucket_rows, facts.rows]
    return Picture(
        width=width,
        height=HEIGHT,
        band="".join(_draw_areas(trace.low, trace.high, heights)),
        line="".join(_draw_lines(trace.mean, heights)),
        missing=_draw_missing(trace.missing),
        borders=tuple(_place_row(whole, row) for row in facts.group_rows),
        held_out=tuple(_place_stretch(whole, *rows) for rows in facts.held_out),
    )


class _Heights:
    """Readings to heights: the highest on top, as drawings count downwards."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.span = low, high - low

    def of(self, value: float) -> int:
        """The height of a reading; the middle where all are one."""
        share = (value - self.low) / self.span if self.span > 0 else 0.5
        return round(HEIGHT - MARGIN - min(max(share, 0.0), 1.0) * (HEIGHT - 2 * MARGIN))


def _find_stretches(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """Stretches of buckets with a value."""
    for known, items in groupby(enumerate(values), key=lambda item: item[1] is not None):
        if known:
            yield [(at, value) for at, value in items if value is not None]


def _draw_lines(values: Sequence[float | None], heights: _Heights) -> Iterator[str]:
    for stretch in _find_stretches(values):
        points = [f"{at + 0.5:g} {heights.of(value)}" for at, value in stretch]
        last = f"{stretch[-1][0] + 0.5:g}"
        yield f"M{points[0]}" + "".join(f"L{point}" for point in points[1:])
        yield f"L{last} {heights.of(stretch[-1][1])}" if len(points) == 1 else ""


def _draw_areas(
    low: Sequence[float | None], high: Sequence[float | None], heights: _Heights
) -> Iterator[str]:
    for stretch in _find_stretches(high):
        first, last = stretch[0][0], stretch[-1][0]
        top = "".join(f"V{heights.of(value)}H{at + 1}" for at, value in stretch)
        under = [(at, value) for at, value in enumerate(low) if first <= at <= last]
        back = "".join(
            f"V{heights.of(value)}H{at}" for at, value in reversed(under) if value is not None
        )
        yield f"M{first} {heights.of(stretch[0][1])}{top}{back}Z"


def _find_missing(shares: Sequence[float]) -> Iterator[tuple[int, int, float]]:
    at = 0
    for share, items in groupby(shares):
        width = len(list(items))
        if share > 0:
            yield at, width, share
        at += width


def _draw_missing(shares: Sequence[float]) -> tuple[tuple[str, str], ...]:
    paths: dict[str, str] = {}
    for at, width, share in _find_missing(shares):
        opacity = f"{0.3 + 0.7 * share:.2f}"
        bar = f"M{at} {HEIGHT - MISSING}h{width}v{MISSING}h-{width}z"
        paths[opacity] = paths.get(opacity, "") + bar
    return tuple(sorted(paths.items()))


def _place_stretch(starts: Sequence[int], first: int, last: int) -> tuple[float, float]:
    """Where rows [first, last) begin in the picture, and how wide they are."""
    begin = _place_row(starts, first)
    return begin, round(_place_row(starts, last) - begin, 2)


def _place_row(starts: Sequence[int], row: int) -> float:
    """How far along the picture a row lies, within its bucket."""
    if row >= starts[-1]:
        return float(len(starts) - 1)
    bucket = bisect_right(starts, row) - 1
    size = starts[bucket + 1] - starts[bucket]
    return round(bucket + (row - starts[bucket]) / size, 2)
