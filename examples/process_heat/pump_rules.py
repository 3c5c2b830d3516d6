"""Simple rules a transformer must beat, fitted on the training machines alone.

A rule scores windows of standardised readings: the highest of the three vibrations, as an alarm
on ISO zones does; single sensors; logistic regression on last values and five-hour slopes.
Never: a network.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.process_heat.combustion_rules import last_values_and_slopes
from examples.process_heat.event_scores import roc_auc
from examples.process_heat.scoring import Rule
from generator.models.sensor_config import SensorContract

VIBRATIONS = ("vibration_x", "vibration_y", "vibration_z")


def fit_rules(config: SensorContract, inputs: np.ndarray, event: np.ndarray) -> dict[str, Rule]:
    """Every simple rule by name.

    Args:
        config: sensors and scaling of the inputs.
        inputs: (window, time, sensor) standardised, from training machines.
        event: (window,) bool.

    """
    last = inputs[:, -1]
    skill = [abs(roc_auc(last[:, at], event) - 0.5) for at in range(len(config.sensors))]
    best = int(np.argmax(skill))
    return {
        "highest vibration of three axes": _make_vibration_rule(config),
        f"last {config.sensors[best]}, best single sensor": _make_last_rule(best, inputs, event),
        "last acoustic_emission": _make_last_rule(
            config.sensors.index("acoustic_emission"), inputs, event
        ),
        "logistic regression, last values and slopes": _make_logistic_rule(inputs, event),
    }


def _make_vibration_rule(config: SensorContract) -> Rule:
    """mm/s RMS of the worst axis at the last sample."""
    columns = [config.sensors.index(name) for name in VIBRATIONS]
    mean, scale = (
        np.array([getattr(config.scaling[name], field) for name in VIBRATIONS])
        for field in ("mean", "scale")
    )
    return lambda inputs: np.max(np.expm1(inputs[:, -1, columns] * scale + mean), axis=1)


def _make_last_rule(sensor: int, inputs: np.ndarray, event: np.ndarray) -> Rule:
    """The sensor's last value, turned so that higher means a failure is more likely."""
    sign = np.sign(roc_auc(inputs[:, -1, sensor], event) - 0.5)
    return lambda other: sign * other[:, -1, sensor]


def _make_logistic_rule(inputs: np.ndarray, event: np.ndarray) -> Rule:
    """Ridge-penalised maximum likelihood; the score is the probability."""
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    fitted.fit(last_values_and_slopes(inputs), event)
    return lambda other: np.asarray(fitted.predict_proba(last_values_and_slopes(other))[:, 1])
