"""From a model with special tokens to a report's positions: every name on the token it means."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from generator import AttentionVisualizer
from generator.build.explain import add_token_names, identify_tokens
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.comparison.alignment import align
from generator.comparison.side import Side
from generator.errors import InputError
from generator.kinds import SpecialToken, TokenKind
from generator.measures.record import record_attention
from generator.measures.summary import summarise
from generator.models.sensor_config import SensorContract
from generator.models.sensor_model import SensorModel
from generator.models.source import LoadedModel, loaded_model
from generator.records import AttentionRecord, Sensor
from generator.spec.tokens import TokensSpec
from generator.tokens import cut

SENSORS = ("air", "fuel", "co")
TAGGED = {name: Sensor(name=name, tag=f"T-{name}") for name in (*SENSORS, "now", "[CLS]")}
CONTRACT = SensorContract.model_validate(
    {
        "sensors": SENSORS,
        "window": 8,
        "scaling": {name: {"mean": 0.0, "scale": 1.0} for name in SENSORS},
        "target": {"name": "co", "task": "value"},
    }
)
MARKED = cut.with_special(
    cut.sensor_tokens(8, SENSORS), {0: SpecialToken.CLASS, -1: SpecialToken.REGISTER}
)


class Registered(SensorModel):
    """Sensor tokens with a class token before them and a register after them."""

    tokens: Any = MARKED

    def __init__(self) -> None:
        super().__init__()
        self.contract = CONTRACT
        torch.manual_seed(4)
        self.embed = nn.Linear(8, 8)
        self.apart = nn.Parameter(torch.randn(2, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def embedded(self, x: Tensor) -> Tensor:
        """(window, time, sensor) -> (window, token, width)."""
        tokens: Tensor = self.embed(x.transpose(1, 2))
        one, other = self.apart.expand(len(x), 2, 8).split(1, dim=1)
        return torch.cat([one, tokens, other], dim=1)

    def answer(self, inputs: Tensor) -> Tensor:
        tokens = self.embedded(inputs)
        mixed: Tensor = self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return mixed[:, 0, 0]

    forward = answer


class Silent(Registered):
    """The same network, which says sensors and nothing of its special tokens."""

    tokens = TokenKind.SENSORS


def loaded(model: SensorModel, folder: Path) -> LoadedModel:
    path = folder / "contract.json"
    path.write_text(CONTRACT.model_dump_json())
    return loaded_model(model, "net", "test", "Registered", [path])


def explained(model: LoadedModel, stated: TokenKind | TokensSpec | None = None) -> AttentionRecord:
    """The stages of a run between its maps and its record."""
    run: Any = SimpleNamespace(id="r", report=SimpleNamespace(tokens=stated))
    clock: Any = SimpleNamespace(clock=SimpleNamespace(is_real=True, step=60.0))
    given = model_input(model.module, model.forward_input(readings()))
    weights = extract_attention(model.module, given, Extraction())
    tokens = identify_tokens(run, model, weights)
    summary = summarise(add_token_names(clock, model, tokens, weights))
    return record_attention(summary, TAGGED, tokens.coverage)


def readings() -> np.ndarray:
    """(window, time, sensor)."""
    return np.random.default_rng(0).normal(size=(4, 8, 3))


@pytest.mark.parametrize("stated", [None, TokensSpec(kind="sensors", special=(0, -1))])
def test_a_sensors_name_stands_on_the_token_that_reads_it(
    stated: TokensSpec | None, tmp_path: Path
) -> None:
    """Change one sensor's readings: the one token that changes is the one with its name."""
    model = Registered() if stated is None else Silent()
    record = explained(loaded(model, tmp_path), stated)
    before = torch.from_numpy(readings()).float()
    for place, sensor in enumerate(SENSORS):
        after = before.clone()
        after[:, :, place] += 1
        moved = (model.embedded(after) != model.embedded(before)).any(-1).any(0)
        assert moved.nonzero().flatten().tolist() == [record.names.index(sensor)]
    assert [p.label for p in record.positions if not p.special] == [
        f"{name} · T-{name}" for name in SENSORS
    ]


