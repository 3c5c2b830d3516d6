"""Plant readings in, standardised windows out.

In: an array or a polars frame in engineering units. Out: float32 (window, time, sensor).
Never: a look outside the window: a gap is filled from the same window or from the training mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import torch

from generator.errors import InputError
from generator.models.sensor_config import SensorContract
from generator.words import quote_text

LARGEST_INPUT = 1e30


def standardise_windows(config: SensorContract, sensor_data: Any) -> torch.Tensor:
    """Readings as the model sees them.

    Args:
        config: sensors, window length and scaling.
        sensor_data: (time, sensor), (window, time, sensor), or a polars frame with the sensors'
            columns in any order. NaN, null and infinite readings are gaps.

    Returns:
        float32 tensor (window, time, sensor), (reading - mean) / scale.

    Raises:
        ValueError: a column is missing, or the sensors or samples are not as many as the model's.
        InputError: a reading is too large for the model's numbers.

    """
    readings = _to_windows(config, sensor_data)
    scaled = (_take_logs(config, readings) - _scaling_values(config, "mean")) / _scaling_values(
        config, "scale"
    )
    _refuse_beyond(config, scaled)
    return torch.from_numpy(hold_last_good(scaled).astype(np.float32))


def _refuse_beyond(config: SensorContract, scaled: np.ndarray) -> None:
    """Beyond a 32-bit number a reading would turn into an infinity: no gap, and no reading."""
    beyond = np.abs(scaled) > LARGEST_INPUT
    if beyond.any():
        name = config.sensors[int(np.flatnonzero(beyond.any(axis=(0, 1)))[0])]
        raise InputError(
            f"sensor {quote_text(name)}: a reading lies too far from the mean in the scaling of "
            f"the model (scale {config.scaling[name].scale:g}); mend one of the two"
        )


def hold_last_good(scaled: np.ndarray) -> np.ndarray:
    """Gaps in (window, time, sensor) hold the last good value; leading gaps become 0, the mean."""
    good = np.isfinite(scaled)
    if good.all():
        return scaled
    steps = np.arange(scaled.shape[1])[None, :, None]
    last = np.maximum.accumulate(np.where(good, steps, -1), axis=1)
    held = np.take_along_axis(scaled, np.maximum(last, 0), axis=1)
    return np.where(last >= 0, held, 0.0)


def _to_windows(config: SensorContract, sensor_data: Any) -> np.ndarray:
    if isinstance(sensor_data, pl.DataFrame):
        sensor_data = _select_columns(config, sensor_data)
    readings = np.asarray(sensor_data, dtype=np.float64)
    if readings.ndim not in (2, 3):
        raise ValueError(
            f"sensor data must be (time, sensor) or (window, time, sensor), "
            f"found {readings.ndim} axes"
        )
    windows = readings[None] if readings.ndim == 2 else readings
    _check_counts(config, windows.shape[1], windows.shape[2])
    return windows


def _select_columns(config: SensorContract, frame: pl.DataFrame) -> np.ndarray:
    missing = [name for name in config.sensors if name not in frame.columns]
    if missing:
        raise ValueError(
            f"the frame has no column {', '.join(missing)}; "
            f"the model reads {', '.join(config.sensors)}"
        )
    return frame.select(pl.col(config.sensors).cast(pl.Float64)).to_numpy()


def _check_counts(config: SensorContract, samples: int, sensors: int) -> None:
    if sensors != len(config.sensors):
        raise ValueError(
            f"sensor data has {sensors} sensors, the model reads {len(config.sensors)}: "
            f"{', '.join(config.sensors)}"
        )
    if samples != config.window:
        raise ValueError(
            f"sensor data has {samples} samples, the model's window is {config.window}"
        )


def _take_logs(config: SensorContract, readings: np.ndarray) -> np.ndarray:
    """Readings, logarithmic sensors as ln(1 + max(reading, 0)); infinities become NaN."""
    finite = np.where(np.isfinite(readings), readings, np.nan)
    logged = [at for at, name in enumerate(config.sensors) if config.scaling[name].log]
    if logged:
        finite[:, :, logged] = np.log1p(np.maximum(finite[:, :, logged], 0.0))
    return finite


def _scaling_values(config: SensorContract, field: str) -> np.ndarray:
    return np.array([getattr(config.scaling[name], field) for name in config.sensors])
