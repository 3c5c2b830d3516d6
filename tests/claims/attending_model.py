"""A model with attention whose heads are known: two heads over sixteen steps of eight sensors.

Head 0 mixes the first four sensors, head 1 the others; only head 0 is read. Its answer is the mean
over steps of weighted mixed readings.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.models.source import LoadedModel
from tests.claims.questions import ROWS, SENSORS
from tests.models_by_hand import make_model

READ = torch.tensor([1.0, -0.5, 0.8, 0.3, 0.0, 0.0, 0.0, 0.0], dtype=torch.float64)


class Attending(nn.Module):
    """(windows, 16, 8) -> (windows,)."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = nn.Parameter(torch.eye(8, dtype=torch.float64))

    def forward(self, readings: Tensor) -> Tensor:
        x = (readings.double() @ self.turn).unflatten(-1, (2, 4)).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(x, x, x).transpose(1, 2).flatten(2)
        answer: Tensor = (mixed * READ).sum(dim=2).mean(dim=1)
        return answer


def mix_by_hand(readings: Tensor) -> Tensor:
    """(windows, 2, 16, 4): what each head puts out, written out."""
    x = readings.double().unflatten(-1, (2, 4)).transpose(1, 2)
    return torch.softmax(x @ x.mT / 2.0, dim=-1) @ x


def make_attending_model() -> LoadedModel:
    """The model as loaded; its answer goes through the module itself."""
    module = Attending().eval()

    def formula(values: Tensor) -> Tensor:
        with torch.no_grad():
            found: Tensor = module(values)
        return found

    return replace(make_model(formula, SENSORS, ROWS), module=module, answer=module)
