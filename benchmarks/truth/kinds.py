"""The kinds of models that are asked: how each is built, kept, loaded, and how long it learns.

In: what a model is to read and predict. Out: untrained networks; loaded models. Recipes were
found by trying: enough for R² of 0.80 on every plant that the kind can learn at all.
Never: a kind that cannot be loaded from its own files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from transformers import PatchTSTConfig

from benchmarks.truth import networks
from generator.kinds import TokenKind
from generator.models import huggingface, patch_folder, safetensors
from generator.models.sensor_config import SensorContract, SensorModelConfig
from generator.models.sensor_model import SensorModel
from generator.models.sensor_patchtst import ARCHITECTURES, build_patch_model
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model
from generator.models.source import Loader

WIDTH, LAYERS, HEADS, PATCH = 32, 2, 4, 8


@dataclass(frozen=True)
class Recipe:
    """How long and how fast a kind learns: windows seen in all, windows at once, highest rate."""

    examples: int
    batch: int
    rate: float


@dataclass(frozen=True)
class Kind:
    """One kind of model."""

    name: str
    tokens: TokenKind
    build: Callable[[SensorContract], SensorModel]
    save: Callable[[Any, Path], None]
    load: Loader
    recipe: Recipe


def _add_size(contract: SensorContract, architecture: str) -> dict[str, Any]:
    size = {"width": WIDTH, "layers": LAYERS, "heads": HEADS}
    return contract.model_dump() | size | {"architecture": architecture}


def _build_own(architecture: str, contract: SensorContract) -> SensorModel:
    return build_sensor_model(SensorModelConfig(**_add_size(contract, architecture)))


def _build_read_out(architecture: str, contract: SensorContract) -> SensorModel:
    return networks.build(networks.ReadOutConfig(**_add_size(contract, architecture)))


def _build_patches(contract: SensorContract) -> SensorModel:
    """PatchTST with a read-out token; readings come standardised, so it scales nothing itself."""
    [kind] = [one for one in ARCHITECTURES.values() if one.task == contract.target.task]
    config = PatchTSTConfig(
        num_input_channels=len(contract.sensors),
        context_length=contract.window,
        patch_length=PATCH,
        patch_stride=PATCH,
        num_targets=kind.outputs,
        d_model=WIDTH,
        ffn_dim=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        use_cls_token=True,
        scaling=None,
        norm_type="layernorm",
        positional_encoding_type="random",
        do_mask_input=False,
    )
    return build_patch_model(kind.architecture, config, contract)


def _make_timestep_kind(name: str, build: Callable[..., SensorModel], load: Loader) -> Kind:
    recipe = Recipe(examples=20_000, batch=64, rate=3e-3)
    return Kind(name, TokenKind.TIMESTEPS, build, save_sensor_model, load, recipe)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "variate",
            TokenKind.SENSORS,
            partial(_build_own, "variate-transformer"),
            save_sensor_model,
            safetensors.load,
            Recipe(examples=200_000, batch=256, rate=4e-3),
        ),
        _make_timestep_kind(
            "timestep-mean", partial(_build_own, "timestep-transformer"), safetensors.load
        ),
        _make_timestep_kind(
            "timestep-cls", partial(_build_read_out, "timestep-cls"), networks.load
        ),
        _make_timestep_kind(
            "timestep-causal", partial(_build_read_out, "timestep-causal"), networks.load
        ),
        Kind(
            "patches",
            TokenKind.PATCHES,
            _build_patches,
            patch_folder.save_patch_model,
            huggingface.load,
            Recipe(examples=30_000, batch=64, rate=3e-3),
        ),
    )
}
