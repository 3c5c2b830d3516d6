"""A PatchTST of Hugging Face from a folder with `config.json` and `model.safetensors`, and back.

The config is Hugging Face's own with one more key, `attention_reports`: sensors, scaling, window,
step_seconds, target, description, trained (see `SensorContract`). An event is predicted by
`PatchTSTForClassification` with two classes, the second being the event; a value by
`PatchTSTForRegression` with one target, standardised.
Never: the network, a pickle, code from the folder, a weight that is missing or left over.
"""

from __future__ import annotations

import json
from pathlib import Path

from generator.errors import InputError
from generator.models.huggingface_config import (
    OUR_KEY,
    parse_contract,
    read_architecture,
    read_config,
    refuse_other_sizes,
)
from generator.models.outside_code import drop_kernel_names
from generator.models.sensor_config import CONFIG_FILE
from generator.models.sensor_patchtst import SensorPatchModel, build_patch_config, build_patch_model
from generator.models.weights import read_weights, write_weights


def load_patch_model(folder: Path) -> SensorPatchModel:
    """The model in a folder, in eval mode.

    Raises:
        InputError: a file is missing, holds what is not supported, or the two do not fit.

    """
    stated = read_config(folder)
    name, contract = read_architecture(folder, stated), parse_contract(folder, stated)
    refuse_other_sizes(folder, stated)
    own = drop_kernel_names({key: stated[key] for key in stated if key != OUR_KEY})
    try:
        model = build_patch_model(name, build_patch_config(own), contract)
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
