"""What a manifest says against the headers of its files: told at once, at its place."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from generator.build.check import load_checked_manifest
from generator.errors import ExitCode
from generator.manifest import ManifestError
from tests.cli.conftest import CONFIG, ENVIRONMENT, Command

LABELS = "target: {path: labels.csv, join: batch, column: warning, horizon: 0}"


def said_of(project: Path) -> list[str]:
    """What is said of the project's manifest, line by line; nothing where it is right."""
    try:
        load_checked_manifest(str(project / "reports.yaml"))
    except ManifestError as error:
        return [line.removeprefix(f"{project}/") for line in str(error).splitlines()]
    return []


def edit(project: Path, old: str, new: str) -> None:
    path = project / "reports.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def configure(project: Path, **changes: object) -> None:
    (project / "net" / "config.json").write_text(json.dumps(CONFIG | changes))


def test_a_right_project_has_no_mistakes(project: Path) -> None:
    """Columns in any order, more of them than are named: fine."""
    (project / "plant.csv").write_text("warning,note,air,oxygen\n")
    assert said_of(project) == []


@pytest.mark.parametrize("command_line", [["check"], ["build"]])
def test_a_missing_column_is_told_by_check_and_by_build(
    command: Command, project: Path, command_line: list[str]
) -> None:
    """Line, column, the file and the nearest name; build says it before anything runs."""
    (project / "plant.csv").write_text("oxygn,air,warning\n")
    done = command(*command_line)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == (
        'reports.yaml:8:15: datasets.plant.sensors.oxygen: plant.csv has no column "oxygen" '
        "(did you mean 'oxygn'?)\n"
    )
    assert not (project / ".attention-reports").exists()


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_every_named_column_must_be_there(project: Path, ending: str) -> None:
    """Clock, group, sensors and target, in each format; each at the key that names it."""
    data = pl.DataFrame({"stamp": ["2026-01-05"], "oxygen": [1.0], "air": [1.0], "warn": [0]})
    (project / "plant.csv").unlink()
    if ending == "parquet":
        data.write_parquet(project / "plant.parquet")
    else:
        data.write_csv(
            project / f"plant.{ending}",
            compression="gzip" if ending == "csv.gz" else "uncompressed",
        )
    edit(project, "path: plant.csv", f"path: plant.{ending}")
    edit(project, "time: null", "time: {column: time, zone: UTC}\n    group: run")
    known = "known: air, oxygen, stamp, warn"
    assert said_of(project) == [
        f'reports.yaml:7:20: datasets.plant.time.column: plant.{ending} has no column "time" '
        f"({known})",
        f'reports.yaml:8:12: datasets.plant.group: plant.{ending} has no column "run" ({known})',
        f'reports.yaml:10:22: datasets.plant.target.column: plant.{ending} has no column "warning" '
        "(did you mean 'warn'?)",
    ]


def test_labels_must_hold_their_key_and_their_column(project: Path) -> None:
    """The key is wanted in both files, the label in its own alone."""
    edit(project, "target: {column: warning, horizon: 0}", LABELS)
    (project / "plant.csv").write_text("batch,oxygen,air\n")
    (project / "labels.csv").write_text("batch,warning\n")
    assert said_of(project) == []
    (project / "plant.csv").write_text("oxygen,air\n")
    (project / "labels.csv").write_text("bach,alarm\n")
    at = "datasets.plant.target"
    assert said_of(project) == [
        f"reports.yaml:9:38: {at}.join: labels.csv has no column \"batch\" (did you mean 'bach'?)",
        f'reports.yaml:9:38: {at}.join: plant.csv has no column "batch" (known: air, oxygen)',
        f'reports.yaml:9:53: {at}.column: labels.csv has no column "warning" (known: alarm, bach)',
    ]


