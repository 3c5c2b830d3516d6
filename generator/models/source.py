"""A model ready to be asked: its module, its input for some windows, its predictions.

One file per source with `load` (folder, id) -> LoadedModel, `read_contract` (folder) ->
SensorContract, `check_weights` (folder) where their header tells more, and one line in
`spec.models.SOURCES`; or a function such as `load` that another package installs under the
entry-point group `attention_reports.models`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np
from torch import Tensor, nn

from generator.errors import InputError
from generator.hashing import sha256_file, sha256_files
from generator.installed import MODELS, find_installed_point
from generator.kinds import Task, TokenKind
from generator.models.sensor_model import Pooling, SensorModel
from generator.records import FileDigest, TokenCoverage
from generator.spec.models import SOURCES
from generator.tokens.families import find_coverage
from generator.tokens.kinds import find_token_kind


@dataclass(frozen=True)
class LoadedModel:
    """A model from a folder, and what its folder says of it.

    Attributes:
        module: the PyTorch module, in eval mode.
        forward_input: (windows, time, sensors) in plant units -> what the forward takes.
        predict: the same -> (windows,) probability of the event, or the value in its unit; for
            classes (windows, classes) probabilities, in the order of `classes`.
        sensors: the columns the model reads, in its order.
        window: rows of one window.
        step_seconds: their spacing; horizon_rows: how far ahead the target lies. None where the
            folder does not say.
        task: what it predicts; classes: the names it tells apart, none for events and values.
        trained_groups: groups of the data its weights were fitted on.
        tokens: what a token stands for; coverage: which rows and sensors each one holds, None
            where its kind says so already (sensors, timesteps) or nobody knows.
        answer: what `forward_input` gives -> (windows,) log odds of the event or value in its
            unit, (windows, classes) scores; with a gradient. None where there is no such function:
            then effects are measured from `predict`, and nothing that needs a gradient.
        pooling: which rows of its last layer it reads for the answer; None where it does not say.
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
    task: Task
    files: tuple[FileDigest, ...]
    digest: str
    trained_on: str
    trained_sha256: str
    trained_groups: tuple[str, ...]
    classes: tuple[str, ...] = ()
    coverage: TokenCoverage | None = None
    answer: Callable[[Tensor], Tensor] | None = None
    pooling: Pooling | None = None

    def __post_init__(self) -> None:
        held = self.coverage
        if held is None:
            return
        if (held.kind, held.window, held.sensors) != (self.tokens, self.window, self.sensors):
            raise ValueError(
                f"model {self.id}: its coverage is of {held.kind.value} over {held.window} rows of "
                f"{len(held.sensors)} sensors, which is not what the model says of itself"
            )

    @property
    def event(self) -> bool:
        """Whether it tells that something happens or not."""
        return self.task == "event"

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(p.numel() for p in self.module.parameters())


Loader = Callable[[Path, str], LoadedModel]


def load_model(source: str, folder: Path, model_id: str) -> LoadedModel:
    """The model in a folder.

    Raises:
        InputError: no such source is built in or installed, what is installed cannot be loaded
            or returns no LoadedModel, or the folder is not what the source needs.

    """
    model = _find_loader(source)(folder, model_id)
    if not isinstance(model, LoadedModel):
        raise InputError(
            f"model source {source!r} returned {type(model).__name__} for model {model_id}; "
            f"it must return a LoadedModel"
        )
    return model


def _find_loader(source: str) -> Loader:
    """The built-in source of that name, whatever else is installed; else the installed one."""
    if source in SOURCES:
        return cast(Loader, import_module(SOURCES[source]).load)
    point = find_installed_point(MODELS, source)
    if point is None:
        raise InputError(f"no model source {source!r} is installed; install the package it is in")
    try:
        return cast(Loader, point.load())
    except (ImportError, AttributeError) as error:
        raise InputError(
            f"model source {source!r}: {point.value} cannot be loaded: {error}"
        ) from error


def loaded_model(
    model: SensorModel,
    model_id: str,
    source: str,
    architecture: str,
    paths: Sequence[Path],
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
        tokens=find_token_kind(model),
        sensors=contract.sensors,
        window=contract.window,
        step_seconds=contract.step_seconds,
        horizon_rows=contract.target.horizon_rows,
        target=contract.target.name,
        target_unit=contract.target.unit,
        task=contract.target.task,
        files=tuple(digest_file(path) for path in paths),
        digest=sha256_files(list(paths), paths[0].parent),
        trained_on=contract.trained.dataset,
        trained_sha256=contract.trained.sha256,
        trained_groups=contract.trained.groups,
        classes=contract.target.classes,
        coverage=find_coverage(model),
        answer=model.explained,
        pooling=model.pooling,
    )


def digest_file(path: Path) -> FileDigest:
    """A file's name, size and SHA-256."""
    return FileDigest(name=path.name, size=path.stat().st_size, sha256=sha256_file(path))
