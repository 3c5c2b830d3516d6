"""What the scorings share: a score of readings, figures of an event score, the file they go to.

In: committed models or rules, and windows. Out: figures, rounded to four places.
Never: a training step, or a threshold from held-out windows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from examples.process_heat.event_scores import average_precision, balanced_accuracy, roc_auc
from examples.process_heat.group_windows import Windows
from generator.models.sensor_model import SensorModel

Score = Callable[[np.ndarray], np.ndarray]
"""(window, time, sensor) readings in engineering units -> (window,), higher = more likely."""
Rule = Callable[[np.ndarray], np.ndarray]
"""The same of standardised readings."""


def make_score(rule: Rule, model: SensorModel) -> Score:
    """A rule as a score of readings, by the model's own scaling and filling of gaps."""
    return lambda readings: rule(model.prepare_input(readings).double().numpy())


def score_events(score: Score, windows: Windows, threshold: float) -> dict[str, float]:
    """How well a score tells windows before an event from the others."""
    values = score(windows.readings)
    return {
        "roc_auc": round(roc_auc(values, windows.event), 4),
        "average_precision": round(average_precision(values, windows.event), 4),
        "balanced_accuracy": round(balanced_accuracy(values, windows.event, threshold), 4),
    }


def write_scores(path: Path, figures: Mapping[str, Any]) -> None:
    """The figures as JSON, in the order given."""
    path.write_text(json.dumps(figures, indent=2) + "\n")
