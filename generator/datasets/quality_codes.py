"""Quality codes, row by row: counted, and which rows are good.

In: the column of codes. Out: counts and a mask. Never: a row dropped for its code.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from generator.records.dataset_profile import QualityCount
from generator.spec.checks import QualitySpec

NO_CODE = "(no code)"


def count_codes(codes: pl.Series, spec: QualitySpec) -> tuple[QualityCount, ...]:
    """How many rows have each code, the most frequent first."""
    texts = format_codes(codes).rename("code")
    counts = texts.value_counts(name="rows").sort(["rows", "code"], descending=[True, False])
    return tuple(
        QualityCount(code=code, rows=rows, good=code in spec.good)
        for code, rows in counts.iter_rows()
    )


def mark_good_rows(codes: pl.Series, spec: QualitySpec) -> np.ndarray:
    """(rows,) bool: whether each row's code is one of the good ones."""
    return np.asarray(format_codes(codes).is_in(list(spec.good)).to_numpy())


def format_codes(codes: pl.Series) -> pl.Series:
    """Codes as text; whole numbers without a point, however they are stored."""
    if codes.dtype.is_float() and (codes.drop_nulls() % 1 == 0).all():
        codes = codes.cast(pl.Int64)
    return codes.cast(pl.String).fill_null(NO_CODE)
