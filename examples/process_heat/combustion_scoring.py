"""Scores the committed combustion models, beside simple rules, on the held-out runs.

In: data/combustion.parquet and models/. Out: combustion_scores.json. Rules and thresholds are
fitted on training runs alone. Never: a training step.

Run: python -m examples.process_heat.combustion_scoring
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from examples.process_heat.combustion_plan import plan_run
from examples.process_heat.combustion_rules import fit_rules
from examples.process_heat.combustion_training import RECIPES
from examples.process_heat.combustion_windows import COMBUSTION, TABLE, run_names
from examples.process_heat.event_scores import best_threshold
from examples.process_heat.group_windows import Windows, split_groups
from examples.process_heat.scoring import Score, make_score, score_events, write_scores
from examples.process_heat.training import MODELS
from generator.models.sensor_transformers import SensorTransformer, load_sensor_model

SCORES = Path(__file__).parent / "combustion_scores.json"
SCORED_STRIDE = 8


def score_held_out(
    score: Score, training: Windows, held_out: Windows
) -> dict[str, dict[str, float]]:
    """Held-out figures; the threshold is the best one on the training windows."""
    threshold = best_threshold(score(training.readings), training.event)
    tight = np.array([not plan_run(_read_number(run)).in_leaks for run in held_out.group])
    return {
        "held_out": score_events(score, held_out, threshold),
        "held_out_without_in_leak": score_events(score, held_out.select(tight), threshold),
    }


def _read_number(run: str) -> int:
    return int(run.removeprefix("run-"))


def _make_rule_scores(model: SensorTransformer, training: Windows) -> dict[str, Score]:
    inputs = model.prepare_input(training.readings).double().numpy()
    rules = fit_rules(model.config, inputs, training.event)
    return {name: make_score(rule, model) for name, rule in rules.items()}


def main() -> None:
    """Score both models and every rule."""
    frame = pl.read_parquet(COMBUSTION)
    training, held_out = split_groups(run_names(frame))
    known = TABLE.cut_windows(frame, training, SCORED_STRIDE)
    unseen = TABLE.cut_windows(frame, held_out, SCORED_STRIDE)
    models = {recipe.folder: load_sensor_model(MODELS / recipe.folder) for recipe in RECIPES}
    rated: dict[str, Score] = {name: model.predict for name, model in models.items()}
    rated |= _make_rule_scores(models["combustion"], known)
    found = {name: score_held_out(score, known, unseen) for name, score in rated.items()}
    counts = {"windows": len(unseen.event), "events": int(unseen.event.sum())}
    write_scores(SCORES, {"held_out": counts, "scores": found})


if __name__ == "__main__":
    main()
