"""A model whose output is the number explained, so that what reads attention can be told of F.

In: a LoadedModel with an answer. Out: a module, and inputs for it. Never: a changed model.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generator.capture.inputs import ModelInput, model_input
from generator.effects.exchange import ExplainedWindows
from generator.effects.scalar import ExplainedScalar

INNER = "model."
NO_ANSWER = "this model gives no answer that can be derived"


class ExplainedModule(nn.Module):
    """F of each window, in sd(F); the model itself is its one child.

    `pair` holds the called class of each window and the next, and is empty but for classes.
    """

    def __init__(self, scalar: ExplainedScalar, pair: np.ndarray) -> None:
        super().__init__()
        self.model = scalar.model.module
        self._answer, self._pair, self._sd = scalar.model.answer, torch.from_numpy(pair), scalar.sd

    def forward(self, readings: Tensor) -> Tensor:
        """(windows, time, sensors) as the model takes them -> (windows,) in sd(F).

        Raises:
            ValueError: the model gives no answer that can be derived.
        """
        if self._answer is None:
            raise ValueError(NO_ANSWER)
        scores = self._answer(readings)
        if self._pair.shape[1]:
            scores = scores.gather(1, self._pair).diff(dim=1)[:, 0].neg()
        return scores / self._sd


def wrap_model(
    scalar: ExplainedScalar, windows: ExplainedWindows
) -> tuple[ExplainedModule, ModelInput] | None:
    """The module and its input of these windows; None where a model cannot be asked this way."""
    if scalar.model.answer is None:
        return None
    inputs = scalar.model.forward_input(windows.values)
    if not isinstance(inputs, Tensor):
        return None
    module = ExplainedModule(scalar, windows.pair).eval()
    return module, model_input(module, inputs)
