"""One attention map as a browser decodes it: numbers in steps, packed into text.

In: a (queries, keys) map. Out: MapRecord, and JSON that is safe inside a page or a script.
Never: a map with NaN, infinite or negative weights; an error larger than the record states.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from generator.figures.layout import Bars
from generator.records import Record
from generator.render import make_inert

FINE, COARSE = 65535, 255
FINE_POSITIONS = 128
"""Maps up to this size always have fine levels."""
COARSE_ERROR = 0.1
"""Larger maps have coarse levels where the rounding error is at most this share of 1/keys."""


class DrawnLinks(Record):
    """The links of one map that figures draw, at most 200, as they were chosen for its pictures."""

    order: tuple[int, ...]
    """Each link as query * keys + key, the strongest first."""
    words: str
    """What is said of them."""
    bars: tuple[Bars, Bars]
    """The two sides of the flow: queries, keys."""
    strong: int
    """How many of them, from the first on, are at least uniform attention."""
    strong_words: str


class MapRecord(Record):
    """One map for display: weight = q / levels * max, q in `data` (base64 of zlib bytes).

    q is little-endian uint16 where levels is 65535, uint8 where it is 255, row by row.
    """

    map: str
    shape: tuple[int, int]
    levels: int
    max: float
    data: str
    labels: tuple[str, ...] = ()
    links: DrawnLinks | None = None
    """None where rows and columns are not queries and keys."""

    def to_document(self) -> dict[str, object]:
        """The record as JSON holds it; without links where it has none."""
        return self.model_dump(mode="json", exclude=None if self.links else {"links"})

    @property
    def error(self) -> float:
        """The largest difference between a shown and an exact weight."""
        return self.max / self.levels / 2


def to_script_json(value: object) -> Markup:
    """JSON in ASCII that neither HTML nor JavaScript can read as anything else."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no character of HTML is left


def choose_levels(matrix: np.ndarray) -> int:
    """Fine levels; coarse ones for a large (queries, keys) map that loses nothing one could see."""
    coarse = float(matrix.max(initial=0.0)) / COARSE / 2 <= COARSE_ERROR / max(1, matrix.shape[1])
    return COARSE if max(matrix.shape) > FINE_POSITIONS and coarse else FINE


def deflate(packed: bytes) -> bytes:
    """Zlib bytes, the smaller of two quick ways: run lengths suit peaked maps, matches smooth ones.

    Level 9 takes some forty times as long for a large peaked map, and is larger.
    """
    runs = zlib.compressobj(strategy=zlib.Z_RLE)
    return min(runs.compress(packed) + runs.flush(), zlib.compress(packed, 4), key=len)


def encode_map(name: str, matrix: np.ndarray, labels: Sequence[str] = ()) -> MapRecord:
    """A (queries, keys) map for display; ValueError for NaN, infinite or negative weights."""
    exact = np.asarray(matrix, dtype=np.float64)
    if exact.ndim != 2 or not np.isfinite(exact).all() or (exact < 0).any():
        raise ValueError(f"map {name}: weights must be a finite, non-negative (queries, keys) map")
    levels, most = choose_levels(exact), float(exact.max(initial=0.0))
    steps = np.rint(exact / (most or 1.0) * levels)
    packed = steps.astype("<u2" if levels == FINE else "u1").tobytes()
    return MapRecord(
        map=name,
        shape=(exact.shape[0], exact.shape[1]),
        levels=levels,
        max=most,
        data=base64.b64encode(deflate(packed)).decode("ascii"),
        labels=tuple(make_inert(label) for label in labels),
    )
