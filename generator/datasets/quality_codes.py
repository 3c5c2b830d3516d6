"""Quality codes, row by row: counted, and which rows are good.

In: a scan and the column of codes. Out: counts and a mask. Never: a row dropped for its code.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from generator.datasets.profile.scan import Scan
from generator.records.dataset_profile import QualityCount
from generator.spec.checks import QualitySpec

NO_CODE = "(no code)"


def read_codes(scan: Scan, spec: QualitySpec | None) -> tuple[tuple[QualityCount, ...], np.ndarray]:
    """Counts by code, the most frequent first, and a (rows,) mask of rows that are not good.

    Without a declared column there are no counts and the mask is empty.
    """
    if spec is None:
        return (), np.empty(0, dtype=bool)
    codes = format_codes(scan.read_column(spec.column)).rename("code")
    counted = codes.value_counts(name="rows").sort(["rows", "code"], descending=[True, False])
    counts = tuple(
        QualityCount(code=code, rows=rows, good=code in spec.good)
        for code, rows in counted.iter_rows()
    )
    return counts, ~mark_good_rows(codes, spec)


def mark_good_rows(codes: pl.Series, spec: QualitySpec) -> np.ndarray:
    """(rows,) bool: whether each row's code is one of the good ones."""
    return np.asarray(format_codes(codes).is_in(list(spec.good)).to_numpy())


def format_codes(codes: pl.Series) -> pl.Series:
    """Codes as text; whole numbers without a point, however they are stored."""
    if codes.dtype.is_float() and (codes.drop_nulls() % 1 == 0).all():
        codes = codes.cast(pl.Int64)
    return codes.cast(pl.String).fill_null(NO_CODE)