def test_twins_must_hold_the_key_and_every_sensor(project: Path) -> None:
    """Not the target: what is put in place are readings."""
    (project / "plant.csv").write_text("stamp,run,oxygen,air,warning\n")
    (project / "twins.csv").write_text("stamp,run,oxygen,air\n")
    edit(
        project,
        "time: null",
        "time: {column: stamp, zone: UTC}\n    group: run\n    twins: twins.csv",
    )
    assert said_of(project) == []
    (project / "twins.csv").write_text("stamp,oxygen\n")
    assert said_of(project) == [
        'reports.yaml:8:12: datasets.plant.group: twins.csv has no column "run" '
        "(known: oxygen, stamp)",
        'reports.yaml:10:36: datasets.plant.sensors.air: twins.csv has no column "air" '
        "(known: oxygen, stamp)",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {
                "sensors": ["air", "oxygn"],
                "scaling": {n: {"mean": 0, "scale": 1} for n in ("air", "oxygn")},
            },
            "model net reads \"oxygn\", which dataset plant does not name (did you mean 'oxygen'?)",
        ),
        ({"window": 64}, "model net reads windows of 64 rows, dataset plant cuts 8"),
        (
            {"target": {"name": "warnings", "task": "event"}},
            'model net predicts "warnings", the target of dataset plant is "warning"',
        ),
    ],
)
def test_a_model_made_for_other_data_is_told(
    project: Path, changes: dict[str, object], message: str
) -> None:
    """Both reports that pair the two say so, at their dataset."""
    configure(project, **changes)
    assert said_of(project) == [
        f"reports.yaml:16:36: reports[0].dataset: {message}",
        f"reports.yaml:17:36: reports[1].dataset: {message}",
    ]


PATCHES = {"architectures": ["PatchTSTForClassification"], "model_type": "patchtst"}
NETS = "reports.yaml:14:36: models.net.path: config.json: "


def from_hugging_face(project: Path, **stated: object) -> None:
    """The project's model is a Hugging Face folder that says this."""
    edit(project, "{source: safetensors,", "{source: huggingface,")
    (project / "net" / "config.json").write_text(json.dumps(stated))


def contract(**changes: object) -> dict[str, object]:
    """The right config's contract with changes."""
    ours = ("sensors", "window", "scaling", "target")
    return {key: CONFIG[key] for key in ours} | changes


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (PATCHES, f"{NETS}the key attention_reports is missing; it says sensors, "),
        (
            PATCHES | {"attention_reports": contract(window=1)},
            f"{NETS}attention_reports: window: ",
        ),
        (
            PATCHES | {"architectures": ["BertModel"], "attention_reports": contract()},
            f"{NETS}architecture BertModel is not supported; supported: PatchTSTForClassification",
        ),
        (
            PATCHES | {"auto_map": {"AutoModel": "net.Net"}},
            f"{NETS}auto_map asks for Python code ",
        ),
        (
            PATCHES | {"attention_reports": contract(window=64)},
            "reports.yaml:16:36: reports[0].dataset: "
            "model net reads windows of 64 rows, dataset plant cuts 8",
        ),
    ],
)
def test_a_hugging_face_folder_is_held_to_the_same(
    project: Path, stated: dict[str, object], message: str
) -> None:
    """Its contract stands in `config.json` too: what is missing, wrong or of other data is told."""
    from_hugging_face(project, **stated)
    assert said_of(project)[0].startswith(message)


