"""A sensor model from a folder of either kind, told apart by what its `config.json` says.

In: a folder. Out: a model that takes plant readings. Never: a guess from a file's name.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import InputError
from generator.models.config_file import read_config_file
from generator.models.sensor_config import CONFIG_FILE
from generator.models.sensor_model import SensorModel
from generator.models.sensor_transformers import load_sensor_model


def load_model_folder(folder: Path) -> SensorModel:
    """The model in a folder, in eval mode.

    Raises:
        InputError: the folder holds no sensor model, neither ours nor Hugging Face's.

    """
    if _is_huggingface(folder / CONFIG_FILE):
        from generator.models.patch_folder import load_patch_model  # transformers loads slowly

        return load_patch_model(folder)
    return load_sensor_model(folder)


def _is_huggingface(path: Path) -> bool:
    """Whether the config is Hugging Face's; what cannot be read is left to our own reader."""
    try:
        stated = read_config_file(path)
    except (FileNotFoundError, InputError):
        return False
    return not {"model_type", "architectures"}.isdisjoint(stated)
