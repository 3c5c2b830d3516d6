"""A model folder of any kind that is supported, loaded for a look; the others told apart by name.

In: a folder. Out: a Patient. Never: the network, a pickle, code from the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.capture.inputs import ModelInput, model_input
from generator.doctor.example_input import find_running_input, make_candidates
from generator.errors import InputError, clip_line
from generator.models.claimed_sizes import refuse_false_sizes
from generator.models.config_file import read_config_file
from generator.models.folder import load_model_folder
from generator.models.huggingface_config import OUR_KEY
from generator.models.outside_code import (
    has_unreadable_kernel,
    refuse_outside_code,
    refuse_outside_files,
)
from generator.models.sensor_config import CONFIG_FILE, WEIGHTS_FILE
from generator.models.source import load_model
from generator.models.weights_header import (
    INDEX_FILE,
    Header,
    read_folder_header,
    refuse_numbers,
)
from generator.tokens.families import find_coverage, make_usual_coverage
from generator.tokens.kinds import find_token_kind
from generator.tokens.meaning import TokenMeaning

WINDOWS = 2
UNSUPPORTED: dict[str, tuple[str, str]] = {
    ".onnx": ("ONNX", "its graph holds fused operations and no PyTorch functions to read"),
    ".gguf": ("GGUF", "it is for other runtimes, which keep their attention to themselves"),
    ".pb": ("TensorFlow", "it holds no PyTorch module"),
    ".h5": ("Keras", "it holds no PyTorch module"),
    ".msgpack": ("Flax", "it holds no PyTorch module"),
    ".bin": ("a pickle", "loading one can run any code"),
    ".pt": ("a pickle or TorchScript", "loading one can run any code"),
    ".pth": ("a pickle", "loading one can run any code"),
    ".pkl": ("a pickle", "loading one can run any code"),
    ".ckpt": ("a pickle", "loading one can run any code"),
}
REMEDY = "export the PyTorch model with save_pretrained() or safetensors, or register a source"


@dataclass(frozen=True)
class Patient:
    """A model, random input that it runs on, and what is known of its tokens."""

    module: nn.Module
    inputs: ModelInput
    tokens: TokenMeaning


def load_patient(folder: Path) -> Patient:
    """The model in a folder.

    Raises:
        InputError: the folder is missing, or holds nothing that is supported; the line says what
            it holds, why that is not read, and what to do.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such model folder")
    config = _read_config(folder)
    if config is None or not _holds_weights(folder):
        raise InputError(_describe_contents(folder))
    torch.manual_seed(0)
    if OUR_KEY in config or {"model_type", "architectures"}.isdisjoint(config):
        return _load_sensor_patient(folder)
    module = _load_huggingface(folder, config)
    return make_patient(
        module, model_input(module, find_running_input(module, make_candidates(module)))
    )


def make_patient(module: nn.Module, inputs: ModelInput) -> Patient:
    """A model that only its own module says something of."""
    return Patient(
        module, inputs, TokenMeaning(find_token_kind(module, inputs.integer), find_coverage(module))
    )


def load_source_patient(source: str, folder: Path, model_id: str) -> Patient:
    """A manifest's model, loaded by its own source, with standard normal readings as its input.

    Raises:
        InputError: what the source raises.
    """
    model = load_model(source, folder, model_id)
    rng = np.random.default_rng(0)
    readings = rng.normal(size=(WINDOWS, model.window, len(model.sensors)))
    usual = make_usual_coverage(model.tokens, model.window, model.sensors)
    return Patient(
        module=model.module,
        inputs=model_input(model.module, model.forward_input(readings)),
        tokens=TokenMeaning(model.tokens, model.coverage or usual),
    )


def _load_sensor_patient(folder: Path) -> Patient:
    """A model with a sensor contract: windows drawn around what it was scaled by."""
    model = load_model_folder(folder)
    contract = model.contract
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(WINDOWS, contract.window, len(contract.sensors)))
    scaling = [contract.scaling[name] for name in contract.sensors]
    readings = draws * [one.scale for one in scaling] + [one.mean for one in scaling]
    logged = np.array([one.log for one in scaling])
    readings[..., logged] = np.expm1(np.maximum(readings[..., logged], 0.0))
    return make_patient(model, model_input(model, model.prepare_input(readings)))


def _load_huggingface(folder: Path, config: dict[str, Any]) -> nn.Module:
    refuse_outside_code(folder / CONFIG_FILE, config)
    refuse_outside_files(folder)
    header = read_folder_header(folder)
    refuse_false_sizes(folder / CONFIG_FILE, config, header)
    from transformers import AutoModel  # loads slowly

    load: Any = AutoModel.from_pretrained
    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True}
    options["trust_remote_code"] = False
    if has_unreadable_kernel(config):
        options["attn_implementation"] = "eager"  # every model has it
    try:
        model, report = load(folder, output_loading_info=True, **options)
    except Exception as error:  # a config of another kind than its class expects raises anything
        raise InputError(clip_line(f"{folder}: transformers cannot load it: {error}")) from error
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise InputError(
            f"{folder}: {len(missing)} weights are missing, {missing[0]} first; what they would be "
            f"is not guessed; save the whole model"
        )
    module: nn.Module = model.eval()
    _refuse_cast_weights(folder, module, header)
    return module


def _refuse_cast_weights(folder: Path, module: nn.Module, header: Header) -> None:
    """Whole numbers are right for buffers such as positions, and not for what was learned."""
    kept = {name.rpartition(".")[2] for name, _ in module.named_buffers()}
    cast = [name for name in header if name.rpartition(".")[2] not in kept]
    refuse_numbers(folder / WEIGHTS_FILE, header, cast)


def _read_config(folder: Path) -> dict[str, Any] | None:
    try:
        return read_config_file(folder / CONFIG_FILE)
    except FileNotFoundError:
        return None


def _holds_weights(folder: Path) -> bool:
    """Whether something is there, whatever it is: its reader says what is wrong with it."""
    return any(os.path.lexists(folder / name) for name in (WEIGHTS_FILE, INDEX_FILE))


def _describe_contents(folder: Path) -> str:
    """What a folder holds instead of a model that can be read."""
    for path in _list_files(folder):
        if path.suffix.lower() in UNSUPPORTED:
            name, why = UNSUPPORTED[path.suffix.lower()]
            return f"{path}: {name} is not supported: {why}; {REMEDY}"
    missing = CONFIG_FILE if _read_config(folder) is None else WEIGHTS_FILE
    return f"{folder / missing}: not found or not readable; a model folder needs it; {REMEDY}"


def _list_files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
