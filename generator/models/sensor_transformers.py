"""Two small transformers over a window of plant sensors, and the folder they are kept in.

In: readings of a few sensors over one window. Out: per window the probability of an event, a value,
or the probability of each class. A folder holds `model.safetensors` and `config.json`.
Never: a pickle, a download.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.kinds import TokenKind
from generator.models.sensor_config import CONFIG_FILE, SensorModelConfig, read_sensor_config
from generator.models.sensor_model import SensorModel
from generator.models.sensor_shapes import refuse_other_weights
from generator.models.weights import read_weights, write_weights
from generator.models.weights_header import read_weights_header

DROPOUT = 0.1


class SensorTransformer(SensorModel):
    """What both architectures share: their own configuration, and one output per window."""

    tokens: TokenKind

    def __init__(self, config: SensorModelConfig) -> None:
        super().__init__()
        self.config = config
        self.contract = config

    def answer(self, inputs: Tensor) -> Tensor:
        """The forward pass itself: (window, time, sensor) -> (window,) or (window, class)."""
        output: Tensor = self(inputs)
        return output


class VariateTransformer(SensorTransformer):
    """One token per sensor: its whole window, embedded (Liu et al. 2024, iTransformer, section 3).

    Pre-norm blocks, mean over tokens, one output, or one for each class.
    """

    tokens = TokenKind.SENSORS

    def __init__(self, config: SensorModelConfig) -> None:
        super().__init__(config)
        self.embed = nn.Linear(config.window, config.width)
        self.sensor_code = nn.Parameter(torch.randn(len(config.sensors), config.width) * 0.02)
        self.blocks = nn.ModuleList(
            PreNormBlock(config.width, config.heads) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)
        self.read_out = nn.Linear(config.width, config.target.outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,), or (window, class): logits, or standard values."""
        tokens: Tensor = self.embed(x.transpose(1, 2)) + self.sensor_code
        for block in self.blocks:
            tokens = block(tokens)
        output: Tensor = self.read_out(self.norm(tokens).mean(dim=1))
        return output.squeeze(-1)  # classes are two or more, and stay


class TimestepTransformer(SensorTransformer):
    """One token per time step, holding all sensors of that instant (Vaswani et al. 2017).

    Stock `nn.TransformerEncoder`, sinusoidal position, mean over tokens, one output, or
    one for each class.
    """

    tokens = TokenKind.TIMESTEPS
    position: Tensor

    def __init__(self, config: SensorModelConfig) -> None:
        super().__init__(config)
        self.embed = nn.Linear(len(config.sensors), config.width)
        code = sinusoidal_code(config.window, config.width)
        self.register_buffer("position", code, persistent=False)
        layer = nn.TransformerEncoderLayer(
            config.width,
            config.heads,
            dim_feedforward=2 * config.width,
            dropout=DROPOUT,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(config.width)
        self.read_out = nn.Linear(config.width, config.target.outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,), or (window, class): logits, or standard values."""
        tokens: Tensor = self.encoder(self.embed(x) + self.position)
        output: Tensor = self.read_out(self.norm(tokens).mean(dim=1))
        return output.squeeze(-1)  # classes are two or more, and stay


class PreNormBlock(nn.Module):
    """Self-attention and a two-layer network, each on normalised tokens, each added back."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.network_norm = nn.LayerNorm(width)
        self.network = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, tokens: Tensor) -> Tensor:
        """(window, token, width) -> the same shape."""
        tokens = tokens + self.dropout(self._attend(self.attention_norm(tokens)))
        output: Tensor = tokens + self.dropout(self.network(self.network_norm(tokens)))
        return output

    def _attend(self, tokens: Tensor) -> Tensor:
        windows, count, width = tokens.shape
        split = self.query_key_value(tokens).view(windows, count, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value)
        merged: Tensor = self.merge(mixed.transpose(1, 2).reshape(windows, count, width))
        return merged


ARCHITECTURES: dict[str, type[VariateTransformer | TimestepTransformer]] = {
    "variate-transformer": VariateTransformer,
    "timestep-transformer": TimestepTransformer,
}


def sinusoidal_code(steps: int, width: int) -> Tensor:
    """(steps, width) sines and cosines of falling frequency (Vaswani et al. 2017, section 3.5)."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angles = torch.arange(steps)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]


def build_sensor_model(config: SensorModelConfig) -> VariateTransformer | TimestepTransformer:
    """An untrained model of the configured architecture; seed torch first."""
    return ARCHITECTURES[config.architecture](config)


def save_sensor_model(model: SensorTransformer, folder: Path) -> None:
    """Write `model.safetensors` and `config.json`; the folder is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(model, folder)
    text = model.config.model_dump_json(indent=2)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")


def load_sensor_model(folder: Path) -> VariateTransformer | TimestepTransformer:
    """The model in a folder, in eval mode.

    Raises:
        InputError: a file is missing, is not what its name says, or the two do not fit together.

    """
    config = read_sensor_config(folder)
    refuse_other_weights(folder, config, read_weights_header(folder))
    model = build_sensor_model(config)
    read_weights(model, folder)
    return model.eval()