def test_special_tokens_stand_apart_with_their_own_names(tmp_path: Path) -> None:
    """They are marked, ranked after all sensors, and have no sensor's tag."""
    record = explained(loaded(Registered(), tmp_path))
    assert record.names == ("[CLS]", "air", "fuel", "co", "[REG]")
    apart = [position for position in record.positions if position.special]
    assert [(p.name, p.label) for p in apart] == [("[CLS]", "[CLS]"), ("[REG]", "[REG]")]
    assert sorted(p.rank for p in apart) == [4, 5]
    ranked = sorted((p for p in record.positions if not p.special), key=lambda p: p.rank)
    assert [p.importance for p in ranked] == sorted((p.importance for p in ranked), reverse=True)
    assert record.coverage == MARKED
    assert AttentionRecord.model_validate_json(record.model_dump_json()) == record


def test_a_model_that_is_silent_about_them_is_not_guessed_at(tmp_path: Path) -> None:
    """Three sensors, five positions: an error that says what to state, and no shifted name."""
    with pytest.raises(InputError, match=r"report r: the model's tokens are 3 sensors, .* over 5 "):
        explained(loaded(Silent(), tmp_path))


def test_a_sensors_tag_is_not_printed_on_a_time_step(tmp_path: Path) -> None:
    """A sensor called 'now' has nothing to do with the step that is called so."""

    class Steps(Registered):
        tokens = TokenKind.TIMESTEPS

        def embedded(self, x: Tensor) -> Tensor:
            return torch.cat([x, x, x[:, :, :2]], dim=2)

    record = explained(loaded(Steps(), tmp_path))
    assert record.positions[-1].name == "now"
    assert {p.label for p in record.positions} == set(record.names)


def test_mere_positions_are_numbered(tmp_path: Path) -> None:
    """Neither known nor stated: positions, no coverage, nothing special."""

    class Unknown(Registered):
        tokens = TokenKind.POSITIONS

    record = explained(loaded(Unknown(), tmp_path))
    assert record.names == tuple(f"position_{at}" for at in range(5))
    assert record.coverage is None
    assert not any(position.special for position in record.positions)


def test_the_visualizer_names_special_tokens_itself() -> None:
    """The caller names sensors; a name too many would fall on a special token and is refused."""
    model, given = Registered().eval(), torch.from_numpy(readings()).float()
    seen = AttentionVisualizer(model, ["A", "F", "C"])
    assert seen.extract_attention_weights(given).feature_names == ["[CLS]", "A", "F", "C", "[REG]"]
    five = AttentionVisualizer(model, ["v", "A", "F", "C", "w"])
    with pytest.raises(ValueError, match=r"5 feature names for 3 sensors.*\(\[CLS\], \[REG\]\)"):
        five.extract_attention_weights(given)


def side(name: str, names: tuple[str, ...], tokens: TokenKind) -> Side:
    size = len(names)
    return Side(
        name=name,
        tokens=tokens,
        group="encoder",
        names=names,
        labels=names,
        named=True,
        importance=np.full(size, 1 / size),
        lift=np.ones(size),
        maps=np.full((1, 1, size, size), 1 / size),
        mask=np.ones((size, size), dtype=bool),
        averaged_heads=1,
        same=True,
        special=frozenset(text for text in names if text.startswith("[")),
    )


def test_special_tokens_are_not_compared_as_sensors() -> None:
    """Two models with a class token share their sensors, and no token called [CLS]."""
    a = side("a", ("[CLS]", "air", "fuel", "co"), TokenKind.SENSORS)
    b = side("b", ("air", "co", "[CLS]", "[REG]"), TokenKind.SENSORS)
    found = align(a, b)
    assert (found.places_a, found.places_b) == ((1, 3), (0, 1))
    assert (found.only_a, found.only_b) == (("fuel",), ())


def test_special_tokens_are_not_compared_as_moments() -> None:
    """The same steps and the same class token: only the steps are set beside each other."""
    steps = side("a", ("[CLS]", "-1 min", "now"), TokenKind.TIMESTEPS)
    assert align(steps, steps).places_a == (1, 2)