def test_a_right_hugging_face_folder_loads_nothing_heavy(project: Path) -> None:
    """Its contract is compared without torch or transformers."""
    from_hugging_face(project, **PATCHES, attention_reports=contract())
    asked = (
        "import sys; from generator.doors.commands import main; code = main(['check', '-q']); "
        "print(code, {'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=project,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0 set()\n"


def test_a_model_of_another_task_is_told(project: Path) -> None:
    """The manifest says class, the model says event."""
    edit(project, "horizon: 0}", "horizon: 0, task: class}")
    said = "model net predicts task: event, the target of dataset plant has task: class"
    assert said_of(project)[0] == f"reports.yaml:16:36: reports[0].dataset: {said}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda project: (project / "plant.csv").write_text(""),
            "reports.yaml:6:11: datasets.plant.path: plant.csv: is empty; no rows",
        ),
        (
            lambda project: (project / "net" / "config.json").write_text("{"),
            "reports.yaml:14:36: models.net.path: config.json: not JSON",
        ),
    ],
)
def test_a_file_without_a_header_is_told(
    project: Path, change: Callable[[Path], object], message: str
) -> None:
    """An empty table, a broken config.json: at the path that names it."""
    change(project)
    said = said_of(project)
    assert len(said) == 1
    assert said[0].startswith(message)


def test_the_first_file_of_many_that_lacks_a_column_is_named(project: Path) -> None:
    """A glob of three: the second lacks a column, the third is not told of."""
    (project / "plant.csv").unlink()
    for name, header in (("a", "oxygen,air,warning"), ("b", "oxygen,warning"), ("c", "x")):
        (project / f"plant_{name}.csv").write_text(f"{header}\n")
    edit(project, "path: plant.csv", 'path: "plant_*.csv"')
    (said,) = said_of(project)
    assert 'plant_b.csv has no column "air"' in said


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX resource usage")
def test_a_long_csv_gz_is_not_unpacked_to_read_its_header(project: Path) -> None:
    """Only the beginning is read: the rest of the file may even be damaged."""
    path = project / "plant.csv.gz"
    rows = 400_000
    columns = {n: pl.int_range(rows, eager=True).shuffle(0) for n in ("oxygen", "air", "warning")}
    pl.DataFrame(columns).write_csv(path, compression="gzip")
    path.write_bytes(path.read_bytes()[:-1_000])
    edit(project, "path: plant.csv", "path: plant.csv.gz")
    assert said_of(project) == []


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"sensors": ["oxygen", "air"]}, "sensors"),
        ({"window": 9}, "window"),
        ({"architecture": "timestep-transformer"}, "architecture"),
        ({"target": {"name": "alarm", "task": "event"}}, "target"),
    ],
)
def test_a_sibling_must_be_the_same_model(
    project: Path, changes: dict[str, object], differs: str
) -> None:
    """Told where it is named; one that differs in its scaling alone is a sibling."""
    named = "path: net, siblings: [again]}\n  again: {source: safetensors, path: again}"
    edit(project, "path: net}", named)
    shutil.copytree(project / "net", project / "again")
    other = {"air": {"mean": 1, "scale": 2}, "oxygen": {"mean": 3, "scale": 4}}
    (project / "again" / "config.json").write_text(json.dumps(CONFIG | {"scaling": other}))
    assert said_of(project) == []
    (project / "again" / "config.json").write_text(json.dumps(CONFIG | changes))
    assert said_of(project) == [
        "reports.yaml:14:52: models.net.siblings[0]: again is no refit of net: "
        f"it differs in {differs}"
    ]


def test_a_sibling_is_read_the_same_way(project: Path) -> None:
    """Another source is another model."""
    named = "path: net, siblings: [again]}\n  again: {source: huggingface, path: again}"
    edit(project, "path: net}", named)
    shutil.copytree(project / "net", project / "again")
    assert said_of(project) == [
        "reports.yaml:14:52: models.net.siblings[0]: again is no refit of net: "
        "it has another source"
    ]


def test_a_siblings_broken_configuration_is_told_before_anything_runs(project: Path) -> None:
    """Also where no report explains that model itself."""
    named = "path: net, siblings: [again]}\n  again: {source: safetensors, path: again}"
    edit(project, "path: net}", named)
    shutil.copytree(project / "net", project / "again")
    (project / "again" / "config.json").write_text("{")
    (said,) = said_of(project)
    assert said.startswith("reports.yaml:14:52: models.net.siblings[0]: again/config.json")
