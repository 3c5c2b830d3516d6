"""How the example models are trained: one recipe, one loop, whatever the plant and the network.

In: standardised windows and their answers. Out: a trained model in eval mode. The loss follows
the target: cross-entropy for an event, squared error for a value. Seeds are fixed.
Never: a look at held-out groups; what comes in is all it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import polars as pl
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.hashing import sha256_file
from generator.models.sensor_config import (
    SensorContract,
    SensorModelConfig,
    SensorScaling,
    TrainedOn,
)
from generator.models.sensor_model import SensorModel

MODELS = Path(__file__).parent / "models"
Model = TypeVar("Model", bound=SensorModel)


@dataclass(frozen=True)
class Recipe:
    """How one model is built and trained.

    `offset` is the spread, in standard deviations, of a random constant that every window gets
    for each sensor, as a calibration error would give it.
    """

    folder: str
    architecture: Literal["variate-transformer", "timestep-transformer", "PatchTSTForRegression"]
    description: str
    epochs: int
    stride: int
    weight_decay: float
    offset: float
    width: int = 32
    layers: int = 2
    heads: int = 4
    learning_rate: float = 2e-3
    batch: int = 256
    seed: int = 0


def measure_scaling(
    frame: pl.DataFrame, sensors: Sequence[str], logged: Iterable[str] = ()
) -> dict[str, SensorScaling]:
    """Mean and deviation of each sensor; of ln(1 + reading) for those in `logged`."""
    return {name: measure_spread(frame[name], name in logged) for name in sensors}


def measure_spread(column: pl.Series, log: bool = False) -> SensorScaling:
    """Mean and deviation of one column to six figures, missing readings left out."""
    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = np.log1p(values) if log else values
    return SensorScaling(
        mean=float(f"{values.mean():.6g}"), scale=float(f"{values.std():.6g}"), log=log
    )


def describe_training(path: Path, groups: Sequence[str]) -> TrainedOn:
    """The training data by name, digest and groups."""
    return TrainedOn(dataset=path.name, sha256=sha256_file(path), groups=tuple(groups))


def build_config(recipe: Recipe, contract: SensorContract) -> SensorModelConfig:
    """The contract with the shape of one of this program's own architectures."""
    shape = {name: getattr(recipe, name) for name in ("architecture", "width", "layers", "heads")}
    return SensorModelConfig.model_validate({**contract.model_dump(), **shape})


def train_model(
    recipe: Recipe, build: Callable[[], Model], readings: np.ndarray, answer: np.ndarray
) -> Model:
    """A model trained by the recipe, in eval mode.

    Args:
        recipe: how; its seed governs the first weights, the order and the offsets.
        build: makes the untrained model.
        readings: (window, time, sensor) in engineering units.
        answer: (window,) bool for an event, in the target's unit for a value.

    """
    torch.manual_seed(recipe.seed)
    model = build().train()
    inputs, wanted = model.prepare_input(readings), _encode_answer(model.contract, answer)
    _fit(recipe, model, inputs, wanted)
    return model.eval()


def _encode_answer(contract: SensorContract, answer: np.ndarray) -> Tensor:
    """What the model's output should be: 0 or 1, or the standardised value."""
    if contract.target.task == "event":
        return torch.from_numpy(answer).float()
    standard = (answer - contract.target.mean) / contract.target.scale
    return torch.from_numpy(standard.astype(np.float32))


def _fit(recipe: Recipe, model: SensorModel, inputs: Tensor, wanted: Tensor) -> None:
    size, sensors = recipe.batch, inputs.shape[2]
    event = model.contract.target.task == "event"
    loss_of = F.binary_cross_entropy_with_logits if event else F.mse_loss
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    batches = len(inputs) // size
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.epochs * batches
    )
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(inputs))[: batches * size].view(batches, size):
            offset = recipe.offset * torch.randn(size, 1, sensors)
            loss = loss_of(model.answer(inputs[chosen] + offset), wanted[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rate.step()
