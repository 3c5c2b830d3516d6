"""The wheel works by itself, far from the checkout: templates, starter, agents and all.

What it builds is what the checkout builds, in another folder, process, zone, language and hash
seed, runs side by side: `diff -r` finds nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pipeline.conftest import Project, add_twins

CHANGED = {"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "7", "CI": "1"}

# Every agent answers from the weights in the wheel, eight steady sensors, one window; then a
# build, in the process that has imported what both need.
AGENTS_AND_BUILD = """
import numpy as np
from generator.agents.combustion import CombustionOptimizer
from generator.agents.predictive_maintenance import PredictiveMaintenanceAgent
from generator.agents.thermal_command import ThermalCommandAgent
for kind in (CombustionOptimizer, PredictiveMaintenanceAgent, ThermalCommandAgent):
    agent = kind()
    window = agent.model.contract.window
    assert len(agent.process(np.ones((window, 8)))) == 1, kind
from generator.doors.commands import main
assert main(["build", "--jobs", "2", "-q"]) == 0
"""


def pip(*words: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *map(str, words)], check=True)


@pytest.mark.slow
def test_a_wheel_makes_and_builds_a_project(built: Project, tmp_path: Path) -> None:
    """`new` and `build` run from the installed wheel; the site is the one the checkout built."""
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path / "wheel", ROOT)
    wheel = next((tmp_path / "wheel").glob("*.whl"))
    pip("install", "--no-deps", "--no-compile", "--target", tmp_path / "lib", wheel)
    assert wheel.stat().st_size < 1_500_000
    elsewhere = {**os.environ, **CHANGED, "PYTHONPATH": str(tmp_path / "lib")}
    where = subprocess.run(
        [sys.executable, "-c", "import generator; print(generator.__file__)"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(tmp_path / "lib"))
    project = Project(tmp_path / "a folder of another name")

    def run(*words: str | Path, cwd: Path = project.folder) -> None:
        subprocess.run([sys.executable, *map(str, words)], cwd=cwd, env=elsewhere, check=True)

    run("-m", "generator", "new", project.folder, cwd=tmp_path)
    add_twins(project.folder)
    run("-c", AGENTS_AND_BUILD)
    run("-m", "generator", "verify", project.site)
    same = subprocess.run(
        ["diff", "-r", built.site, project.site], capture_output=True, text=True, check=False
    )
    assert same.stdout == ""
    assert (project.site / "index.html").exists()
