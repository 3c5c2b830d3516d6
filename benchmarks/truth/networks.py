"""Two more transformers over time steps: with a read-out token, and with a causal mask.

In: standardised readings. Out: one output per window. Never: a token that holds less than all
sensors of its time step, but for the read-out token, which holds none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from generator.kinds import SpecialToken
from generator.models.sensor_config import CONFIG_FILE, WEIGHTS_FILE, SensorModelConfig
from generator.models.sensor_model import Pooling
from generator.models.sensor_transformers import TimestepTransformer
from generator.models.source import LoadedModel, loaded_model
from generator.models.weights import read_weights
from generator.tokens.cut import make_step_tokens, with_special

SOURCE = "benchmark"


class ReadOutConfig(SensorModelConfig):
    """Everything about one of these networks but its weights."""

    architecture: Literal["timestep-cls", "timestep-causal"]  # type: ignore[assignment]


class ClassTokenTransformer(TimestepTransformer):
    """A learned token before the time steps gathers them; the output is read from it."""

    def __init__(self, config: SensorModelConfig) -> None:
        super().__init__(config)
        self.read_out_token = nn.Parameter(torch.randn(config.width) * 0.02)
        steps = make_step_tokens(config.window, config.sensors)
        self.tokens = with_special(steps, {0: SpecialToken.CLASS})

    @property
    def pooling(self) -> Pooling:
        """The answer is read from the first token."""
        return "cls"

    def forward(self, x: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,) logit or standardised value."""
        first = self.read_out_token.expand(len(x), 1, -1)
        tokens = torch.cat([first, self.embed(x) + self.position], dim=1)
        output: Tensor = self.read_out(self.norm(self.encoder(tokens)[:, 0]))
        return output.squeeze(-1)


class CausalTransformer(TimestepTransformer):
    """A time step sees itself and those before it; the output is read from the last one."""

    @property
    def pooling(self) -> Pooling:
        """The answer is read from the last time step."""
        return "last"

    def forward(self, x: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,) logit or standardised value."""
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], device=x.device)
        tokens = self.encoder(self.embed(x) + self.position, mask=mask, is_causal=True)
        output: Tensor = self.read_out(self.norm(tokens[:, -1]))
        return output.squeeze(-1)


NETWORKS: dict[str, type[TimestepTransformer]] = {
    "timestep-cls": ClassTokenTransformer,
    "timestep-causal": CausalTransformer,
}


def build(config: ReadOutConfig) -> TimestepTransformer:
    """An untrained network; seed torch first."""
    return NETWORKS[config.architecture](config)


def load(folder: Path, model_id: str) -> LoadedModel:
    """The network in a folder."""
    text = (folder / CONFIG_FILE).read_bytes()
    config = ReadOutConfig.model_validate_json(text)
    model = build(config)
    read_weights(model, folder)
    paths = [folder / CONFIG_FILE, folder / WEIGHTS_FILE]
    return loaded_model(model, model_id, SOURCE, config.architecture, paths)
