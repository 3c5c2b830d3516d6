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
from generator.models.sensor_shapes import refuse_other_weights
from generator.models.weights_header import read_weights_header

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


def check_weights(folder: Path) -> None:
    """Nothing, where the header of a folder's weights is of the model its config describes.

    Raises:
        InputError: a file cannot be read, or the two do not fit; by file and key or tensor.
    """
    refuse_other_weights(folder, read_sensor_config(folder), read_weights_header(folder))
