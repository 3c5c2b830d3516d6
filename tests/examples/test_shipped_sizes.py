"""What is shipped stays small: data, weights, and what lies in the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.process_heat.training import MODELS
from tests.conftest import ROOT

WEIGHTS = sorted(MODELS.glob("*/model.safetensors"))


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder, links followed."""
    files = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return sum(path.stat().st_size for path in files if path.is_file())


def test_data_and_weights_fit_their_budget() -> None:
    """All data and weights of the example together are at most 12 MB."""
    assert size_of(MODELS) + size_of(MODELS.parent / "data") <= 12_000_000


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda path: path.parent.name)
def test_each_model_is_small(weights: Path) -> None:
    """Every committed weight file is under 600 KB."""
    assert weights.stat().st_size < 600_000


@pytest.mark.parametrize("folder", ["starter", "agents/weights"])
def test_what_the_wheel_carries_is_small(folder: str) -> None:
    """The starter project, and the weights of the agents, are at most 500 KB each."""
    links = [path for path in (ROOT / "generator" / folder).iterdir() if path.is_dir()]
    assert links
    assert sum(size_of(path) for path in links) <= 500_000
