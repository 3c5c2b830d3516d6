"""Thirteen bars an earlier attempt at this program fell short of; each is held here.

Where a promise has tests of its own, the test here is the shortest that fails when it breaks.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from generator import NOTICE, AttentionVisualizer, AttentionWeights, ExportFormat, VisualizationType
from generator.agents.protocol import Agent
from generator.errors import CaptureError

EIGHT = [f"tag {i}" for i in range(8)]


def encoder() -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


@pytest.fixture
def visualizer() -> AttentionVisualizer:
    return AttentionVisualizer(encoder(), feature_names=EIGHT)


@pytest.fixture
def weights(visualizer: AttentionVisualizer) -> AttentionWeights:
    return visualizer.extract_attention_weights(torch.randn(3, 8, 16), return_all_heads=True)


def test_01_stock_models_yield_true_maps_by_head(weights: AttentionWeights) -> None:
    """Three samples, four heads: four heads are reported, never three."""
    assert weights.get_shape() == (2, 4, 8, 8)


def test_02_nothing_is_fabricated() -> None:
    """No attention: a typed error with cause and remedy."""
    with pytest.raises(CaptureError, match="pass the plain PyTorch model"):
        AttentionVisualizer(nn.Linear(4, 4)).extract_attention_weights(np.zeros((1, 2, 4)))


def test_03_extraction_is_deterministic_and_leaves_no_trace() -> None:
    """A model in training mode with dropout: same bytes twice, training mode kept."""
    model, x = encoder().train(), torch.randn(1, 8, 16)
    reader = AttentionVisualizer(model, enable_caching=False)
    one, other = (reader.extract_attention_weights(x).weights for _ in range(2))
    assert one.tobytes() == other.tobytes()
    assert all(module.training for module in model.modules())


def test_04_statistics_can_vary(visualizer: AttentionVisualizer, weights: AttentionWeights) -> None:
    """Layers, heads and attending positions have figures that are not one constant."""
    summary = visualizer.get_attention_summary(weights, top_k=8)
    assert np.ptp(summary.layer_importance) > 1e-4
    assert np.ptp(summary.head_importance[0]) > 1e-4
    assert np.ptp([value for _, value in summary.top_attending_features]) > 1e-4


def test_05_names_fit_or_are_refused() -> None:
    """Five names for eight positions: an error, never a cut ranking."""
    reader = AttentionVisualizer(encoder(), feature_names=EIGHT[:5])
    with pytest.raises(ValueError, match="5 feature names for 8 positions"):
        reader.extract_attention_weights(torch.randn(1, 8, 16))


def test_06_flags_do_what_they_say(visualizer: AttentionVisualizer) -> None:
    """One layer, one mean head, when asked; the second question is free (see test_visualizer)."""
    found = visualizer.extract_attention_weights(torch.randn(1, 8, 16), return_all_layers=False)
    assert found.get_shape() == (1, 1, 8, 8)
    assert found.averaged_heads == 4


def test_07_invalid_weights_say_why(weights: AttentionWeights) -> None:
    """A reason and a tolerance."""
    spoilt = replace(weights, weights=weights.weights * 1.05)
    assert not spoilt.validate(atol=0.01)
    assert spoilt.validate(atol=0.1)
    assert "sum to more than 1" in spoilt.problems()[0]


def test_08_five_figures_differ_and_none_leaks(
    visualizer: AttentionVisualizer, weights: AttentionWeights
) -> None:
    """Five drawings with five different contents; pyplot holds no open figure."""
    drawn = {
        kind: visualizer.visualize_attention(weights, viz_type=kind)["figure"]
        for kind in VisualizationType
    }
    pictures = set()
    for figure in drawn.values():
        drawn_to = io.BytesIO()
        figure.savefig(drawn_to, format="raw", dpi=40)
        pictures.add(drawn_to.getvalue())
    assert len(pictures) == 5
    assert plt.get_fignums() == []


def test_09_html_stands_alone_and_csv_is_safe(tmp_path: Path) -> None:
    """No outside resource, a hostile name inert, a formula quoted."""
    names = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", *EIGHT[2:]]
    reader = AttentionVisualizer(encoder(), feature_names=names)
    summary = reader.get_attention_summary(
        reader.extract_attention_weights(torch.randn(1, 8, 16)), top_k=8
    )
    page = reader.export_visualization(summary, "html", tmp_path / "a.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert summary.provenance_hash in page
    assert "<script>alert(1)" not in page
    assert 'src="http' not in page
    table = reader.export_visualization(summary, "csv", tmp_path / "a.csv").read_text()
    assert table.startswith("Feature,Attention Score,Rank,")
    assert "\"'=cmd" in table or "'=cmd" in table


def test_10_provenance_finds_any_change(
    visualizer: AttentionVisualizer, weights: AttentionWeights
) -> None:
    """One weight changed by one bit gives another hash; see test_attention for every field."""
    summary = visualizer.get_attention_summary(weights)
    bits = weights.weights.copy()
    bits.view(np.uint32)[0, 0, 0, 0] ^= 1
    changed = replace(summary, weights=replace(weights, weights=bits))
    assert changed.calculate_provenance() != summary.provenance_hash


def test_11_the_threshold_can_be_read_against_uniform(
    visualizer: AttentionVisualizer, weights: AttentionWeights
) -> None:
    """The result carries 1/n, and rows come in rank order."""
    found = visualizer.highlight_important_features(weights, threshold=1 / 8)
    assert found["uniform"] == 1 / 8
    values = [row["importance"] for row in found["important_features"]]
    assert values == sorted(values, reverse=True)
    assert len(values) < 8


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_12_the_notice_is_in_every_export(
    visualizer: AttentionVisualizer, weights: AttentionWeights, kind: ExportFormat, tmp_path: Path
) -> None:
    """HTML, PNG, SVG, JSON, CSV: the sentence is there, under `intended_use` in JSON."""
    summary = visualizer.get_attention_summary(weights)
    path = visualizer.export_visualization(summary, kind, tmp_path / f"out.{kind.value}")
    assert NOTICE.encode() in path.read_bytes()
    if kind is ExportFormat.JSON:
        document = json.loads(path.read_text())
        assert document["intended_use"].startswith(NOTICE)
        assert document["schema"] == "attention-reports/summary/1"


def test_13_the_agent_of_the_guide_exists() -> None:
    """An agent with a model, sensor names, prepare_input and process is registered by name."""
    found = entry_points(group="attention_reports.agents", name="combustion-optimizer")
    agent = next(iter(found)).load()()
    assert isinstance(agent, Agent)
    readings = np.full((2, 64, 8), 50.0)
    assert len(agent.process(readings)) == 2
    assert agent.model.prepare_input(readings).shape == (2, 64, 8)
