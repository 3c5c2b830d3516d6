"""A model ready to be asked: its module, its input for some windows, its predictions.

One file per source; a source is a function (folder, id) -> LoadedModel, registered here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from generator.hashing import sha256_file, sha256_files
from generator.kinds import TokenKind
from generator.models.patch_spans import PatchSpans
from generator.models.sensor_model import SensorModel
from generator.records import FileDigest
from generator.tokens import token_kind


@dataclass(frozen=True)
class LoadedModel:
    """A model from a folder, and what its folder says of it.

    Attributes:
        module: the PyTorch module, in eval mode.
        forward_input: (windows, time, sensors) in plant units -> what the forward takes.
        predict: the same -> (windows,) probability of the event, or the value in its unit.
        sensors: the columns the model reads, in its order.
        window: rows of one window.
        step_seconds: their spacing; horizon_rows: how far ahead the target lies. None where the
            folder does not say.
        trained_groups: groups of the data its weights were fitted on.
        spans: the rows of each token where tokens are patches, else None.
    """

    id: str
    source: str
    module: nn.Module
    forward_input: Callable[[np.ndarray], Any]
    predict: Callable[[np.ndarray], np.ndarray]
    architecture: str
    description: str
    tokens: TokenKind
    sensors: tuple[str, ...]
    window: int
    step_seconds: float | None
    horizon_rows: int | None
    target: str
    target_unit: str
    event: bool
    files: tuple[FileDigest, ...]
    digest: str
    trained_on: str
    trained_sha256: str
    trained_groups: tuple[str, ...]
    spans: PatchSpans | None = None

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(p.numel() for p in self.module.parameters())


# Source name in the manifest -> where its loader lives; imported when first used.
SOURCES = {
    "safetensors": "generator.models.safetensors:load",
    "huggingface": "generator.models.huggingface:load",
}


def load_model(source: str, folder: Path, model_id: str) -> LoadedModel:
    """The model in a folder; InputError where the folder is not what its source needs."""
    module, function = SOURCES[source].split(":")
    loader: Callable[[Path, str], LoadedModel] = getattr(import_module(module), function)
    return loader(folder, model_id)


def loaded_model(
    model: SensorModel,
    model_id: str,
    source: str,
    architecture: str,
    paths: Sequence[Path],
    spans: PatchSpans | None = None,
) -> LoadedModel:
    """A sensor model with what its contract says; `paths` are the files it was read from."""
    contract = model.contract
    return LoadedModel(
        id=model_id,
        source=source,
        module=model.eval(),
        forward_input=model.prepare_input,
        predict=model.predict,
        architecture=architecture,
        description=contract.description,
        tokens=token_kind(model),
        sensors=contract.sensors,
        window=contract.window,
        step_seconds=contract.step_seconds,
        horizon_rows=contract.target.horizon_rows,
        target=contract.target.name,
        target_unit=contract.target.unit,
        event=contract.target.task == "event",
        files=tuple(digest_of(path) for path in paths),
        digest=sha256_files(list(paths), paths[0].parent),
        trained_on=contract.trained.dataset,
        trained_sha256=contract.trained.sha256,
        trained_groups=contract.trained.groups,
        spans=spans,
    )


def digest_of(path: Path) -> FileDigest:
    """A file's name, size and SHA-256."""
    return FileDigest(name=path.name, size=path.stat().st_size, sha256=sha256_file(path))
