"""Two small transformers over a window of plant sensors, and the folder they are kept in.

In: readings of a few sensors over one window. Out: per window the probability of an event, a value,
or the probability of each class. A folder holds `model.safetensors` and `config.json`.
Never: a pickle, a download.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional as F

from generator.errors import InputError
from generator.kinds import TokenKind
from generator.models.sensor_config import CONFIG_FILE, SensorModelConfig, read_sensor_config
from generator.models.sensor_input import standardised_windows

WEIGHTS_FILE = "model.safetensors"
DROPOUT = 0.1
WINDOWS_AT_ONCE = 1024


class SensorTransformer(nn.Module):
    """What both models share: plant units in, plant units out."""

    tokens: TokenKind

    def __init__(self, config: SensorModelConfig) -> None:
        super().__init__()
        self.config = config

    def prepare_input(self, sensor_data: Any) -> Tensor:
        """Readings as `forward` takes them: float32 (window, time, sensor), standardised.

        Args:
            sensor_data: (time, sensor), (window, time, sensor), or a polars frame with the
                sensors' columns in any order.

        Raises:
            ValueError: wrong number of sensors or samples, or a missing column.

        """
        return standardised_windows(self.config, sensor_data)

    def predict(self, sensor_data: Any) -> np.ndarray:
        """(window,) probabilities or values in the target's unit; (window, class) probabilities."""
        inputs = self.prepare_input(sensor_data)
        device = next(self.parameters()).device
        with evaluating(self), torch.no_grad():
            starts = range(0, len(inputs), WINDOWS_AT_ONCE)
            parts = [inputs[at : at + WINDOWS_AT_ONCE] for at in starts]
            outputs = [self(part.to(device)).cpu() for part in parts]
        return self._in_target_units(torch.cat(outputs)).double().numpy()

    def _in_target_units(self, output: Tensor) -> Tensor:
        target = self.config.target
        if target.task == "event":
            return torch.sigmoid(output)
        if target.task == "class":
            return torch.softmax(output, dim=-1)
        return output * target.scale + target.mean


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


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in eval mode; afterwards in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


def build_sensor_model(config: SensorModelConfig) -> VariateTransformer | TimestepTransformer:
    """An untrained model of the configured architecture; seed torch first."""
    return ARCHITECTURES[config.architecture](config)


def save_sensor_model(model: SensorTransformer, folder: Path) -> None:
    """Write `model.safetensors` and `config.json`; the folder is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    (folder / WEIGHTS_FILE).write_bytes(save(weights))
    text = model.config.model_dump_json(indent=2)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")


def load_sensor_model(folder: Path) -> VariateTransformer | TimestepTransformer:
    """The model in a folder, in eval mode.

    Raises:
        InputError: a file is missing, is not what its name says, or the two do not fit together.

    """
    model = build_sensor_model(read_sensor_config(folder))
    weights = _read_weights(folder / WEIGHTS_FILE)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{folder}: {WEIGHTS_FILE} does not fit {CONFIG_FILE}: {reason}"
        ) from error
    return model.eval()


def _read_weights(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; weights load from safetensors only") from None
    except safetensors.SafetensorError as error:
        raise InputError(f"{path}: not a safetensors file ({error})") from error
