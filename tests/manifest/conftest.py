"""A small project whose manifest is right, and a way to read what is said of a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.manifest import ManifestError, load_manifest

GOOD = """\
version: 1
purpose: interpretability
site: {title: Boiler audit, organisation: Works, retention_years: 10}
datasets:
  plant:
    path: data/plant.csv
    time: {column: timestamp, zone: Europe/Berlin}
    group: run
    sensors:
      oxygen: {unit: ppm, basis: dry, tag: AT-104}
      excess_air: {unit: "%", kind: calculated, derived_from: [oxygen]}
    target: {column: warning, horizon: 5min}
    window: {length: 64, stride: 16}
    holdout: {fraction: 0.3, by: group}
    simulated: true
models:
  net: {source: safetensors, path: models/net}
agents:
  A1: {agent: test-agent, model: net}
reports:
  - {id: by-model, model: net, dataset: plant}
  - {id: by-agent, agent: A1, dataset: plant, windows: {count: 40, seed: 7}, exports: [svg]}
"""

Complaints = Callable[[str | bytes], list[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the inputs of GOOD, and one installed agent called 'test-agent'."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "plant.csv").write_text("timestamp,run,oxygen\n")
    (tmp_path / "models" / "net").mkdir(parents=True)
    (tmp_path / "models" / "net" / "config.json").write_text("{}")
    (tmp_path / "models" / "net" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "reports.yaml").write_text(GOOD)
    info = tmp_path / "installed" / "some_agents-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-agents\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[attention_reports.agents]\ntest-agent = nowhere:A\n")
    monkeypatch.syspath_prepend(str(info.parent))
    return tmp_path


@pytest.fixture
def complaints(project: Path, monkeypatch: pytest.MonkeyPatch) -> Complaints:
    """What is said of a manifest, line by line; nothing where it is right."""
    monkeypatch.chdir(project)

    def read(text: str | bytes) -> list[str]:
        data = text.encode() if isinstance(text, str) else text
        Path("m.yaml").write_bytes(data)
        try:
            load_manifest("m.yaml")
        except ManifestError as error:
            return str(error).splitlines()
        return []

    return read


@pytest.fixture
def good() -> str:
    """The text of a right manifest."""
    return GOOD
