"""Labels from a file, classes and blocks, from manifest to site."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.models.sensor_config import SensorModelConfig
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model
from generator.records import RunRecord
from tests.pipeline.conftest import Project

MANIFEST = """\
version: 1
purpose: interpretability
site: {title: Test rig}
datasets:
  rig:
    path: rig.csv
    time: null
    group: cycle
    sensors: {temp: {unit: degC}, flow: {unit: l/min}}
    target:
      {path: labels.csv, column: cooler, join: cycle, horizon: 0 rows, task: class, healthy: [100]}
    window: {length: 8, stride: 8}
    holdout: {fraction: 0.5, by: group, blocks: 6}
    simulated: true
models:
  net: {source: safetensors, path: net}
reports:
  - {id: rig-cooler, model: net, dataset: rig, windows: {count: 20}}
"""
CYCLES, ROWS = 60, 16
STATES = (100, 20, 3)  # in the order of the file; the model counts 3, 20, 100


def write_project(folder: Path) -> Project:
    """Sixty cycles of 16 rows in order of their state; the last cycle has no label."""
    rng = np.random.default_rng(0)
    cycle = np.repeat(np.arange(CYCLES), ROWS)
    state = np.arange(CYCLES) * len(STATES) // CYCLES
    temp, flow = rng.normal(40 + 10 * state[cycle]), rng.normal(8, 1, CYCLES * ROWS)
    pl.DataFrame({"cycle": cycle, "temp": temp, "flow": flow}).write_csv(folder / "rig.csv")
    labels = pl.DataFrame({"cycle": range(CYCLES), "cooler": [STATES[at] for at in state]})
    labels[:-1].reverse().write_csv(folder / "labels.csv")
    config = {
        "architecture": "variate-transformer",
        "sensors": ["temp", "flow"],
        "window": 8,
        "scaling": {"temp": {"mean": 50, "scale": 8}, "flow": {"mean": 8, "scale": 1}},
        "width": 8,
        "layers": 1,
        "heads": 2,
        "target": {"name": "cooler", "task": "class", "classes": ["3", "20", "100"]},
    }
    save_sensor_model(build_sensor_model(SensorModelConfig.model_validate(config)), folder / "net")
    (folder / "reports.yaml").write_text(MANIFEST)
    return Project(folder)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The rig, built with a model that was not trained."""
    project = write_project(tmp_path_factory.mktemp("rig"))
    result, _ = project.build()
    assert [outcome.state for outcome in result.outcomes] == ["built"]
    return project


def test_the_record_counts_what_was_labelled_and_held_out(rig: Project) -> None:
    """Six blocks of ten cycles, five held out of each, two windows a cycle, one cycle bare."""
    path = rig.site / "reports" / "rig-cooler" / "provenance.json"
    record = RunRecord.model_validate_json(path.read_bytes())
    data, quality = record.dataset, record.quality
    assert data is not None
    assert quality is not None
    assert (data.label_file, data.label_join, data.unlabelled) == ("labels.csv", "cycle", 2)
    assert [(c.name, c.training, c.held_out) for c in data.classes] == [
        ("3", 20, 18),
        ("20", 20, 20),
        ("100", 20, 20),
    ]
    assert sum(c.explained for c in data.classes) == 20
    assert data.holdout == "the last 50% of the cycle groups in each of 6 blocks of the file"
    assert quality.task == "class"
    assert [(c.name, c.windows) for c in quality.classes] == [("3", 18), ("20", 20), ("100", 20)]
    assert quality.scores[0].rules["mean of temp alone"] == 1  # ten kelvin apart, of one


def test_what_stands_in_is_of_the_healthy_class(rig: Project) -> None:
    """Ten cycles of two windows in training have a cooler that is whole."""
    path = rig.site / "reports" / "rig-cooler" / "provenance.json"
    claims = RunRecord.model_validate_json(path.read_bytes()).claims
    assert claims is not None
    donors = claims.donors
    assert (donors.healthy, donors.classes, donors.windows) == (True, ("100",), 20)


def test_the_pages_show_classes_and_labels(rig: Project) -> None:
    """The data's page names the label file and the balance, the report the share found."""
    report = (rig.site / "reports" / "rig-cooler" / "index.html").read_text()
    data = (rig.site / "datasets" / "rig" / "index.html").read_text()
    assert "from labels.csv, one for each cycle" in data
    assert "2 windows whose target is not known" in data
    assert "Windows of each class" in data
    assert "Held-out quality by class" in report
    assert "cooler of the cycle that the last reading belongs to" in report


def test_a_changed_label_makes_the_run_stale(rig: Project) -> None:
    """One byte more in the label file: the run runs again."""
    assert rig.build()[0].outcomes[0].state == "current"
    path = rig.folder / "labels.csv"
    path.write_text(path.read_text() + "999,3\n")
    assert rig.build()[0].outcomes[0].state == "built"
