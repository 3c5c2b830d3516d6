"""What every sensor model shares: plant units in, plant units out, whatever network is between.

In: readings of a few sensors over windows. Out: the probability of an event or of each class, or
a value, per window. Never: a weight read or written, or an architecture: the folders have those.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from generator.models.sensor_config import SensorContract
from generator.models.sensor_input import standardise_windows

Pooling = Literal["mean", "cls", "last"]
WINDOWS_AT_ONCE = 1024


class SensorModel(nn.Module, ABC):
    """A network with the contract it was trained to: sensors, window, scaling, target."""

    contract: SensorContract

    @property
    def pooling(self) -> Pooling | None:
        """Which rows of the last layer the answer is read from; None where it does not say."""
        return "mean"

    def prepare_input(self, sensor_data: Any) -> Tensor:
        """Readings as `forward` takes them: float32 (window, time, sensor), standardised.

        Args:
            sensor_data: (time, sensor), (window, time, sensor), or a polars frame with the
                sensors' columns in any order.

        Raises:
            ValueError: wrong number of sensors or samples, or a missing column.

        """
        return standardise_windows(self.contract, sensor_data)

    def predict(self, sensor_data: Any) -> np.ndarray:
        """(window,) probabilities or values in the target's unit; (window, class) probabilities."""
        inputs = self.prepare_input(sensor_data)
        device = next(self.parameters()).device
        with set_eval_mode(self), torch.no_grad():
            starts = range(0, len(inputs), WINDOWS_AT_ONCE)
            parts = [inputs[at : at + WINDOWS_AT_ONCE] for at in starts]
            outputs = [self.answer(part.to(device)).cpu() for part in parts]
        return self._to_target_units(torch.cat(outputs)).double().numpy()

    def explained(self, inputs: Tensor) -> Tensor:
        """(window, time, sensor) -> log odds, a value in its unit, or a score for each class."""
        found = self.answer(inputs.to(next(self.parameters()).device))
        target = self.contract.target
        return found * target.scale + target.mean if target.task == "value" else found

    @abstractmethod
    def answer(self, inputs: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,) logit or standardised value, or (window, class)."""

    def _to_target_units(self, output: Tensor) -> Tensor:
        target = self.contract.target
        if target.task == "event":
            return torch.sigmoid(output)
        if target.task == "class":
            return torch.softmax(output, dim=-1)
        return output * target.scale + target.mean


@contextmanager
def set_eval_mode(model: nn.Module) -> Iterator[None]:
    """The model in eval mode; afterwards in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
