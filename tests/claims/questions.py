"""Questions whose answer is known: eight sensors, a formula, and seeded runs of readings.

Sensor a matters in rows 8 to 11 of 16; c and its two copies matter together, all the time; d is
wired but far too weak to count; b, e, f and g are not read at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import lfilter

from generator.claims.question import Question
from generator.datasets.windows import SensorWindows
from generator.effects.periods import PeriodRule
from generator.kinds import Verdict
from generator.models.source import LoadedModel
from generator.records import Adequacy, ClaimsRecord, Interval
from tests.models_by_hand import make_linear, make_model
from tests.windows_by_hand import make_windows

SENSORS = ("a", "b", "c", "c2", "c3", "d", "e", "f")
COPIES = ("c", "c2", "c3")
GROUPS = (("a",), ("b",), COPIES, ("d",), ("e",), ("f",))
ROWS, EACH = 16, 6
WEIGHTS = np.zeros((ROWS, len(SENSORS)))
WEIGHTS[8:12, 0] = 1.0
WEIGHTS[:, 2:5] = 0.15
WEIGHTS[:, 5] = 0.02

PASSED = Adequacy(
    measure="RMSE",
    rule="training mean",
    ahead=Interval(estimate=24, low=15, high=32),
    unit="%",
    needed=10,
    periods=30,
    passed=True,
    words="The model is 24.0 % (95 % range 15.0 to 32.0) ahead of the best simple rule in RMSE.",
)


def draw_readings(seed: int, runs: int) -> np.ndarray:
    """(runs x 6, time, sensors): a level of each run, and noise that remembers."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(size=(runs, 1, len(SENSORS))), EACH, axis=0)
    noise = rng.normal(size=(runs * EACH, ROWS, len(SENSORS)))
    values = 0.5 * level + lfilter([1.0], [1.0, -0.7], noise, axis=1)
    for copy in (3, 4):
        values[:, :, copy] = values[:, :, 2] + 0.1 * rng.normal(size=values.shape[:2])
    return np.asarray(values)


def cut_runs(values: np.ndarray, target: np.ndarray | None = None) -> SensorWindows:
    """The readings as windows, six of each run."""
    names = [f"run {at // EACH}" for at in range(len(values))]
    return make_windows(values, np.zeros(len(values)) if target is None else target, names)


def make_known_model(**how: Any) -> LoadedModel:
    """The model of this file's first paragraph."""
    return make_model(make_linear(WEIGHTS), SENSORS, ROWS, **how)


def make_question(seed: int = 0, runs: int = 30, **changed: Any) -> Question:
    """The known model on some explained runs, with donors from forty others."""
    plain: dict[str, Any] = {
        "model": make_known_model(),
        "train": cut_runs(draw_readings(1000 + seed, 40)),
        "explained": cut_runs(draw_readings(seed, runs)),
        "rule": PeriodRule(None, "run"),
        "adequacy": PASSED,
        "rmse": None,
        "groups": GROUPS,
        "step": 10.0,
        "population": "all windows",
    }
    return Question(**{**plain, **changed})


def verdicts(record: ClaimsRecord, granularity: str = "group") -> dict[str, Verdict]:
    """The verdict on each subject."""
    return {
        "+".join(claim.subject) + (f" {claim.first_row}" if claim.first_row is not None else ""): (
            claim.verdict
        )
        for claim in record.of(granularity)  # type: ignore[arg-type]
    }
