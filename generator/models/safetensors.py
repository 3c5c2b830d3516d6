"""The `safetensors` source: a folder with our `config.json` and `model.safetensors`."""

from __future__ import annotations

from pathlib import Path

from generator.models.sensor_config import CONFIG_FILE
from generator.models.sensor_transformers import load_sensor_model
from generator.models.source import LoadedModel, loaded_model
from generator.models.weights import WEIGHTS_FILE


def load(folder: Path, model_id: str) -> LoadedModel:
    """A sensor transformer of this program's own architectures."""
    model = load_sensor_model(folder)
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    return loaded_model(model, model_id, "safetensors", model.config.architecture, paths)
