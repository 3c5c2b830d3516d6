"""Promises that every plant's reports keep, checked against numpy, polars and scikit-learn.

In: one build, a report, the same windows cut by hand. Out: nothing, or an AssertionError.
Never: a figure of the program taken as its own proof.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.preprocessing import StandardScaler

from tests.real.site_build import DATA, ROOM, SiteBuild, load_numpy_model, read_page


def check_maps(made: SiteBuild, report: str, model: str, windows: np.ndarray) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5.

    `windows` (window, time, sensor) are the explained ones, cut by hand.
    """
    by_window = load_numpy_model(model).attention(windows)
    published = load_file(made.files[report] / "attention.safetensors")
    assert published["attention"].shape == by_window.shape[1:]
    np.testing.assert_allclose(published["attention"], by_window.mean(axis=0), atol=1e-5, rtol=0)
    received = by_window.mean(axis=(2, 3))  # over heads and queries: (sample, layer, key)
    np.testing.assert_allclose(published["received_by_sample"], received, atol=1e-5, rtol=0)
    even = 1 / by_window.shape[-1]
    assert np.abs(published["attention"] - even).max() > even / 2, "a comparison of constants"


def check_value_scores(
    made: SiteBuild, report: str, predicted: np.ndarray, truth: np.ndarray, places: float
) -> None:
    """RMSE, MAE and R2 of the record are scikit-learn's of a float64 forward pass, to `places`."""
    quality = made.quality(report)
    found = {score.measure: score.model for score in quality.scores}
    assert quality.windows == len(truth)
    expected = {
        "RMSE": root_mean_squared_error(truth, predicted),
        "MAE": mean_absolute_error(truth, predicted),
        "R²": r2_score(truth, predicted),
    }
    assert found == pytest.approx(expected, abs=places)
    assert quality.mean_error == pytest.approx((predicted - truth).mean(), abs=places)


def check_value_rules(
    made: SiteBuild,
    report: str,
    windows: Mapping[str, np.ndarray],
    target: Mapping[str, np.ndarray],
) -> None:
    """Training mean and linear regressions, fitted here on 'known', have the record's errors."""
    last = {side: np.nan_to_num(values[:, -1]) for side, values in windows.items()}
    trend = {
        side: np.hstack([last[side], last[side] - np.nan_to_num(_middle(values))])
        for side, values in windows.items()
    }
    said = {"training mean": np.full(len(target["held"]), target["known"].mean())}
    for rule, features in (
        ("last readings, weighted", last),
        ("last readings and trends, weighted", trend),
    ):
        fitted = LinearRegression().fit(features["known"], target["known"])
        said[rule] = fitted.predict(features["held"])
    said |= _predict_whole_window(windows, target["known"])
    expected = {rule: root_mean_squared_error(target["held"], what) for rule, what in said.items()}
    assert made.quality(report).scores[0].rules == pytest.approx(expected)


def _predict_whole_window(
    windows: Mapping[str, np.ndarray], truth: np.ndarray
) -> dict[str, np.ndarray]:
    """Ridge regression on all readings; above 200 of them on means over stretches of time."""
    known, held = windows["known"], windows["held"]
    steps, sensors = known.shape[1:]
    count = min(steps, 200 // sensors)
    edges = [steps * at // count for at in range(count + 1)]
    usual = np.nanmean(_thin(known, edges), axis=(0, 1))
    features = {}
    for side, values in (("known", known), ("held", held)):
        means = _thin(values, edges)
        for at in range(count):
            before = means[:, at - 1] if at else usual
            means[:, at] = np.where(np.isnan(means[:, at]), before, means[:, at])
        features[side] = means.reshape(len(means), -1)
    scale = StandardScaler().fit(features["known"])
    fitted = RidgeCV(10.0 ** np.arange(-1, 5.5, 0.5)).fit(scale.transform(features["known"]), truth)
    name = "all readings" if count == steps else f"{count} means along the window"
    return {f"{name}, weighted (ridge)": fitted.predict(scale.transform(features["held"]))}


def _thin(values: np.ndarray, edges: list[int]) -> np.ndarray:
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # stretches of gaps
        means = [np.nanmean(values[:, a:b], axis=1) for a, b in pairwise(edges)]
    return np.stack(means, axis=1)


def _middle(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[:, values.shape[1] // 2 - 1])


def check_verdict(made: SiteBuild, report: str) -> None:
    """A model that does no better than the best rule is said to, in the record and on the page."""
    quality = made.quality(report)
    first = quality.scores[0]
    best = (max if first.better == "higher" else min)(first.rules.values())
    ahead = first.model > best if first.better == "higher" else first.model < best
    assert first.beats_rule == ahead
    assert ("does better than" if ahead else "does no better than") in quality.words
    assert quality.words in read_page(made.site / "reports" / report)


def check_credit(made: SiteBuild, report: str, dataset: str, said: list[str]) -> None:
    """Who measured, and under which licence, stands in the record and on the dataset's page."""
    record = made.dataset(report)
    assert record.simulated is False
    for words in said:
        assert words in f"{record.credit} {record.licence}"
    about_data = read_page(made.site / "datasets" / dataset)
    assert record.credit in about_data
    assert record.licence in about_data


def check_no_measurement(made: SiteBuild, model: str) -> None:
    """The model's page says that a prediction is no measurement."""
    said = "model output, not a measured or reportable value"
    assert said in read_page(made.site / "models" / model)


def check_digest(folder: str, name: str) -> str:
    """The SHA-256 of a data file's bytes, which its README states."""
    digest = hashlib.sha256((DATA / folder / name).read_bytes()).hexdigest()
    sheet = (DATA / folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(rf"^- {re.escape(name)} .*: (\w{{64}})$", sheet, re.M) == [digest]
    return digest


def read_kept_scores(plant: str, side: str) -> dict[str, dict[str, float]]:
    """The committed figures of a plant on one side."""
    path = Path(ROOM / "scores" / f"{plant}.json")
    found: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))[side]
    return found
