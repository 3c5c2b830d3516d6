"""The `huggingface` source: a local folder with Hugging Face's `config.json` and safetensors.

The config has one more key, `attention_reports`, with the sensor contract.
Never: the network, a pickle, code from the folder; torch for the contract alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.models.huggingface_config import check_weights, read_contract
from generator.models.sensor_config import CONFIG_FILE, WEIGHTS_FILE

if TYPE_CHECKING:
    from generator.models.source import LoadedModel

__all__ = ["check_weights", "load", "read_contract"]


def load(folder: Path, model_id: str) -> LoadedModel:
    """A Hugging Face model with a sensor contract.

    Raises:
        InputError: a file is missing, holds what is not supported, or the two do not fit.
    """
    from generator.models.patch_folder import load_patch_model  # transformers loads slowly
    from generator.models.source import loaded_model

    model = load_patch_model(folder)
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    return loaded_model(model, model_id, "huggingface", model.architecture, paths)
