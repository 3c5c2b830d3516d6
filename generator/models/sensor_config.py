"""What a model folder's `config.json` says: sensors, scaling, window, target, training, shape.

In: a model folder. Out: a frozen record. Never: a weight, or a default for anything measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from generator.errors import InputError, clip_line
from generator.kinds import Task
from generator.models.config_file import read_config_file
from generator.records.record import Record

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
LARGEST, SMALLEST = 1e30, 1e-30
"""Bounds of a scaling, well inside what 32-bit numbers hold: beyond them readings become gaps."""
MOST_ROWS = 10_000_000


class FiniteRecord(Record):
    """A record of whose numbers none is infinite or no number at all."""

    model_config = ConfigDict(allow_inf_nan=False)


class SensorScaling(FiniteRecord):
    """How one sensor's reading is standardised: (reading - mean) / scale.

    With `log`, the reading is first replaced by ln(1 + max(reading, 0)); mean and scale
    then belong to that logarithm.
    """

    mean: float = Field(ge=-LARGEST, le=LARGEST)
    scale: float = Field(ge=SMALLEST, le=LARGEST)
    log: bool = False


class SensorTarget(FiniteRecord):
    """What the model predicts: an event's or each class's probability, or mean + scale * output.

    `horizon_rows` says how many rows after the window's last the target lies (an event: by when
    it happens); None where the folder does not say.
    """

    name: str
    unit: str = ""
    task: Task
    classes: tuple[str, ...] = ()
    horizon_words: str = ""
    horizon_rows: int | None = Field(default=None, ge=0, le=MOST_ROWS)
    mean: float = Field(default=0.0, ge=-LARGEST, le=LARGEST)
    scale: float = Field(default=1.0, ge=SMALLEST, le=LARGEST)

    @property
    def outputs(self) -> int:
        """How many numbers the network gives for one window."""
        return len(self.classes) or 1

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        if self.task != "class" and self.classes:
            raise ValueError(f"task {self.task} has no classes; say task: class")
        if self.task == "class" and (
            len(self.classes) < 2 or len(set(self.classes)) < self.outputs
        ):
            raise ValueError("task class needs two or more classes, each with a name of its own")
        return self


class TrainedOn(Record):
    """Which file, and which of its groups (runs), the weights were fitted on."""

    dataset: str = ""
    sha256: str = ""
    groups: tuple[str, ...] = ()


class SensorContract(FiniteRecord):
    """What goes into a model and what comes out, whatever the model is.

    Attributes:
        sensors: column names, in the model's own order.
        window: samples in one window; step_seconds: their spacing, None without a clock.
        scaling: one entry per sensor.
        target: what is predicted, and how far ahead.

    """

    sensors: tuple[str, ...] = Field(min_length=1)
    window: int = Field(ge=2, le=MOST_ROWS)
    step_seconds: float | None = Field(default=None, gt=0)
    scaling: dict[str, SensorScaling]
    target: SensorTarget
    description: str = ""
    trained: TrainedOn = TrainedOn()

    @model_validator(mode="after")
    def _check_scaling(self) -> Self:
        if len(set(self.sensors)) != len(self.sensors):
            raise ValueError("sensors: a name stands twice")
        if set(self.scaling) != set(self.sensors):
            different = sorted(set(self.scaling) ^ set(self.sensors))
            raise ValueError(f"scaling and sensors differ in {', '.join(different)}")
        return self


class SensorModelConfig(SensorContract):
    """Everything about a sensor transformer but its weights.

    Attributes:
        architecture: one token per sensor ('variate') or per time step ('timestep').
        width, layers, heads: the size of the transformer.

    """

    architecture: Literal["variate-transformer", "timestep-transformer"]
    width: int = Field(ge=1)
    layers: int = Field(ge=1)
    heads: int = Field(ge=1)

    @model_validator(mode="after")
    def _check_heads(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")
        return self


def read_sensor_config(folder: Path) -> SensorModelConfig:
    """The configuration in a model folder; InputError when it is missing or wrong."""
    path = folder / CONFIG_FILE
    try:
        return SensorModelConfig.model_validate_json(json.dumps(read_config_file(path)))
    except FileNotFoundError:
        raise InputError(f"{path}: not found; a sensor model folder needs it") from None
    except ValidationError as error:
        raise InputError(f"{path}: {describe_first_problem(error)}") from error


def describe_first_problem(error: ValidationError) -> str:
    """The first mistake as 'key: what is wrong', and how many more there are."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    more = error.error_count() - 1
    says = str(first["msg"]).removeprefix("Value error, ")
    text = f"{where}: {says}" if where else says
    text = clip_line(text, 240)
    return f"{text} (and {more:,} more)" if more else text
