"""What every test shares: where things lie, and one thread per process for repeatable timing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def shared_data() -> Path:
    """The measured data sets, used in place."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the measured data sets (../shared/data) are not on this machine")
    return SHARED / "data"
