"""The `safetensors` source: a folder with our `config.json` and `model.safetensors`.

Never: torch for the contract alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.models.sensor_config import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    SensorModelConfig,
    read_sensor_config,
)

if TYPE_CHECKING:
    from generator.models.source import LoadedModel


def load(folder: Path, model_id: str) -> LoadedModel:
    """A sensor transformer of this program's own architectures.

    Raises:
        InputError: a file is missing or broken, or the two do not fit.
    """
    from generator.models.sensor_transformers import load_sensor_model  # torch loads slowly
    from generator.models.source import loaded_model

    model = load_sensor_model(folder)
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    return loaded_model(model, model_id, "safetensors", model.config.architecture, paths)


def read_contract(folder: Path) -> SensorModelConfig:
    """The configuration in a model folder, which is a sensor contract and the model's size.

    Raises:
        InputError: it is missing or wrong.
    """
    return read_sensor_config(folder)
