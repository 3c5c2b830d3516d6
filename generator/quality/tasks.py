"""What each task is measured by, and which simple rules stand beside it.

In: a task. Out: its measures and rules. Measures are scikit-learn's.
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

Measure = Callable[[np.ndarray, np.ndarray], float]
Better = Literal["higher", "lower"]
Rules = Callable[[SensorWindows, SensorWindows, Sequence[str]], dict[str, np.ndarray]]


@dataclass(frozen=True)
class TaskScoring:
    """How predictions of one task are judged; the first measure leads.

    A measure is a function (truth, said), which way is better, and whether it has no unit.
    """

    measures: Mapping[str, tuple[Measure, Better, bool]]
    rules: Rules


JUDGED: Mapping[Task, TaskScoring] = {
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
