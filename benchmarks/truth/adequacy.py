"""Whether a trained model is good enough to be asked what it uses.

In: a model, windows of both sides, the amounts behind the targets. Out: Skill. Near-zero amounts
have a sign that cannot be learned, so events are judged where it is clear.
Never: a rule fitted on held-out windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import r2_score

from benchmarks.truth.plant_windows import PlantWindows
from benchmarks.truth.signals import NAMES
from generator.datasets.windows import SensorWindows
from generator.models.source import LoadedModel
from generator.quality.tasks import SCORING

CLEAR, NEEDED_ACCURACY, NEEDED_R2 = 2.0, 0.85, 0.80
AHEAD_VALUE, AHEAD_EVENT = 10.0, 5.0
AT_ONCE = 1024


@dataclass(frozen=True)
class Skill:
    """How good a model is on held-out windows.

    Attributes:
        measure: accuracy on clear windows, or R².
        reached, needed: the model's figure, and the least that counts as adequate.
        ahead: percent less RMSE, or points of ROC AUC more, than the best simple rule.
        beats_rule: whether that is enough.
    """

    measure: str
    reached: float
    needed: float
    ahead: float
    beats_rule: bool

    @property
    def adequate(self) -> bool:
        """Whether the model has learned what there is to learn."""
        return self.reached >= self.needed and self.beats_rule


def measure_skill(model: LoadedModel, train: SensorWindows, held: PlantWindows) -> Skill:
    """The model's figures on held-out windows; rules are fitted on `train`."""
    told = predict_windows(model, held.windows)
    lead = lead_over_rules(model, train, held.windows, told)
    if not model.event:
        reached = float(r2_score(held.windows.target, told))
        return Skill("R²", reached, NEEDED_R2, lead, lead >= AHEAD_VALUE)
    clear = np.abs(held.amounts) > CLEAR
    right = (told > 0.5) == (held.windows.target > 0.5)
    accuracy = float(right[clear].mean())
    return Skill("clear accuracy", accuracy, NEEDED_ACCURACY, lead, lead >= AHEAD_EVENT)


def lead_over_rules(
    model: LoadedModel, train: SensorWindows, held: SensorWindows, told: np.ndarray
) -> float:
    """Percent less RMSE than the best simple rule, or points of ROC AUC more."""
    scoring = SCORING[model.task]
    metric, better, _ = next(iter(scoring.metrics.values()))
    rules = scoring.fit_rules(train, held, NAMES).values()
    found = [float(metric(held.target, rule)) for rule in rules]
    own = float(metric(held.target, told))
    return 100 * (own - max(found)) if better == "higher" else 100 * (1 - own / min(found))


def predict_windows(model: LoadedModel, windows: SensorWindows) -> np.ndarray:
    """(windows,) the model's predictions."""
    return np.concatenate([model.predict(batch) for batch in windows.iter_batches(AT_ONCE)])
