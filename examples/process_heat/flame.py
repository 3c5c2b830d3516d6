"""A real burner's flue gas: the flame table, averaged over imperfectly mixed fuel and air.

In: air ratio, combustion air temperature and load, one value per sample. Out: furnace-exit
temperature, dry O2, CO and NOx. Reads data/flame.parquet; never needs cantera, never lags.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from scipy.interpolate import RegularGridInterpolator

TABLE = Path(__file__).parent / "data" / "flame.parquet"
AXES = ("lam", "air_k", "load")
PPM = 1e6
MIXING_POINTS = 15


@dataclass(frozen=True)
class FlueGas:
    """Flue gas leaving the furnace, one value per sample; fractions are dry.

    Attributes:
        exit_c: temperature in degC; oxygen: vol %; co_ppm, nox_ppm: ppmv.

    """

    exit_c: np.ndarray
    oxygen: np.ndarray
    co_ppm: np.ndarray
    nox_ppm: np.ndarray


def flue_gas(lam: np.ndarray, air_k: np.ndarray, load: np.ndarray) -> FlueGas:
    """Flue gas of a burner whose local air ratio is spread normally about `lam`.

    The mean over the spread is a Gauss-Hermite sum. Logarithms of CO and NOx are interpolated.
    """
    knots, shares = np.polynomial.hermite_e.hermegauss(MIXING_POINTS)
    total = np.zeros((len(lam), 4))
    for knot, share in zip(knots, shares / shares.sum(), strict=True):
        total += share * _interpolate_flame(lam * (1 + knot * unmixedness(load)), air_k, load)
    exit_k, oxygen, co, nox = total.T
    return FlueGas(exit_k - 273.15, 100 * oxygen, PPM * co, PPM * nox)


def unmixedness(load: np.ndarray) -> np.ndarray:
    """Relative standard deviation of the local air ratio: larger at low fire."""
    return 0.042 + 0.008 * (1 - load)


def _interpolate_flame(lam: np.ndarray, air_k: np.ndarray, load: np.ndarray) -> np.ndarray:
    """(sample, 4): furnace-exit K and dry fractions of O2, CO, NOx."""
    table = _load_interpolator()
    inside = [
        np.clip(value, axis[0], axis[-1])
        for value, axis in zip((lam, air_k, load), table.grid, strict=True)
    ]
    values = np.asarray(table(np.stack(inside, axis=-1)))
    return np.concatenate([values[:, :2], 10 ** values[:, 2:]], axis=1)


@cache
def _load_interpolator() -> RegularGridInterpolator:
    table = pl.read_parquet(TABLE).sort(AXES)
    axes = tuple(table[name].unique().sort().to_numpy() for name in AXES)
    fractions = table.select(
        "exit_k",
        "o2_dry",
        pl.col("co_dry").clip(1e-9).log10(),
        pl.col("nox_dry").clip(1e-9).log10(),
    )
    values = fractions.to_numpy().reshape(*(len(axis) for axis in axes), 4)
    return RegularGridInterpolator(axes, values)
