"""AttentionVisualizer: caching that is measured, names that are true, plain strings accepted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from generator import AttentionVisualizer, AttentionWeights, VisualizationType
from generator.agents.combustion import CombustionOptimizer
from generator.capture.cache import MOST_EXTRACTIONS
from generator.kinds import TokenKind
from generator.models.sensor_transformers import load_sensor_model
from tests.conftest import ROOT

SHIPPED = ROOT / "examples" / "process_heat" / "models"


class Counting(nn.Module):
    """An encoder that counts its forward passes."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.counted: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.counted.append(len(x))
        output: torch.Tensor = self.encoder(x)
        return output

    @property
    def passes(self) -> int:
        return len(self.counted)


@pytest.fixture
def model() -> Counting:
    return Counting()


X = np.random.default_rng(0).normal(size=(2, 5, 16)).astype(np.float32)


def test_the_same_question_is_answered_from_the_cache(model: Counting) -> None:
    """Two extractions, one forward pass, equal weights; without caching there are two passes."""
    cached = AttentionVisualizer(model)
    one, other = cached.extract_attention_weights(X), cached.extract_attention_weights(X.copy())
    assert model.passes == 1
    np.testing.assert_array_equal(one.weights, other.weights)
    AttentionVisualizer(model, enable_caching=False).extract_attention_weights(X)
    AttentionVisualizer(model, enable_caching=False).extract_attention_weights(X)
    assert model.passes == 3


def test_changed_parameters_inputs_or_requests_are_read_anew(model: Counting) -> None:
    """Even a change behind autograd's back (`.data`) is noticed; nothing stale is shown."""
    visualizer = AttentionVisualizer(model)
    before = visualizer.extract_attention_weights(X).weights
    model.encoder.layers[0].self_attn.in_proj_weight.data.mul_(3.0)
    after = visualizer.extract_attention_weights(X).weights
    assert model.passes == 2
    assert not np.allclose(before, after)
    visualizer.extract_attention_weights(X + 1)
    visualizer.extract_attention_weights(X, return_all_heads=True)
    visualizer.extract_attention_weights(X, sample=1)
    assert model.passes == 5


def test_a_cached_map_cannot_be_spoilt(model: Counting) -> None:
    """The array every later hit shares is read-only."""
    weights = AttentionVisualizer(model).extract_attention_weights(X)
    with pytest.raises(ValueError, match="read-only"):
        weights.weights[0] = 0


def test_the_cache_has_an_end(model: Counting) -> None:
    """Old extractions leave when new ones come."""
    visualizer = AttentionVisualizer(model)
    for shift in range(MOST_EXTRACTIONS + 3):
        visualizer.extract_attention_weights(X + shift)
    assert len(visualizer._attention_cache) == MOST_EXTRACTIONS


def test_sensor_names_are_refused_on_time_tokens() -> None:
    """Eight sensors, eight time steps: counts agree, and still no sensor name is printed."""
    challenger = load_sensor_model(SHIPPED / "combustion_timesteps")
    sensors = [f"sensor {i}" for i in range(64)]
    with pytest.raises(ValueError, match="tokens are timesteps; use timestep_names"):
        AttentionVisualizer(challenger, feature_names=sensors).extract_attention_weights(
            np.zeros((1, 64, 8))
        )
    steps = AttentionVisualizer(challenger, timestep_names=sensors)
    found = steps.extract_attention_weights(np.zeros((1, 64, 8)))
    assert found.tokens is TokenKind.TIMESTEPS
    assert steps.get_attention_summary(found).names == sensors


def test_the_agents_sensors_are_its_tokens() -> None:
    """The shipped combustion model has one token per sensor."""
    agent = CombustionOptimizer()
    visualizer = AttentionVisualizer(agent.model, agent.get_sensor_names())
    found = visualizer.extract_attention_weights(np.zeros((2, 64, 8)))
    assert found.tokens is TokenKind.SENSORS
    assert found.feature_names == agent.get_sensor_names()


def hand_made() -> AttentionWeights:
    return AttentionWeights(weights=np.full((2, 3, 4, 4), 0.25, dtype=np.float32))


@pytest.mark.parametrize(("layer", "head"), [(-1, 0), (2, 0), (0, -1), (0, 3)])
def test_layers_and_heads_out_of_range_are_refused(layer: int, head: int) -> None:
    """Negative ones too: nobody means the last by accident."""
    with pytest.raises(ValueError, match="out of range"):
        AttentionVisualizer().visualize_attention(hand_made(), layer=layer, head=head)


@pytest.mark.parametrize("kind", list(VisualizationType))
def test_every_type_is_drawn_as_asked(kind: VisualizationType) -> None:
    """Enum or plain string; the result names the type it drew and gives the matrix."""
    found = AttentionVisualizer().visualize_attention(hand_made(), 1, 2, kind.value, (4, 3))
    assert set(found) == {"figure", "matrix", "layer", "head", "type"}
    assert (found["layer"], found["head"], found["type"]) == (1, 2, kind.value)
    np.testing.assert_array_equal(found["matrix"], hand_made().weights[1, 2])
    assert found["figure"].get_size_inches().tolist() == [4, 3]


def test_an_unknown_type_is_told() -> None:
    """The error names the word that is none."""
    with pytest.raises(ValueError, match="'pie' is not a valid VisualizationType"):
        AttentionVisualizer().visualize_attention(hand_made(), viz_type="pie")


def test_extraction_without_a_model_is_told() -> None:
    """A visualizer made for summaries says what extraction needs."""
    with pytest.raises(ValueError, match="extraction needs a PyTorch model"):
        AttentionVisualizer().extract_attention_weights(X)


def test_names_of_the_visualizer_name_hand_made_weights() -> None:
    """Weights nobody named get the visualizer's names, if they fit."""
    named = AttentionVisualizer(feature_names=list("abcd")).get_attention_summary(hand_made())
    assert named.names == list("abcd")
    with pytest.raises(ValueError, match="3 feature names for 4 positions"):
        AttentionVisualizer(feature_names=list("abc")).get_attention_summary(hand_made())


@pytest.mark.parametrize("ending", ["html", "png", "svg", "json", "csv"])
def test_simulated_readings_are_said_in_every_export(
    model: Counting, tmp_path, ending: str
) -> None:  # type: ignore[no-untyped-def]
    """A visualizer told so puts the sentence into each file."""
    visualizer = AttentionVisualizer(model, simulated=True)
    summary = visualizer.get_attention_summary(visualizer.extract_attention_weights(X))
    path = visualizer.export_visualization(summary, ending, tmp_path / f"out.{ending}")
    assert b"Simulated data" in path.read_bytes()
