"""Every snippet of the user's guide runs as it stands, on real models.

`guide.md` here is the guide itself; where it lies beside the checkout the two must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from generator import AttentionVisualizer, ExportFormat, VisualizationType
from generator.agents.combustion import CombustionOptimizer
from tests.conftest import SHARED

GUIDE = Path(__file__).with_name("guide.md")
FENCE = re.compile(
    r"^#+ (?P<title>[^\n]+)$|^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
EIGHT = ["fuel", "air", "oxygen", "co", "burner", "efficiency", "nox", "excess"]


def snippets() -> Iterator[tuple[str, str]]:
    """(heading, code) of each Python snippet."""
    heading = ""
    for found in FENCE.finditer(GUIDE.read_text()):
        if found["title"]:
            heading = found["title"]
        else:
            yield heading, found["code"]


SNIPPETS = list(snippets())
CODE = dict(SNIPPETS)


def bert() -> BertModel:
    """A model of the guide's width that takes (1, 8, 768)."""
    config = BertConfig(
        hidden_size=768,
        num_hidden_layers=2,
        num_attention_heads=12,
        intermediate_size=256,
        vocab_size=32,
    )
    return BertModel(config).eval()


def readings(windows: int = 3) -> np.ndarray:
    """(windows, 64, 8): a variate-token model has one token for each of eight sensors."""
    return np.random.default_rng(0).normal(50, 5, size=(windows, 64, 8))


@pytest.fixture
def namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the guide's reader has at hand: models, readings and what earlier snippets made."""
    monkeypatch.chdir(tmp_path)
    agent = CombustionOptimizer()
    prepared = agent.model.prepare_input(readings())
    visualizer = AttentionVisualizer(agent.model, feature_names=agent.get_sensor_names())
    weights = visualizer.extract_attention_weights(prepared)
    return {
        "np": np,
        "AttentionVisualizer": AttentionVisualizer,
        "VisualizationType": VisualizationType,
        "ExportFormat": ExportFormat,
        "your_transformer_model": bert(),
        "model": agent.model,
        "model_a": agent.model,
        "model_b": agent.model,
        "visualizer": visualizer,
        "attention_weights": weights,
        "weights": weights,
        "weights_a": weights,
        "weights_b": weights,
        "summary": visualizer.get_attention_summary(weights),
        "sensors": agent.get_sensor_names(),
        "sensor_list": agent.get_sensor_names(),
        "sensor_data": prepared,
        "combustion_data": prepared,
        "equipment_data": prepared,
        "data": prepared,
        "data_batches": [prepared[:1], prepared[1:]],
        "config": None,
    }


RUNNABLE = [
    "2. Attention Summary & Analysis",
    "3. Feature Importance Highlighting",
    "4. Visualization Generation",
    "5. Export Visualizations",
    "Thermal Command Agent (GL-001)",
    "Combustion Optimizer (GL-018)",
    "Predictive Maintenance (GL-013)",
    "Optimization",
    "Example 1: Identify Critical Sensors",
    "Example 2: Compare Models",
    "Example 3: Generate Report",
]
SPECIAL = {
    "1. Attention Weight Extraction",
    "Integration with Agents",
    "AttentionWeights",
    "AttentionSummary",
}


def test_no_snippet_is_left_out() -> None:
    """Every heading with code is run here, one way or another."""
    assert {heading for heading, _ in SNIPPETS} == set(RUNNABLE) | SPECIAL
    assert len(SNIPPETS) == len(CODE)


def test_this_is_the_guide() -> None:
    """The copy that is run is the guide, byte for byte."""
    original = SHARED / "guide.md"
    if not original.exists():
        pytest.skip("the guide does not lie beside this checkout (../shared/guide.md)")
    assert GUIDE.read_bytes() == original.read_bytes()


@pytest.mark.parametrize("heading", RUNNABLE)
def test_snippets_run_verbatim(heading: str, namespace: dict[str, Any]) -> None:
    """The snippet under this heading runs without a change."""
    exec(compile(CODE[heading], heading, "exec"), namespace)


def test_extraction_names_the_documented_error(namespace: dict[str, Any]) -> None:
    """The first snippet gives five names for eight positions: an error with both counts."""
    with pytest.raises(ValueError, match="5 feature names for 8 positions"):
        exec(compile(CODE["1. Attention Weight Extraction"], "guide", "exec"), namespace)


def test_extraction_runs_with_one_name_a_position(
    namespace: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """With eight names the same snippet prints a valid shape."""
    five = re.compile(r"feature_names=\[.*\]")
    code, replaced = five.subn(f"feature_names={EIGHT}", CODE["1. Attention Weight Extraction"])
    assert replaced == 1
    exec(compile(code, "guide", "exec"), namespace)
    assert capsys.readouterr().out == "Valid: True\nShape: (2, 1, 8, 8)\n"


def test_the_agent_integration_runs(namespace: dict[str, Any]) -> None:
    """The guide's agent snippet, on plant readings, ends in a prediction with an explanation."""
    namespace["sensor_data"] = readings()
    exec(compile(CODE["Integration with Agents"], "guide", "exec"), namespace)
    explanation = namespace["explanation"]
    assert len(explanation["prediction"]) == 3
    assert len(explanation["provenance"]) == 64
    assert len(explanation["top_attended_features"]) == 5


@pytest.mark.parametrize("heading", ["AttentionWeights", "AttentionSummary"])
def test_data_models_have_the_guides_fields(heading: str) -> None:
    """Each `name: type` line of the guide is a field, in that order."""
    from dataclasses import fields

    import generator

    listed = re.findall(r"^    (\w+):", CODE[heading], re.MULTILINE)
    found = [field.name for field in fields(getattr(generator, heading))]
    assert found[: len(listed)] == listed


def test_the_six_files_of_the_guide_are_there(namespace: dict[str, Any], tmp_path: Path) -> None:
    """The export snippets write what they say, and Example 3 its default names."""
    for heading in ("5. Export Visualizations", "Example 3: Generate Report"):
        exec(compile(CODE[heading], heading, "exec"), namespace)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {
        "attention_report.html",
        "attention_data.json",
        "attention_features.csv",
        "attention_summary.png",
        "attention_summary.html",
        "attention_summary.json",
    }


def test_memory_figures_of_the_guide_are_corrected() -> None:
    """12 layers x 12 heads x 512 positions squared x 4 bytes is 151 MB, not 1.5 GB."""
    assert 12 * 12 * 512 * 512 * torch.finfo(torch.float32).bits // 8 == 150_994_944
