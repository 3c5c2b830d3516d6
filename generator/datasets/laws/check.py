"""Holds the checks of a dataset against its columns.

In: specs, a scan, the rows. Out: one LawCheck each. Never: a check left out in silence; one that
cannot be judged says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from generator.dataset_profile import LawCheck, LawState
from generator.datasets.clock import CLOCK_TOLERANCE
from generator.datasets.laws import LAWS
from generator.datasets.laws.law import Columns, Law
from generator.datasets.rows import Rows
from generator.datasets.scan import Scan
from generator.errors import InputError
from generator.manifest import Horizon
from generator.manifest.checks import CheckSpec

FEWEST = 30
"""Fewer rows or sums than this are not judged."""
MOSTLY = 0.9
"""The share of ratios that must lie within the bounds for the law to hold."""
NEAR_ZERO = 0.01
"""Calculated amounts below this share of their 99th percentile have no useful ratio."""


def checked(spec: CheckSpec, scan: Scan, rows: Rows) -> LawCheck:
    """One law held against the data: the ratio of reading to calculation, row by row or summed."""
    law = LAWS[spec.law]
    try:
        ratios = _ratios(law, spec, scan, rows)
    except InputError as error:
        return _record(law, spec, np.empty(0), str(error))
    few = f"{len(ratios)} could be compared; at least {FEWEST} are needed"
    return _record(law, spec, ratios, few if len(ratios) < FEWEST else "")


def _ratios(law: Law, spec: CheckSpec, scan: Scan, rows: Rows) -> np.ndarray:
    columns = dict(scan.numbers(list(dict.fromkeys(spec.columns.values()))))
    given: Columns = {role: columns[name] for role, name in spec.columns.items()}
    if spec.metered is not None:
        given = {**given, "metered": given[spec.metered]}
    if spec.over is not None:
        given = _summed(given, law.summed, _rows_in(spec.over, rows), rows)
    read, calculated = law.amounts(given, rows.held_from)
    known = ~(np.isnan(read) | np.isnan(calculated))
    size = np.abs(calculated[known])
    if not size.any():
        return np.empty(0)
    useful = size > NEAR_ZERO * np.quantile(size, 0.99)
    return np.asarray(read[known][useful] / calculated[known][useful])


def _rows_in(over: Horizon, rows: Rows) -> int:
    """How many rows are summed."""
    if over.rows is not None:
        return max(1, over.rows)
    if rows.step is None or over.seconds is None:
        raise InputError(f"over {over.words}: this data has no clock; give it in rows")
    count = round(over.seconds / rows.step)
    if count < 1 or abs(count * rows.step - over.seconds) > CLOCK_TOLERANCE * rows.step:
        raise InputError(f"over {over.words}: not a whole number of the data's steps")
    return count


def _summed(given: Columns, summed: Sequence[str], count: int, rows: Rows) -> Columns:
    """Sums over consecutive blocks of `count` rows of one group; other columns at their ends.

    A block with a missing amount, or one that the clock jumps in, is NaN.
    """
    edges = [0, *rows.starts.tolist(), rows.count]
    blocks = [np.arange(a, b - count + 1, count) for a, b in pairwise(edges)]
    firsts = np.concatenate(blocks).astype(np.int64)
    lasts = firsts + count - 1
    broken = np.zeros(len(firsts), dtype=bool)
    if rows.seconds is not None and rows.step is not None:
        lengths = rows.seconds[lasts] - rows.seconds[firsts]
        broken = np.abs(lengths - (count - 1) * rows.step) > CLOCK_TOLERANCE * rows.step
    return {
        role: np.where(broken, np.nan, _sums(x, firsts, count) if role in summed else x[lasts])
        for role, x in given.items()
    }


def _sums(values: np.ndarray, firsts: np.ndarray, count: int) -> np.ndarray:
    """(blocks,) sums; NaN where a block holds one."""
    return values[firsts[:, None] + np.arange(count)].sum(axis=1)  # type: ignore[no-any-return]


def _record(law: Law, spec: CheckSpec, ratios: np.ndarray, reason: str) -> LawCheck:
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
        state="not judged" if reason else _state(median, share, spec.within),
        reason=reason,
    )


def _state(median: float | None, share: float | None, within: float) -> LawState:
    if median is None or share is None or abs(median - 1) > within:
        return "does not hold"
    return "holds" if share >= MOSTLY else "partly"
