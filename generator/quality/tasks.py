"""What each task is scored by, and which simple rules stand beside it.

In: a task. Out: its metrics and rules. Metrics are scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from generator.datasets.windows import SensorWindows
from generator.kinds import Task
from generator.quality.rules import fit_class_rules, fit_event_rules, fit_value_rules

Metric = Callable[[np.ndarray, np.ndarray], float]
"""(windows,) truth and (windows,) predictions to one score."""
Better = Literal["higher", "lower"]
RuleFitter = Callable[[SensorWindows, SensorWindows, Sequence[str]], dict[str, np.ndarray]]
"""Training windows, held-out windows, sensors to (windows,) what each rule says, by its name."""


@dataclass(frozen=True)
class TaskScoring:
    """How predictions of one task are judged; the first metric leads.

    Attributes:
        metrics: by name, with which way is better and whether it has no unit.
        fit_rules: fits the simple rules of the task and asks them.
    """

    metrics: Mapping[str, tuple[Metric, Better, bool]]
    fit_rules: RuleFitter


SCORING: Mapping[Task, TaskScoring] = {
    "event": TaskScoring(
        {
            "ROC AUC": (roc_auc_score, "higher", True),
            "average precision": (average_precision_score, "higher", True),
        },
        fit_event_rules,
    ),
    "value": TaskScoring(
        {
            "RMSE": (root_mean_squared_error, "lower", False),
            "MAE": (mean_absolute_error, "lower", False),
            "R²": (r2_score, "higher", True),
        },
        fit_value_rules,
    ),
    "class": TaskScoring(
        {
            "balanced accuracy": (balanced_accuracy_score, "higher", True),
            "macro F1": (partial(f1_score, average="macro"), "higher", True),
            "accuracy": (accuracy_score, "higher", True),
        },
        fit_class_rules,
    ),
}
