"""What every test shares: where things lie, one thread per process, and who runs what.

Two processes run the tests on two cores: a second thread in either would only be in the way.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the programs that tests start
torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SHARING = ("tests/pipeline/", "tests/real/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """A file runs in one process, and so does a room whose files share one build."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            rooms = (room for room in SHARING if nodeid.startswith(room))
            return next(rooms, None) or super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.default_generator.manual_seed(0)  # manual_seed keeps a call stack for absent devices


@pytest.fixture
def shared_data() -> Path:
    """The measured data sets, used in place."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the measured data sets (../shared/data) are not on this machine")
    return SHARED / "data"
