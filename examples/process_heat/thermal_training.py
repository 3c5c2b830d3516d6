"""Trains the models of the heating loop on the training runs.

In: data/thermal.parquet. Out: models/thermal (one token per sensor), models/thermal_seed1 to 4 (the
same from other seeds: what all five rest on is said of them all) and models/thermal_patchtst
(Hugging Face's PatchTST, one token per 40 min of one sensor). Never: a look at the held-out runs.
The first recipe was tried on every fourth training run; that of PatchTST on the last eight
training runs, after fitting on the others. None was chosen on the held-out runs. Seeds are fixed.

Run: python -m examples.process_heat.thermal_training
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import polars as pl
import torch
from transformers import PatchTSTConfig

from examples.process_heat.group_windows import split_groups
from examples.process_heat.thermal_data import HORIZON, SENSORS, TARGET
from examples.process_heat.thermal_plan import STEP_SECONDS
from examples.process_heat.thermal_windows import THERMAL, WINDOW, cut_loop_windows, run_names
from examples.process_heat.training import (
    MODELS,
    Recipe,
    build_config,
    describe_training,
    measure_scaling,
    measure_spread,
    train_model,
)
from generator.models.patch_folder import save_patch_model
from generator.models.sensor_config import SensorContract, SensorTarget
from generator.models.sensor_patchtst import SensorPatchModel, build_patch_model
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model

PATCH = 8
TARGET_WORDS = "Forecasts by how many kelvin the return temperature changes within the next hour. "
VARIATE = Recipe(
    "thermal",
    "variate-transformer",
    TARGET_WORDS + "One token per sensor: the whole window of one sensor, so attention is "
    "between sensors.",
    epochs=15,
    stride=2,
    weight_decay=0.1,
    offset=0.02,
)
REFITS = tuple(replace(VARIATE, folder=f"thermal_seed{seed}", seed=seed) for seed in (1, 2, 3, 4))
PATCHES = Recipe(
    "thermal_patchtst",
    "PatchTSTForRegression",
    TARGET_WORDS + "One token per 40 min of one sensor, each sensor by itself: attention is "
    "between stretches of time and cannot compare sensors.",
    epochs=12,
    stride=6,
    weight_decay=0.05,
    offset=0.02,
    learning_rate=3e-3,
    batch=128,
)


def build_contract(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorContract:
    """What the model reads and predicts; scaling from the training runs alone."""
    seen = frame.filter(pl.col("run").is_in(training))
    return SensorContract(
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling=measure_scaling(seen, SENSORS),
        target=SensorTarget(
            name=TARGET,
            unit="K",
            task="value",
            horizon_words="60 min on",
            horizon_rows=HORIZON,
            scale=measure_spread(seen[TARGET]).scale,
        ),
        description=recipe.description,
        trained=describe_training(THERMAL, training),
    )


def build_untrained_patches(recipe: Recipe, agreed: SensorContract) -> SensorPatchModel:
    """PatchTST with a read-out token; readings come standardised, so it scales nothing itself."""
    config = PatchTSTConfig(
        num_input_channels=len(agreed.sensors),
        context_length=agreed.window,
        patch_length=PATCH,
        patch_stride=PATCH,
        num_targets=1,
        d_model=recipe.width,
        ffn_dim=2 * recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        use_cls_token=True,
        share_embedding=False,
        scaling=None,
        norm_type="layernorm",
        positional_encoding_type="random",
        do_mask_input=False,
    )
    return build_patch_model(recipe.architecture, config, agreed)


def train_variate(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> None:
    """One token per sensor, saved in its folder."""
    windows = cut_loop_windows(frame, recipe.stride).select_held(out=False)
    config = build_config(recipe, build_contract(recipe, frame, training))
    model = train_model(recipe, partial(build_sensor_model, config), windows.values, windows.target)
    save_sensor_model(model, MODELS / recipe.folder)


def train_patches(frame: pl.DataFrame, training: list[str]) -> None:
    """One token per stretch of one sensor, saved in its folder."""
    windows = cut_loop_windows(frame, PATCHES.stride).select_held(out=False)
    build = partial(build_untrained_patches, PATCHES, build_contract(PATCHES, frame, training))
    model = train_model(PATCHES, build, windows.values, windows.target)
    save_patch_model(model, MODELS / PATCHES.folder)


def main() -> None:
    """Train and save all of them."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(THERMAL)
    training, _ = split_groups(run_names(frame))
    for recipe in (VARIATE, *REFITS):
        train_variate(recipe, frame, training)
    train_patches(frame, training)


if __name__ == "__main__":
    main()
