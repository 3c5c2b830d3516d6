"""How far an answer moves when one instrument misbehaves: sticks, drifts, drops out.

Says where a calibration matters to this model. In: windows. Out: one row per sensor.
Never: a claim about the plant, or that an instrument does misbehave.
"""

from __future__ import annotations

import numpy as np

from generator.claims.study import Study
from generator.effects.exchange import ExplainedWindows
from generator.effects.scalar import ExplainedScalar, evaluate_scalar
from generator.records import InstrumentRow

DRIFT = 0.01  # of the span between the 1st and 99th percentile in training
SPAN = (1, 99)


def list_instrument_rows(study: Study) -> tuple[InstrumentRow, ...]:
    """One row per sensor, in the model's order; windows of both halves in every column."""
    widths, windows = range_widths(study.pool.values), study.windows
    values = windows.values

    def measure(changed: np.ndarray) -> float | None:
        return measure_change(study.scalar, windows, changed)

    return tuple(
        InstrumentRow(
            sensor=name,
            exchanged=study.test(study.whole((name,))).overall,
            stuck=measure(freeze_sensor(values, at)),
            drifted=measure(shift_sensor(values, at, DRIFT * widths[at])),
            missing=measure(drop_sensor(values, at)),
        )
        for at, name in enumerate(study.question.model.sensors)
    )


def freeze_sensor(values: np.ndarray, column: int) -> np.ndarray:
    """(windows, time, sensors) with the sensor at its first known reading of each window."""
    readings = values[:, :, column]
    known = np.isfinite(readings)
    first = readings[np.arange(len(readings)), np.argmax(known, axis=1)]
    changed = values.copy()
    changed[:, :, column] = first[:, None]
    return changed


def shift_sensor(values: np.ndarray, column: int, by: float) -> np.ndarray:
    """(windows, time, sensors) with the sensor reading higher by so much, in its unit."""
    changed = values.copy()
    changed[:, :, column] += by
    return changed


def drop_sensor(values: np.ndarray, column: int) -> np.ndarray:
    """(windows, time, sensors) with the sensor without a reading."""
    changed = values.copy()
    changed[:, :, column] = np.nan
    return changed


def range_widths(training: np.ndarray) -> np.ndarray:
    """(sensors,) width of each sensor's usual range over (windows, time, sensors)."""
    flat = training.reshape(-1, training.shape[-1])
    low, high = np.nanpercentile(flat, SPAN, axis=0)
    return np.asarray(high - low)


def measure_change(
    scalar: ExplainedScalar, windows: ExplainedWindows, values: np.ndarray
) -> float | None:
    """Mean |change| of what is shown with other readings; None where it is no number.

    Args:
        scalar: the number explained.
        windows: the windows, with F of each.
        values: (windows, time, sensors) the readings they have instead.
    """
    after = evaluate_scalar(scalar, values, windows.pair)
    apart = np.abs(windows.before.shown - after.shown)
    return float(apart.mean()) if np.isfinite(apart).all() else None
