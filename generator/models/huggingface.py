"""The `huggingface` source: a local folder with `config.json` and `model.safetensors`.

The config is Hugging Face's own with one more key, `attention_reports`: sensors, scaling, window,
step_seconds, target, description, trained (see `SensorContract`). An event is predicted by
`PatchTSTForClassification` with two classes, the second being the event; a value by
`PatchTSTForRegression` with one target, standardised.
Never: the network, a pickle, code from the folder, a weight that is missing or left over.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generator.errors import InputError
from generator.models.patch_spans import patch_spans
from generator.models.sensor_config import CONFIG_FILE, SensorContract, first_problem
from generator.models.sensor_patchtst import (
    ARCHITECTURES,
    SensorPatchModel,
    build_patch_model,
    patch_config,
)
from generator.models.source import LoadedModel, loaded_model
from generator.models.weights import WEIGHTS_FILE, read_weights, write_weights

OUR_KEY = "attention_reports"
ELSE = "any other transformer can be explained from Python: AttentionVisualizer(model)"


def load(folder: Path, model_id: str) -> LoadedModel:
    """A Hugging Face model with a sensor contract."""
    model = load_patch_model(folder)
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    spans = patch_spans(model.config)
    return loaded_model(model, model_id, "huggingface", model.architecture, paths, spans)


def load_patch_model(folder: Path) -> SensorPatchModel:
    """The model in a folder, in eval mode.

    Raises:
        InputError: a file is missing, holds what is not supported, or the two do not fit.

    """
    stated = _stated(folder / CONFIG_FILE)
    name = _architecture(folder / CONFIG_FILE, stated)
    contract = _contract(folder / CONFIG_FILE, stated.pop(OUR_KEY, None))
    try:
        model = build_patch_model(name, patch_config(stated), contract)
    except ValueError as error:
        raise InputError(f"{folder / CONFIG_FILE}: {' '.join(str(error).split())}") from error
    read_weights(model, folder)
    model.train(False)
    return model


def save_patch_model(model: SensorPatchModel, folder: Path) -> None:
    """Write what `load_patch_model` reads; transformers' own `from_pretrained` reads it too."""
    folder.mkdir(parents=True, exist_ok=True)
    stated = {
        **model.config.to_diff_dict(),
        "architectures": [model.architecture],
        OUR_KEY: model.contract.model_dump(mode="json"),
    }
    text = json.dumps(stated, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")
    write_weights(model, folder, {"format": "pt"})


def _stated(path: Path) -> dict[str, Any]:
    try:
        stated = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"{path}: not found; a Hugging Face model folder needs it") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error})") from error
    if not isinstance(stated, dict):
        raise InputError(f"{path}: holds no mapping; a Hugging Face config is one")
    return stated


def _architecture(path: Path, stated: dict[str, Any]) -> str:
    if "auto_map" in stated:
        raise InputError(
            f"{path}: auto_map asks for Python code from the model's folder, which is never run; "
            f"supported: {', '.join(ARCHITECTURES)}"
        )
    named = stated.get("architectures")
    name = named[0] if isinstance(named, list) and len(named) == 1 else named
    if not isinstance(name, str) or name not in ARCHITECTURES:
        raise InputError(
            f"{path}: architecture {name or 'not stated'} is not supported; "
            f"supported: {', '.join(ARCHITECTURES)}; {ELSE}"
        )
    return name


def _contract(path: Path, stated: object) -> SensorContract:
    if stated is None:
        raise InputError(
            f"{path}: the key {OUR_KEY} is missing; it says sensors, scaling, window, "
            f"step_seconds and target, which Hugging Face's own keys do not"
        )
    try:
        return SensorContract.model_validate_json(json.dumps(stated))
    except ValidationError as error:
        raise InputError(f"{path}: {OUR_KEY}: {first_problem(error)}") from error
