"""What a manifest says of labels in a file of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.manifest import load_manifest
from generator.spec.schema import build_manifest_schema

Complaints = Callable[[str | bytes], list[str]]
TARGET = "target: {column: warning, horizon: 5min}"
WHERE = "m.yaml:12:14: datasets.plant.target."


def labelled(good: str, target: str) -> str:
    """The right manifest with another target."""
    return good.replace(TARGET, f"target: {target}")


def test_labels_lie_relative_to_the_manifest(project: Path, good: str) -> None:
    """The files of the labels are found as those of the data; data alone has none."""
    (project / "labels.csv").write_text("run,state\n")
    text = labelled(good, "{path: labels.csv, column: state, join: run, horizon: 5min}")
    (project / "l.yaml").write_text(text)
    manifest = load_manifest(project / "l.yaml")
    assert manifest.find_label_files("plant") == (project / "labels.csv",)
    assert manifest.datasets["plant"].columns == ("timestamp", "run", "oxygen", "excess_air")
    assert load_manifest(project / "reports.yaml").find_label_files("plant") == ()


@pytest.mark.parametrize(
    ("target", "key", "other"),
    [
        ("{join: run, column: state, horizon: 5min}", "join", "path"),
        ("{path: data/plant.csv, column: state, horizon: 5min}", "path", "join"),
    ],
)
def test_path_and_join_come_together(
    complaints: Complaints, good: str, target: str, key: str, other: str
) -> None:
    """One without the other is a mistake at the one that is there; the schema says so too."""
    (said,) = complaints(labelled(good, target))
    assert said.startswith(f"{WHERE}{key}: needs '{other}' beside it: a label file is joined")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(labelled(good, target)), build_manifest_schema())


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("none.csv", 'no such file: "none.csv"'),
        ("data", '"data" is not a file but a folder'),
        ("s3://b/k", '"s3://b/k" is an address; only files are read'),
    ],
)
def test_a_label_file_that_is_not_there_is_located(
    complaints: Complaints, good: str, typed: str, message: str
) -> None:
    """The mistake stands at the path of the target."""
    target = f"{{path: '{typed}', column: state, join: run, horizon: 5min}}"
    (said,) = complaints(labelled(good, target))
    assert said == f"m.yaml:12:20: datasets.plant.target.path: {message}"


def test_blocks_are_of_groups(complaints: Complaints, good: str) -> None:
    """Blocks go with a hold-out by group; by time they are a mistake at their value."""
    assert complaints(good.replace("by: group}", "by: group, blocks: 10}")) == []
    (said,) = complaints(good.replace("by: group}", "by: time, blocks: 10}"))
    assert said == (
        "m.yaml:14:48: datasets.plant.holdout.blocks: "
        "blocks are of groups: hold out by group, or leave blocks away"
    )


def test_the_same_moment_is_no_matter_of_clocks(complaints: Complaints, good: str) -> None:
    """`0 rows` goes with a clock, and `0s` without one."""
    assert complaints(good.replace("horizon: 5min", "horizon: 0 rows")) == []


def test_twins_lie_relative_to_the_manifest(project: Path, good: str) -> None:
    """Files of twin runs are found as those of the data; most data has none."""
    (project / "twins.csv").write_text("timestamp,run,oxygen,excess_air\n")
    (project / "t.yaml").write_text(good.replace(TARGET, f"twins: twins.csv\n    {TARGET}"))
    assert load_manifest(project / "t.yaml").find_twin_files("plant") == (project / "twins.csv",)
    assert load_manifest(project / "reports.yaml").find_twin_files("plant") == ()


def test_twins_that_are_not_there_are_located(complaints: Complaints, good: str) -> None:
    """The mistake stands at their path."""
    (said,) = complaints(good.replace(TARGET, f"twins: none.csv\n    {TARGET}"))
    assert said == 'm.yaml:12:12: datasets.plant.twins: no such file: "none.csv"'


def test_only_simulated_data_has_twins(complaints: Complaints, good: str) -> None:
    """A plant that was measured has no run without its fault."""
    real = good.replace("simulated: true", "simulated: false")
    assert real != good
    assert complaints(real) == []
    (said,) = complaints(real.replace(TARGET, f"twins: data/plant.csv\n    {TARGET}"))
    assert said == (
        "m.yaml:12:5: datasets.plant.twins: only simulated data has runs without their fault"
    )


def test_classes_are_healthy(complaints: Complaints, good: str) -> None:
    """A healthy class goes with the task that tells classes apart; codes may be numbers."""
    healthy = "{column: warning, horizon: 5min, healthy: [0]}"
    (said,) = complaints(labelled(good, healthy))
    assert said == (
        "m.yaml:12:46: datasets.plant.target.healthy: names classes: say task: class beside it, or "
        "leave it away"
    )
    assert complaints(labelled(good, healthy.replace("healthy", "task: class, healthy"))) == []
