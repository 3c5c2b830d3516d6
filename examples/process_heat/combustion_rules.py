"""Simple rules a transformer must beat, fitted on the training runs alone.

A rule scores windows of standardised readings. Last values with one threshold, the ratio of air
to fuel, and logistic regression on last values and five-minute slopes. Never: a network.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from examples.process_heat.event_scores import roc_auc
from examples.process_heat.scoring import Rule
from generator.models.sensor_config import SensorContract

SLOPE_SAMPLES = 30
RIDGE = 1e-4


def fit_rules(config: SensorContract, inputs: np.ndarray, event: np.ndarray) -> dict[str, Rule]:
    """Every simple rule by name.

    Args:
        config: sensors and scaling of the inputs.
        inputs: (window, time, sensor) standardised, from training runs.
        event: (window,) bool.

    """
    last = inputs[:, -1]
    skill = [abs(roc_auc(last[:, at], event) - 0.5) for at in range(len(config.sensors))]
    best = int(np.argmax(skill))
    return {
        f"last {config.sensors[best]}, best single sensor": _orient_rule(
            _make_last_rule(best), inputs, event
        ),
        "last co_ppm": _orient_rule(_make_last_rule(config.sensors.index("co_ppm")), inputs, event),
        "last air/fuel ratio": _orient_rule(_make_air_per_fuel_rule(config), inputs, event),
        "logistic regression, last values and slopes": _make_logistic_rule(inputs, event),
    }


def _make_last_rule(sensor: int) -> Rule:
    return lambda inputs: inputs[:, -1, sensor]


def _make_air_per_fuel_rule(config: SensorContract) -> Rule:
    def last_reading(inputs: np.ndarray, name: str) -> np.ndarray:
        scaling = config.scaling[name]
        return inputs[:, -1, config.sensors.index(name)] * scaling.scale + scaling.mean

    return lambda inputs: last_reading(inputs, "air_flow") / last_reading(inputs, "fuel_flow")


def _orient_rule(rule: Rule, inputs: np.ndarray, event: np.ndarray) -> Rule:
    """The rule, turned so that higher means an event is more likely."""
    sign = np.sign(roc_auc(rule(inputs), event) - 0.5)
    return lambda other: sign * rule(other)


def _make_logistic_rule(inputs: np.ndarray, event: np.ndarray) -> Rule:
    """Ridge-penalised maximum likelihood; the score is the probability."""
    features = last_values_and_slopes(inputs)
    centre, spread = features.mean(axis=0), features.std(axis=0)
    design = _add_intercept((features - centre) / spread)
    weights = _fit_logistic(design, event.astype(float))
    return lambda other: expit(
        _add_intercept((last_values_and_slopes(other) - centre) / spread) @ weights
    )


def last_values_and_slopes(inputs: np.ndarray) -> np.ndarray:
    """(window, 2 * sensor): the last value and the least-squares slope of the last 5 minutes."""
    steps = np.arange(SLOPE_SAMPLES) - (SLOPE_SAMPLES - 1) / 2
    recent = inputs[:, -SLOPE_SAMPLES:]
    slopes = np.einsum("t,wts->ws", steps / np.sum(steps**2), recent)
    return np.concatenate([inputs[:, -1], slopes], axis=1)


def _add_intercept(features: np.ndarray) -> np.ndarray:
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def _fit_logistic(design: np.ndarray, answer: np.ndarray) -> np.ndarray:
    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = design @ weights
        value = np.mean(np.logaddexp(0, logit) - answer * logit) + RIDGE * weights @ weights
        slope = design.T @ (expit(logit) - answer) / len(answer) + 2 * RIDGE * weights
        return float(value), slope

    start = np.zeros(design.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)
