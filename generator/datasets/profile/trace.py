"""A long column as a few hundred buckets: lowest, mean, highest, and the share missing.

In: a column. Out: a Trace that a picture is drawn from. Never: a reading left out; every row lies
in exactly one bucket, so no peak is lost.
"""

from __future__ import annotations

import numpy as np

from generator.records.dataset_profile import Trace

BUCKETS = 400
DIGITS = 6


def choose_bucket_rows(rows: int, most: int = BUCKETS) -> np.ndarray:
    """(buckets,) first row of each of at most `most` buckets of (nearly) equal size."""
    count = min(most, rows)
    return np.arange(count, dtype=np.int64) * rows // count


def trace_column(column: np.ndarray, starts: np.ndarray) -> Trace:
    """The (rows,) column in the buckets that begin at `starts`; NaN is missing."""
    sizes = np.diff([*starts, len(column)])
    known = ~np.isnan(column)
    counts = np.add.reduceat(known, starts, dtype=np.int64)
    sums = np.add.reduceat(np.where(known, column, 0.0), starts)
    return Trace(
        low=_to_floats(np.fmin.reduceat(column, starts)),
        mean=_to_floats(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)),
        high=_to_floats(np.fmax.reduceat(column, starts)),
        missing=tuple(float(f"{x:.{DIGITS}g}") for x in 1 - counts / sizes),
    )


def _to_floats(values: np.ndarray) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(x) else float(f"{x:.{DIGITS}g}") for x in values)
