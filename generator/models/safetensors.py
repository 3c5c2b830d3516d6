"""The `safetensors` source: a folder with our `config.json` and `model.safetensors`."""

from __future__ import annotations

from pathlib import Path

from generator.hashing import sha256_file, sha256_files
from generator.models.sensor_config import CONFIG_FILE
from generator.models.sensor_transformers import WEIGHTS_FILE, load_sensor_model
from generator.models.source import LoadedModel
from generator.records import FileDigest


def load(folder: Path, model_id: str) -> LoadedModel:
    """A sensor transformer of this program's own architectures."""
    model = load_sensor_model(folder)
    model.eval()
    config = model.config
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    return LoadedModel(
        id=model_id,
        source="safetensors",
        module=model,
        forward_input=model.prepare_input,
        predict=model.predict,
        architecture=config.architecture,
        description=config.description,
        tokens=model.tokens,
        sensors=config.sensors,
        window=config.window,
        step_seconds=config.step_seconds,
        horizon_rows=config.target.horizon_rows,
        target=config.target.name,
        target_unit=config.target.unit,
        task=config.target.task,
        classes=config.target.classes,
        files=tuple(digest_of(path) for path in paths),
        digest=sha256_files(paths, folder),
        trained_on=config.trained.dataset,
        trained_sha256=config.trained.sha256,
        trained_groups=config.trained.groups,
    )


def digest_of(path: Path) -> FileDigest:
    """A file's name, size and SHA-256."""
    return FileDigest(name=path.name, size=path.stat().st_size, sha256=sha256_file(path))
