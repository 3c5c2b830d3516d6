"""The models computed a second time, in float64, from their files alone.

In: a model folder, a csv. Out: attention, predictions, windows. Never: an import of the program
or of torch: only numpy, polars' csv reader, scipy's erf and softmax, and the safetensors reader.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import polars.selectors
from safetensors.numpy import load_file
from scipy.special import erf, softmax

EPSILON = 1e-5  # of every layer norm
VARIATE = ("blocks.{}.", "attention_norm", "query_key_value.{}", "merge", "network_norm")
VARIATE_NETWORK = ("network.0", "network.2")
STOCK = ("encoder.layers.{}.", "norm1", "self_attn.in_proj_{}", "self_attn.out_proj", "norm2")
STOCK_NETWORK = ("linear1", "linear2")
AT_ONCE = 512


@dataclass(frozen=True)
class Readings:
    """A csv as numbers: (rows, columns), and the columns' names; columns of text are left out."""

    values: np.ndarray
    names: tuple[str, ...]

    def column(self, name: str) -> np.ndarray:
        """(rows,) one column."""
        found: np.ndarray = self.values[:, self.names.index(name)]
        return found

    def windows(self, last_rows: np.ndarray, sensors: tuple[str, ...], length: int) -> np.ndarray:
        """(window, time, sensor) readings."""
        steps = np.arange(1 - length, 1)
        columns = [self.names.index(name) for name in sensors]
        return self.values[:, columns][last_rows[:, None] + steps]


def read_readings(path: Path) -> Readings:
    """The whole file; NaN where blank."""
    numbers = (
        pl.read_csv(path, infer_schema_length=None)
        .select(polars.selectors.numeric())
        .cast(pl.Float64)
    )
    return Readings(numbers.fill_null(float("nan")).to_numpy(), tuple(numbers.columns))


def last_rows(stretch: np.ndarray, length: int, ahead: int = 0, stride: int = 1) -> np.ndarray:
    """The last row of every window that lies, with its target, within one stretch of rows.

    `stretch` (rows,) numbers the stretches; every `stride`-th window from each one's first.
    """
    found = []
    for number in np.unique(stretch):
        rows = np.flatnonzero(stretch == number)
        found.append(rows[length - 1 : len(rows) - ahead : stride])
    return np.concatenate(found)


class NumpyModel:
    """A model of a folder, in numpy."""

    def __init__(self, folder: Path) -> None:
        self.config: dict[str, Any] = json.loads((folder / "config.json").read_text())
        arrays = load_file(folder / "model.safetensors")
        self.weights = {name: array.astype(np.float64) for name, array in arrays.items()}
        self.by_sensor = self.config["architecture"] == "variate-transformer"

    @property
    def sensors(self) -> tuple[str, ...]:
        """The columns it reads, in its order."""
        return tuple(self.config["sensors"])

    def attention(self, windows: np.ndarray) -> np.ndarray:
        """(window, layer, head, query, key) probabilities."""
        return self._run_forward(windows)[0]

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """(window,) values in the target's unit, or (window, class) probabilities."""
        starts = range(0, len(windows), AT_ONCE)
        output = np.concatenate([self._compute_output(windows[at : at + AT_ONCE]) for at in starts])
        target = self.config["target"]
        if target["task"] == "class":
            return np.asarray(softmax(output, axis=1))
        return np.asarray(output[:, 0] * target["scale"] + target["mean"])

    def _compute_output(self, windows: np.ndarray) -> np.ndarray:
        tokens = self._run_forward(windows)[1]
        return self._apply_linear(self._apply_norm(tokens, "norm").mean(axis=1), "read_out")

    def _run_forward(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tokens, maps = self._embed(windows), []
        for layer in range(self.config["layers"]):
            tokens, probabilities = self._apply_block(tokens, layer)
            maps.append(probabilities)
        return np.stack(maps, axis=1), tokens

    def _embed(self, windows: np.ndarray) -> np.ndarray:
        scaling = [self.config["scaling"][name] for name in self.sensors]
        mean, scale = ([entry[key] for entry in scaling] for key in ("mean", "scale"))
        scaled = (windows - np.array(mean)) / np.array(scale)
        if self.by_sensor:
            return self._apply_linear(scaled.swapaxes(1, 2), "embed") + self.weights["sensor_code"]
        code = sines(windows.shape[1], self.config["width"])
        return np.asarray(self._apply_linear(scaled, "embed") + code)

    def _apply_block(self, tokens: np.ndarray, layer: int) -> tuple[np.ndarray, np.ndarray]:
        names, network = (VARIATE, VARIATE_NETWORK) if self.by_sensor else (STOCK, STOCK_NETWORK)
        place, first_norm, projection, merge, second_norm = names
        at = place.format(layer)
        weight = self.weights[at + projection.format("weight")]
        bias = self.weights[at + projection.format("bias")]
        mixed, probabilities = attend(
            self._apply_norm(tokens, at + first_norm) @ weight.T + bias, self.config["heads"]
        )
        tokens = tokens + self._apply_linear(mixed, at + merge)
        wide = gelu(self._apply_linear(self._apply_norm(tokens, at + second_norm), at + network[0]))
        return tokens + self._apply_linear(wide, at + network[1]), probabilities

    def _apply_linear(self, values: np.ndarray, name: str) -> np.ndarray:
        return values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _apply_norm(self, values: np.ndarray, name: str) -> np.ndarray:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        scaled = centred / spread * self.weights[f"{name}.weight"]
        return np.asarray(scaled + self.weights[f"{name}.bias"])


def attend(projected: np.ndarray, heads: int) -> tuple[np.ndarray, np.ndarray]:
    """softmax(Q K^T / sqrt d) of (window, token, 3 width), and what it makes of V."""
    windows, count, triple = projected.shape
    size = triple // 3 // heads
    query, key, value = (
        part.reshape(windows, count, heads, size).swapaxes(1, 2)
        for part in np.split(projected, 3, axis=-1)
    )
    logits = query @ key.swapaxes(2, 3) / np.sqrt(size)
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities = odds / odds.sum(axis=-1, keepdims=True)
    mixed = (probabilities @ value).swapaxes(1, 2).reshape(windows, count, heads * size)
    return mixed, probabilities


def gelu(values: np.ndarray) -> np.ndarray:
    """Each value times the normal distribution function at it."""
    return np.asarray(values * 0.5 * (1.0 + erf(values / np.sqrt(2.0))))


def sines(steps: int, width: int) -> np.ndarray:
    """(steps, width): sines in the even columns, cosines in the odd ones (Vaswani et al. 2017)."""
    code = np.empty((steps, width))
    angles = np.arange(steps)[:, None] / 10_000.0 ** (np.arange(0, width, 2) / width)
    code[:, 0::2], code[:, 1::2] = np.sin(angles), np.cos(angles)
    return code
