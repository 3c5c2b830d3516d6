"""Equal spans of a window, so that one can ask not only which sensors but when."""

from __future__ import annotations

import numpy as np


def span_edges(rows: int, count: int) -> np.ndarray:
    """(spans,) first row of each of at most `count` spans of (nearly) equal length."""
    spans = min(count, rows)
    return np.arange(spans, dtype=np.int64) * rows // spans


def span_rows(edges: np.ndarray, rows: int) -> list[tuple[int, int]]:
    """First and last row of each span, from the (spans,) first rows."""
    ends = [*edges[1:].tolist(), rows]
    return [(int(first), int(end) - 1) for first, end in zip(edges, ends, strict=True)]
