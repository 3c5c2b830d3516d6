"""An economiser's network and the agent around it: all that a package of your own must hold.

In: a folder with config.json and model.safetensors. Out: a LoadedModel for the reports, an agent
for the plant. Nothing here inherits from attention-reports; two of its records are returned.
Never: a set-point, a soot-blowing command, an emission figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from safetensors.torch import load_file
from torch import nn

from generator.agents.protocol import Prediction
from generator.hashing import sha256_file, sha256_files
from generator.kinds import TokenKind
from generator.models.source import LoadedModel
from generator.records import FileDigest

CONFIG, WEIGHTS = "config.json", "model.safetensors"


@dataclass(frozen=True)
class Settings:
    """What `config.json` holds; `mean` and `scale` are per sensor, in the sensors' own units."""

    sensors: list[str]
    window: int
    step_seconds: float
    horizon_rows: int
    mean: list[float]
    scale: list[float]
    target: str
    target_unit: str
    target_scale: float
    width: int
    heads: int
    layers: int
    description: str
    trained_on: str
    trained_sha256: str
    trained_groups: list[str]


class Block(nn.Module):
    """Attention between sensors, then a step for each by itself."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.step = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """(window, sensor, width) -> the same."""
        read = self.before(tokens)
        tokens = tokens + self.attention(read, read, read, need_weights=False)[0]
        stepped: torch.Tensor = tokens + self.step(self.after(tokens))
        return stepped


class EconomiserNet(nn.Module):
    """One token per sensor: its whole window."""

    tokens = TokenKind.SENSORS  # so that reports may name sensors

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.read = nn.Linear(settings.window, settings.width)
        self.which = nn.Parameter(torch.zeros(len(settings.sensors), settings.width))
        self.blocks = nn.Sequential(
            *(Block(settings.width, settings.heads) for _ in range(settings.layers))
        )
        self.say = nn.Linear(settings.width, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """(window, time, sensor) standardised -> (window,) standardised."""
        tokens = self.blocks(self.read(windows.transpose(1, 2)) + self.which)
        said: torch.Tensor = self.say(tokens.mean(dim=1)).squeeze(-1)
        return said

    def prepare_input(self, sensor_data: Any) -> torch.Tensor:
        """(time, sensor), (window, time, sensor) or a polars frame, in plant units."""
        names = self.settings.sensors
        if isinstance(sensor_data, pl.DataFrame):
            sensor_data = sensor_data.select(names).to_numpy()
        readings = np.asarray(sensor_data, dtype=np.float64)
        readings = readings[None] if readings.ndim == 2 else readings
        wanted = (self.settings.window, len(names))
        if readings.shape[1:] != wanted:
            raise ValueError(f"readings must be (window, {wanted[0]}, {wanted[1]}): {names}")
        scaled = (readings - self.settings.mean) / self.settings.scale
        return torch.from_numpy(np.nan_to_num(scaled, posinf=0, neginf=0).astype(np.float32))

    def predict(self, sensor_data: Any) -> np.ndarray:
        """(window,) in the target's unit."""
        with torch.no_grad():
            said: np.ndarray = self(self.prepare_input(sensor_data)).numpy()
        return said * self.settings.target_scale


def read_net(folder: Path) -> EconomiserNet:
    """The network in a folder, in eval mode."""
    net = EconomiserNet(Settings(**json.loads((folder / CONFIG).read_text(encoding="utf-8"))))
    net.load_state_dict(load_file(folder / WEIGHTS))
    return net.eval()


def load(folder: Path, model_id: str) -> LoadedModel:
    """The model source: what `source: economiser-net` in a manifest calls."""
    net, paths = read_net(folder), [folder / CONFIG, folder / WEIGHTS]
    settings = net.settings
    return LoadedModel(
        id=model_id,
        source="economiser-net",
        module=net,
        forward_input=net.prepare_input,
        predict=net.predict,
        architecture="economiser-net",
        description=settings.description,
        tokens=net.tokens,
        sensors=tuple(settings.sensors),
        window=settings.window,
        step_seconds=settings.step_seconds,
        horizon_rows=settings.horizon_rows,
        target=settings.target,
        target_unit=settings.target_unit,
        task="value",
        files=tuple(
            FileDigest(name=p.name, size=p.stat().st_size, sha256=sha256_file(p)) for p in paths
        ),
        digest=sha256_files(paths, folder),
        trained_on=settings.trained_on,
        trained_sha256=settings.trained_sha256,
        trained_groups=tuple(settings.trained_groups),
    )


class EconomiserWatch:
    """The agent: what `agent: economiser-watch` in a manifest makes, with `model` a folder."""

    id = "GL-020"
    name = "Economiser watch"
    senses = (
        "Flue-gas temperature before and after, feed-water temperature before and after, "
        "feed-water flow and draught loss of an economiser, every minute."
    )
    predicts = "By how many kelvin the flue gas after the economiser changes within 15 minutes."
    intended_use = (
        "Shows the boiler operator where the stack temperature is heading, and model developers "
        "what the model looked at when it said so."
    )
    limits = (
        "Trained on simulated runs of one economiser; no plant was measured.",
        "Not for control, alarms, trips or set-points.",
        "Its output is no measured or reportable value.",
    )

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        given = dict(config or {})
        if set(given) != {"model"}:
            raise ValueError("economiser-watch takes one setting: model, the folder of its network")
        self.model = read_net(Path(given["model"]))

    def get_sensor_names(self) -> list[str]:
        """Sensor names in the model's order."""
        return list(self.model.settings.sensors)

    def process(self, sensor_data: Any) -> list[Prediction]:
        """One prediction per window, in kelvin."""
        settings = self.model.settings
        values = self.model.predict(sensor_data)
        return [
            Prediction(value=float(value), unit=settings.target_unit, target=settings.target)
            for value in values
        ]
