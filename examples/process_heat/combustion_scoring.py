"""Scores the committed combustion models, beside simple rules, on the held-out runs.

In: data/combustion.parquet and models/. Out: combustion_scores.json. Rules and thresholds are
fitted on training runs alone. Never: a training step.

Run: python -m examples.process_heat.combustion_scoring
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from examples.process_heat.combustion_plan import plan_run
from examples.process_heat.combustion_rules import Rule, fit_rules
from examples.process_heat.combustion_training import MODELS, RECIPES
from examples.process_heat.combustion_windows import (
    COMBUSTION,
    Windows,
    labelled_windows,
    run_names,
    split_runs,
)
from examples.process_heat.event_scores import (
    average_precision,
    balanced_accuracy,
    best_threshold,
    roc_auc,
)
from generator.models.sensor_transformers import SensorTransformer, load_sensor_model

SCORES = Path(__file__).parent / "combustion_scores.json"
SCORED_STRIDE = 8
Score = Callable[[Windows], np.ndarray]


def scores(score: Score, training: Windows, held_out: Windows) -> dict[str, dict[str, float]]:
    """Held-out figures; the threshold is the best one on the training windows."""
    threshold = best_threshold(score(training), training.event)
    tight = np.array([not plan_run(_number(run)).in_leaks for run in held_out.run])
    return {
        "held_out": _figures(score, held_out, threshold),
        "held_out_without_in_leak": _figures(score, held_out.only(tight), threshold),
    }


def _figures(score: Score, windows: Windows, threshold: float) -> dict[str, float]:
    values = score(windows)
    return {
        "roc_auc": round(roc_auc(values, windows.event), 4),
        "average_precision": round(average_precision(values, windows.event), 4),
        "balanced_accuracy": round(balanced_accuracy(values, windows.event, threshold), 4),
    }


def _number(run: str) -> int:
    return int(run.removeprefix("run-"))


def _rule_scores(
    model: SensorTransformer, training: Windows, held_out: Windows
) -> dict[str, dict[str, dict[str, float]]]:
    inputs = model.prepare_input(training.readings).double().numpy()
    rules = fit_rules(model.config, inputs, training.event)
    return {
        name: scores(_rule_score(rule, model), training, held_out) for name, rule in rules.items()
    }


def _model_score(model: SensorTransformer) -> Score:
    return lambda windows: model.predict(windows.readings)


def _rule_score(rule: Rule, model: SensorTransformer) -> Score:
    return lambda windows: rule(model.prepare_input(windows.readings).double().numpy())


def main() -> None:
    """Score both models and every rule."""
    frame = pl.read_parquet(COMBUSTION)
    training, held_out = split_runs(run_names(frame))
    known = labelled_windows(frame, training, SCORED_STRIDE)
    unseen = labelled_windows(frame, held_out, SCORED_STRIDE)
    models = {recipe.folder: load_sensor_model(MODELS / recipe.folder) for recipe in RECIPES}
    found = {name: scores(_model_score(model), known, unseen) for name, model in models.items()}
    found |= _rule_scores(models["combustion"], known, unseen)
    counts = {"windows": len(unseen.event), "events": int(unseen.event.sum())}
    SCORES.write_text(json.dumps({"held_out": counts, "scores": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
