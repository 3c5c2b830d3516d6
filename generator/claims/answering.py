"""A model whose output is the number explained, so that what reads attention can be told of F.

In: a LoadedModel with an answer. Out: a module, and inputs for it. Never: a changed model.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generator.capture.inputs import ModelInput, model_input
from generator.effects.answers import ExplainedScalar
from generator.effects.exchange import ExplainedWindows

INNER = "model."


class Answering(nn.Module):
    """F of each window, in sd(F); the model itself is its one child.

    `pair` holds the called class of each window and the next, and is empty but for classes.
    """

    def __init__(self, answer: ExplainedScalar, pair: np.ndarray) -> None:
        super().__init__()
        self.model = answer.model.module
        self._answer, self._pair, self._sd = answer.model.answer, torch.from_numpy(pair), answer.sd

    def forward(self, readings: Tensor) -> Tensor:
        """(windows, time, sensors) as the model takes them -> (windows,)."""
        if self._answer is None:
            raise ValueError("this model gives no answer that can be derived")
        found = self._answer(readings)
        if self._pair.shape[1]:
            found = found.gather(1, self._pair).diff(dim=1)[:, 0].neg()
        return found / self._sd


def answering(
    answer: ExplainedScalar, asked: ExplainedWindows
) -> tuple[Answering, ModelInput] | None:
    """The module and its input of these windows; None where a model cannot be asked this way."""
    if answer.model.answer is None:
        return None
    given = answer.model.forward_input(asked.values)
    if not isinstance(given, Tensor):
        return None
    module = Answering(answer, asked.pair).eval()
    return module, model_input(module, given)
