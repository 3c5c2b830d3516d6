"""What a right manifest becomes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.kinds import ExportFormat, SensorKind
from generator.manifest import load_manifest
from generator.manifest.located import read_located
from generator.records import Sensor
from generator.spec.horizon import Horizon, parse_horizon
from generator.spec.manifest import Manifest
from generator.spec.reports import WindowsSpec
from generator.spec.schema import build_manifest_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture
def manifest(project: Path) -> Manifest:
    """The right manifest, loaded."""
    return load_manifest(project / "reports.yaml")


def test_values_and_defaults_arrive(manifest: Manifest) -> None:
    """Every value of the file is in the spec, and what is left out has its stated default."""
    plant = manifest.datasets["plant"]
    assert (plant.window.length, plant.window.stride) == (64, 16)
    assert plant.gap == 1.5
    assert SensorKind.CALCULATED is plant.sensors["excess_air"].kind
    assert WindowsSpec(count=200, seed=0) == manifest.reports[0].windows
    assert WindowsSpec(count=40, seed=7) == manifest.reports[1].windows
    assert manifest.reports[1].exports == (ExportFormat.SVG,)


def test_sensors_keep_the_order_of_the_file(manifest: Manifest) -> None:
    """Described sensors come in the manifest's order, with all that was said of them."""
    expected = (
        Sensor(name="oxygen", unit="ppm", basis="dry", tag="AT-104"),
        Sensor(name="excess_air", unit="%", kind=SensorKind.CALCULATED, derived_from=("oxygen",)),
    )
    assert expected == manifest.datasets["plant"].sensor_records


def test_paths_start_from_the_manifests_folder(manifest: Manifest, project: Path) -> None:
    """Paths are absolute and lie beside the manifest, wherever the program was started."""
    assert (project / "data" / "plant.csv",) == manifest.find_data_files("plant")
    assert project / "models" / "net" == manifest.model_folder("net")


def test_a_glob_is_its_files_in_order(project: Path, good: str) -> None:
    """A glob stands for the files it matches, sorted by name."""
    for name in ("b.csv", "a.csv"):
        (project / "data" / name).write_text("")
    (project / "g.yaml").write_text(good.replace("plant.csv", "[ab].csv"))
    files = load_manifest(project / "g.yaml").find_data_files("plant")
    assert [path.name for path in files] == ["a.csv", "b.csv"]


def test_an_agents_report_has_the_agents_model(manifest: Manifest) -> None:
    """The model of a report is its own or its agent's."""
    assert [manifest.find_model_id(report) for report in manifest.reports] == ["net", "net"]


def test_a_manifest_cannot_be_changed(manifest: Manifest) -> None:
    """Specs are frozen."""
    with pytest.raises(ValidationError, match="frozen"):
        manifest.reports[0].id = "other"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("5min", Horizon(seconds=300, words="5 min")),
        ("30s", Horizon(seconds=30, words="30 s")),
        ("1h", Horizon(seconds=3600, words="1 h")),
        ("0.5 h", Horizon(seconds=1800, words="0.5 h")),
        ("2d", Horizon(seconds=172800, words="2 days")),
        ("30 rows", Horizon(rows=30, words="30 rows")),
        ("1 row", Horizon(rows=1, words="1 row")),
        (12, Horizon(rows=12, words="12 rows")),
        (0, Horizon(rows=0, words="0 rows")),
    ],
)
def test_a_horizon_is_a_duration_or_a_count(typed: object, expected: Horizon) -> None:
    """Durations become seconds, counts become rows."""
    assert expected == parse_horizon(typed)


@pytest.mark.parametrize("typed", ["5", "5m", "-5min", "5 minutes", "", True, -1, 1.5, None, []])
def test_no_horizon_is_guessed(typed: object) -> None:
    """What is neither a duration nor a count is refused with both forms."""
    with pytest.raises(ValueError, match="such as 30s, 5min, 1h or 2d, or a count such as"):
        parse_horizon(typed)


def test_a_dataset_without_a_clock_counts_rows(project: Path, good: str) -> None:
    """`time: null` goes with a horizon in rows."""
    text = good.replace("{column: timestamp, zone: Europe/Berlin}", "null")
    (project / "rows.yaml").write_text(text.replace("5min", "30 rows"))
    plant = load_manifest(project / "rows.yaml").datasets["plant"]
    assert plant.time is None
    assert plant.target.horizon.rows == 30


def test_the_schema_accepts_what_the_program_accepts(good: str) -> None:
    """The JSON Schema is valid and a right manifest fits it."""
    schema = build_manifest_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(good), schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("length: 64", "length: 1"),
        ("id: by-model", "id: ../x"),
        ("version: 1", "version: 2"),
        ("model: net, dataset", "modle: net, dataset"),
        ("horizon: 5min", "horizon: soon"),
        ("exports: [svg]", "exports: [pdf]"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(good: str, old: str, new: str) -> None:
    """Limits, patterns and unknown keys stand in the JSON Schema too."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(good.replace(old, new, 1)), build_manifest_schema())


def test_the_default_manifest_is_right() -> None:
    """The project's own manifest, its data and its models are there and without mistakes."""
    manifest = load_manifest(ROOT / "reports.yaml")
    agents = {"GL-001": "thermal", "GL-013": "pump", "GL-018": "combustion"}
    assert agents == {id_: agent.model for id_, agent in manifest.agents.items()}
    explained = [manifest.find_model_id(report) for report in manifest.reports]
    again = [name for model in manifest.models.values() for name in model.siblings]
    assert sorted(explained + again) == sorted(manifest.models)
    assert len(manifest.comparisons) == 3


@given(st.text(max_size=200) | st.text(alphabet="[]{}:,-&*!|>'\"#%@` \n\tab01?", max_size=80))
def test_reading_never_raises(text: str) -> None:
    """Whatever the text, reading ends with values or with mistakes that have a place."""
    tree = read_located(text.encode("utf-8", "surrogatepass"))
    assert tree.readable or tree.mistakes
    assert all(m.mark.line >= 1 and m.mark.column >= 1 for m in tree.mistakes)


LETTERS = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_json_is_read_as_it_was_written(value: object) -> None:
    """Every JSON value comes back unchanged: lists, mappings, text, numbers, truth, null."""
    tree = read_located(json.dumps({"v": value}).encode())
    assert tree.readable
    assert tree.values == {"v": value}
