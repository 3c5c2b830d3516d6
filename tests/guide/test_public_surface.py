"""What the guide promises can be imported from where it says, and is one and the same object."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import generator
from tests.house.offenders import check_none

FIVE = (
    "AttentionVisualizer",
    "AttentionWeights",
    "AttentionSummary",
    "VisualizationType",
    "ExportFormat",
)


def test_both_import_paths_give_the_same_object() -> None:
    """`greenlang...attention_visualizer` and `generator` export one object."""
    guide = import_module("greenlang.ml.explainability.attention_visualizer")
    others = [name for name in FIVE if getattr(guide, name) is not getattr(generator, name)]
    check_none(others, f"import it from `generator` in {guide.__file__}")


def test_the_agent_of_the_guide_is_the_registered_one() -> None:
    """The guide's CombustionOptimizer is what the entry point names."""
    guide = import_module("greenlang.agents.process_heat.gl_018_unified_combustion")
    ours = import_module("generator.agents.combustion")
    assert guide.CombustionOptimizer is ours.CombustionOptimizer


def test_kinds_are_the_guides() -> None:
    """Five figures, five formats, with the lower-case values of the contract."""
    figures = {"heatmap", "flow", "network", "distribution", "timeseries"}
    assert {kind.value for kind in generator.VisualizationType} == figures
    assert {kind.value for kind in generator.ExportFormat} == {"html", "png", "svg", "json", "csv"}


def test_importing_the_package_loads_no_torch() -> None:
    """`import generator` stays light; the heavy parts load when first used."""
    code = "import sys, generator; assert not {'torch', 'matplotlib'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A typo is told at once."""
    with pytest.raises(AttributeError, match="AttentionVisualiser"):
        generator.AttentionVisualiser  # noqa: B018
