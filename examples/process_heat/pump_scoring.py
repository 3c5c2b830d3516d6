"""Scores the committed pump models, beside simple rules, on the held-out machines.

In: data/pump.parquet and models/. Out: pump_scores.json. Rules are fitted, and alarm thresholds
set to one false alarm a machine-month, on training machines alone. Never: a training step.

Run: python -m examples.process_heat.pump_scoring
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import torch

from examples.process_heat.event_scores import best_threshold
from examples.process_heat.group_windows import split_groups
from examples.process_heat.pump_alarms import Watch, choose_threshold, measure_alarms
from examples.process_heat.pump_rules import fit_rules
from examples.process_heat.pump_training import RECIPES
from examples.process_heat.pump_windows import PUMP, TABLE, WINDOW, machine_names
from examples.process_heat.scoring import Score, make_score, score_events, write_scores
from examples.process_heat.training import MODELS
from generator.models.sensor_transformers import SensorTransformer, load_sensor_model

SCORES = Path(__file__).parent / "pump_scores.json"
AN_HOUR = 6
ALLOWED_FALSE_PER_MONTH = 1.0
Figures = dict[str, float | int | None]


def build_watches(frame: pl.DataFrame, machines: Sequence[str], score: Score) -> list[Watch]:
    """One score an hour of each machine, up to its failure or a day before the record ends."""
    return [_build_watch(frame, machine, score) for machine in machines]


def _build_watch(frame: pl.DataFrame, machine: str, score: Score) -> Watch:
    windows = TABLE.cut_windows(frame, [machine], AN_HOUR)
    _, broken = TABLE.readings(frame, machine)
    failure = (int(np.argmax(broken)) - WINDOW + 1) // AN_HOUR if broken.any() else None
    seen = failure is not None and failure <= len(windows.event) + 24
    return Watch(score(windows.readings), failure if seen else None)


def score_held_out(
    score: Score, frame: pl.DataFrame, training: Sequence[str], apart: Sequence[str]
) -> Figures:
    """Held-out figures of one score; thresholds come from the training machines."""
    known = TABLE.cut_windows(frame, training, AN_HOUR)
    unseen = TABLE.cut_windows(frame, apart, AN_HOUR)
    threshold = choose_threshold(build_watches(frame, training, score), ALLOWED_FALSE_PER_MONTH)
    called = best_threshold(score(known.readings), known.event)
    alarms = asdict(measure_alarms(build_watches(frame, apart, score), threshold))
    figures: Figures = {**score_events(score, unseen, called)}
    return figures | {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in alarms.items()
    }


def make_rule_scores(
    model: SensorTransformer, frame: pl.DataFrame, training: Sequence[str]
) -> dict[str, Score]:
    """Every simple rule as a score of readings in engineering units."""
    known = TABLE.cut_windows(frame, training, AN_HOUR)
    inputs = model.prepare_input(known.readings).double().numpy()
    rules = fit_rules(model.config, inputs, known.event)
    return {name: make_score(rule, model) for name, rule in rules.items()}


def main() -> None:
    """Score both models and every rule."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(PUMP)
    training, apart = split_groups(machine_names(frame))
    models = {recipe.folder: load_sensor_model(MODELS / recipe.folder) for recipe in RECIPES}
    rated: dict[str, Score] = {name: model.predict for name, model in models.items()}
    rated |= make_rule_scores(models["pump"], frame, training)
    found = {name: score_held_out(score, frame, training, apart) for name, score in rated.items()}
    unseen = TABLE.cut_windows(frame, apart, AN_HOUR)
    counts = {"windows": len(unseen.event), "events": int(unseen.event.sum())}
    counts |= {"machines": len(apart), "machines_with_events": len(set(unseen.group[unseen.event]))}
    write_scores(SCORES, {"held_out": counts, "scores": found})


if __name__ == "__main__":
    main()
