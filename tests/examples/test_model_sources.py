"""The worked examples of `docs/model-sources.md` run: stand-ins take the place of the libraries."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor, nn

from generator import AttentionVisualizer
from generator.kinds import TokenKind
from generator.models.sensor_config import SensorContract
from generator.models.sensor_model import SensorModel
from generator.models.source import LoadedModel
from generator.spec.reports import ReportSpec
from generator.spec.tokens import TokensSpec
from generator.tokens.names import name_tokens

PAGE = Path(__file__).parents[2] / "docs" / "model-sources.md"
TEXT = PAGE.read_text(encoding="utf-8")
SENSORS = ("flow", "pressure", "oxygen", "temperature")
CONTRACT = SensorContract.model_validate(
    {
        "sensors": SENSORS,
        "window": 16,
        "scaling": {name: {"mean": 1.0, "scale": 2.0} for name in SENSORS},
        "target": {"name": "trip", "task": "event"},
    }
)


class Picture(nn.Module):
    """What `timm.create_model` returns, in little: patches, attention, one number."""

    def __init__(self, img_size: tuple[int, int], patch_size: tuple[int, int], **_: Any) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, 8, patch_size, patch_size)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        tokens = self.patches(pixels).flatten(2).transpose(1, 2)
        found: Tensor = self.head(self.attention(tokens, tokens, tokens)[0].mean(1))
        return found


class PlantNet(SensorModel):
    """A network of the reader's own."""

    tokens = TokenKind.TIMESTEPS

    def __init__(self, contract: SensorContract) -> None:
        super().__init__()
        self.contract = contract
        self.attention = nn.MultiheadAttention(len(contract.sensors), 2, batch_first=True)

    def answer(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.attention(inputs, inputs, inputs)[0].mean((1, 2))
        return found

    forward = answer


def stand_in(name: str, **held: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(held)
    return made


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Every name that the page's Python defines."""
    artifacts = SimpleNamespace(download_artifacts=lambda address: str(tmp_path / address[6:]))
    modules = {
        "mlflow": stand_in("mlflow", artifacts=artifacts),
        "plant_net": stand_in("plant_net", PlantNet=PlantNet),
        "timm": stand_in("timm", create_model=lambda _name, pretrained, **o: Picture(**o)),
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.S):
        exec(compile(block, str(PAGE), "exec"), found)
    return found


def saved(model: nn.Module, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contract.json").write_text(CONTRACT.model_dump_json())
    save_file(model.state_dict(), folder / "model.safetensors")
    return folder


def check(loaded: LoadedModel, positions: int) -> None:
    """It predicts in plant units, and its attention is read."""
    windows = np.random.default_rng(0).normal(size=(3, 16, 4))
    assert loaded.predict(windows).shape == (3,)
    seen = AttentionVisualizer(loaded.module)
    weights = seen.extract_attention_weights(loaded.forward_input(windows))
    assert weights.get_shape()[2:] == (positions, positions)
    assert [file.name for file in loaded.files] == ["contract.json", "model.safetensors"]


def test_mlflow_weights_come_without_a_pickle(examples: dict[str, Any], tmp_path: Path) -> None:
    """The run's address leads to contract and safetensors; both are in the provenance."""
    saved(PlantNet(CONTRACT), tmp_path / "0a1b" / "plant-net")
    (tmp_path / "run.txt").write_text("runs:/0a1b/plant-net\n")
    check(examples["load_mlflow"](tmp_path, "combustion"), positions=16)


def test_timm_reads_windows_as_pictures(examples: dict[str, Any], tmp_path: Path) -> None:
    """Two patches of eight steps and all sensors: two positions, no sensor names."""
    torch.manual_seed(0)
    model = examples["PictureNet"](CONTRACT, "vit_tiny_patch16_224")
    loaded = examples["load_timm"](saved(model, tmp_path), "combustion")
    assert loaded.tokens is TokenKind.POSITIONS
    check(loaded, positions=2)


def test_a_model_may_say_what_its_tokens_hold(examples: dict[str, Any]) -> None:
    """The cut of the page: two sensors between a class token and a register."""
    found = name_tokens(examples["tokens"], [""] * 64)
    assert found == ["[CLS]", "flow", "pressure", "[REG]"]


def test_the_statements_of_the_page_are_right() -> None:
    """Each `tokens` that the page shows for a manifest is one the program reads."""
    block = next(b for b in re.findall(r"```yaml\n(.*?)```", TEXT, re.S) if b.startswith("reports"))
    shown = [
        ReportSpec.model_validate(report).tokens for report in yaml.safe_load(block)["reports"]
    ]
    assert shown == [
        TokenKind.TIMESTEPS,
        TokensSpec(kind="sensors", special=(-1,)),
        TokensSpec(kind="patches", length=8, stride=4, special=(0,)),
    ]
    table = TEXT.split("| key | what it says |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) >= set(TokensSpec.model_fields)
