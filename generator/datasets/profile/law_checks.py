"""Holds the checks of a dataset against its columns.

In: specs, a scan, the rows. Out: one LawCheck each. Never: a check left out in silence; one that
cannot be judged says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from generator.datasets.clock import CLOCK_TOLERANCE
from generator.datasets.profile.rows import DatasetRows
from generator.datasets.profile.scan import Scan
from generator.errors import InputError
from generator.laws import LAWS
from generator.laws.law import Law, LawColumns
from generator.records.dataset_profile import LawCheck, LawState
from generator.spec.checks import CheckSpec
from generator.spec.horizon import Horizon

FEWEST = 30
"""Fewer rows or sums than this are not judged."""
MOSTLY = 0.9
"""The share of ratios that must lie within the bounds for the law to hold."""
NEAR_ZERO = 0.01
"""Calculated amounts below this share of their 99th percentile have no useful ratio."""


def check_law(spec: CheckSpec, scan: Scan, rows: DatasetRows) -> LawCheck:
    """One law held against the data: the ratio of reading to calculation, row by row or summed."""
    law = LAWS[spec.law]
    try:
        ratios = _compute_ratios(law, spec, scan, rows)
    except InputError as error:
        return _make_law_check(law, spec, np.empty(0), str(error))
    few = f"{len(ratios)} could be compared; at least {FEWEST} are needed"
    return _make_law_check(law, spec, ratios, few if len(ratios) < FEWEST else "")


def _compute_ratios(law: Law, spec: CheckSpec, scan: Scan, rows: DatasetRows) -> np.ndarray:
    columns = dict(scan.read_numbers(list(dict.fromkeys(spec.columns.values()))))
    given: LawColumns = {role: columns[name] for role, name in spec.columns.items()}
    if spec.metered is not None:
        given = {**given, "metered": given[spec.metered]}
    held = rows.mark_held_out()
    if spec.over is not None:
        firsts, lasts = _cut_stretches(_count_rows(spec.over, rows), rows)
        given, held = _sum_stretches(given, law.summed, firsts, lasts, rows), held[lasts]
    read, calculated = law.amounts(given, held)
    known = ~(np.isnan(read) | np.isnan(calculated))
    size = np.abs(calculated[known])
    if not size.any():
        return np.empty(0)
    useful = size > NEAR_ZERO * np.quantile(size, 0.99)
    return np.asarray(read[known][useful] / calculated[known][useful])


def _count_rows(over: Horizon, rows: DatasetRows) -> int:
    """How many rows are summed."""
    if over.rows is not None:
        return max(1, over.rows)
    if rows.clock is None or over.seconds is None:
        raise InputError(f"over {over.words}: this data has no clock; give it in rows")
    step = rows.clock.step
    count = round(over.seconds / step)
    if count < 1 or abs(count * step - over.seconds) > CLOCK_TOLERANCE * step:
        raise InputError(f"over {over.words}: not a whole number of the data's steps")
    return count


def _cut_stretches(count: int, rows: DatasetRows) -> tuple[np.ndarray, np.ndarray]:
    """First and last row of consecutive stretches of `count` rows of one group."""
    edges = [0, *rows.starts.tolist(), rows.count]
    firsts = [np.arange(a, b - count + 1, count) for a, b in pairwise(edges)]
    found = np.concatenate(firsts).astype(np.int64)
    return found, found + count - 1


def _sum_stretches(
    given: LawColumns,
    summed: Sequence[str],
    firsts: np.ndarray,
    lasts: np.ndarray,
    rows: DatasetRows,
) -> LawColumns:
    """Sums over stretches of rows; other columns at the stretches' ends.

    A stretch with a missing amount, or one that the clock jumps in, is NaN.
    """
    broken = np.zeros(len(firsts), dtype=bool)
    if rows.clock:
        lengths = rows.clock.seconds[lasts] - rows.clock.seconds[firsts]
        even = (lasts - firsts) * rows.clock.step
        broken = np.abs(lengths - even) > CLOCK_TOLERANCE * rows.clock.step
    return {
        role: np.where(broken, np.nan, _sum_rows(x, firsts, lasts) if role in summed else x[lasts])
        for role, x in given.items()
    }


def _sum_rows(values: np.ndarray, firsts: np.ndarray, lasts: np.ndarray) -> np.ndarray:
    """(stretches,) sums of stretches of equal length; NaN where one holds a NaN."""
    steps = np.arange(lasts[0] - firsts[0] + 1) if len(firsts) else np.empty(0, dtype=np.int64)
    return values[firsts[:, None] + steps].sum(axis=1)  # type: ignore[no-any-return]


def _make_law_check(law: Law, spec: CheckSpec, ratios: np.ndarray, reason: str) -> LawCheck:
    median = float(np.median(ratios)) if len(ratios) else None
    share = float((np.abs(ratios - 1) <= spec.within).mean()) if len(ratios) else None
    return LawCheck(
        law=law.name,
        title=law.title,
        formula=law.formula,
        source=law.source,
        columns=spec.columns,
        over=spec.over.words if spec.over else "",
        within=spec.within,
        judged=len(ratios),
        median_ratio=median,
        share_within=share,
        state="not judged" if reason else _judge_ratios(median, share, spec.within),
        reason=reason,
    )


def _judge_ratios(median: float | None, share: float | None, within: float) -> LawState:
    if median is None or share is None or abs(median - 1) > within:
        return "does not hold"
    return "holds" if share >= MOSTLY else "partly"
