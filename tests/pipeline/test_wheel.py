"""The wheel works by itself, far from the checkout: templates, starter, agents and all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Every agent answers from the weights in the wheel: eight steady sensors, one window.
EVERY_AGENT = """
import numpy as np
from generator.agents.combustion import CombustionOptimizer
from generator.agents.predictive_maintenance import PredictiveMaintenanceAgent
from generator.agents.thermal_command import ThermalCommandAgent
for kind in (CombustionOptimizer, PredictiveMaintenanceAgent, ThermalCommandAgent):
    agent = kind()
    window = agent.model.contract.window
    assert len(agent.process(np.ones((window, 8)))) == 1, kind
"""


def pip(*words: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *map(str, words)], check=True)


@pytest.mark.slow
def test_a_wheel_makes_and_builds_a_project(tmp_path: Path) -> None:
    """`new` and `build` run from the installed wheel, not from the checkout."""
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path / "wheel", ROOT)
    wheel = next((tmp_path / "wheel").glob("*.whl"))
    pip("install", "--no-deps", "--no-compile", "--target", tmp_path / "lib", wheel)
    assert wheel.stat().st_size < 1_500_000
    elsewhere = {**os.environ, "PYTHONPATH": str(tmp_path / "lib"), "CI": "1"}
    where = subprocess.run(
        [sys.executable, "-c", "import generator; print(generator.__file__)"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(tmp_path / "lib"))
    subprocess.run([sys.executable, "-c", EVERY_AGENT], cwd=tmp_path, env=elsewhere, check=True)
    for words in (["new", "plant"], ["build", "-f", "plant/reports.yaml"], ["verify", "site"]):
        subprocess.run(
            [sys.executable, "-m", "generator", *words], cwd=tmp_path, env=elsewhere, check=True
        )
    assert (tmp_path / "site" / "index.html").exists()
