"""A small project for the command line, and the command itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from generator.doors.commands import main
from generator.models.sensor_config import SensorModelConfig
from generator.models.sensor_shapes import list_shapes

ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCES}
MANIFEST = """\
version: 1
purpose: interpretability
site: {title: Boiler audit}
datasets:
  plant:
    path: plant.csv
    time: null
    sensors: {oxygen: {unit: ppm}, air: {unit: kg/h}}
    target: {column: warning, horizon: 0}
    window: {length: 8, stride: 8}
    holdout: {fraction: 0.5, by: time}
    simulated: true
models:
  net: {source: safetensors, path: net}
reports:
  - {id: one, model: net, dataset: plant}
  - {id: two, model: net, dataset: plant, windows: {count: 3}}
"""
CONFIG = {
    "architecture": "variate-transformer",
    "sensors": ["air", "oxygen"],
    "window": 8,
    "scaling": {"air": {"mean": 0, "scale": 1}, "oxygen": {"mean": 0, "scale": 1}},
    "width": 4,
    "layers": 1,
    "heads": 1,
    "target": {"name": "warning", "task": "event"},
}

SHAPES = list_shapes(SensorModelConfig.model_validate_json(json.dumps(CONFIG)))
Command = Callable[..., subprocess.CompletedProcess[str]]


def write_weights(folder: Path) -> None:
    """Zeros in the shapes that CONFIG asks for."""
    zeros = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    save_file(zeros, folder / "model.safetensors")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder whose manifest is right; its data has no rows, and its weights are zeros."""
    folder = tmp_path / "project"
    (folder / "net").mkdir(parents=True)
    (folder / "net" / "config.json").write_text(json.dumps(CONFIG))
    write_weights(folder / "net")
    (folder / "plant.csv").write_text("oxygen,air,warning\n")
    (folder / "reports.yaml").write_text(MANIFEST)
    return folder


@pytest.fixture
def command(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """`attention-reports ARGUMENTS` in the project: what it printed, and its code."""
    monkeypatch.chdir(project)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return run


@pytest.fixture
def process(project: Path) -> Command:
    """The same in a process of its own."""

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=project,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return start
