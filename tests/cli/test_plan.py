"""What goes into a run's key, and what a plan says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.build.plan import Plan, list_model_files, make_plan, program_digest, select_reports
from generator.errors import InputError, UsageError
from generator.manifest import load_manifest
from generator.render import TEMPLATES, find_templates


def plan_of(project: Path, *keys: str) -> Plan:
    """The plan of the project when the store holds these keys."""
    return make_plan(load_manifest(project / "reports.yaml"), set(keys).__contains__)


def keys_of(project: Path) -> list[str]:
    """The keys of the project's two runs."""
    return [planned.run.key for planned in plan_of(project).runs]


def test_all_is_stale_at_first(project: Path) -> None:
    """Nothing in the store: every report would run, in the order of the manifest."""
    made = plan_of(project)
    assert [planned.run.id for planned in made.runs] == ["one", "two"]
    assert [planned.state for planned in made.runs] == ["stale", "stale"]
    reason = "no record of this key: never run, or its model, data, settings or program changed"
    assert made.runs[0].reason == reason


def test_what_the_store_has_is_current(project: Path) -> None:
    """A run whose key is known is not made again."""
    first, _ = keys_of(project)
    made = plan_of(project, first)
    assert [planned.state for planned in made.runs] == ["current", "stale"]
    assert [run.id for run in made.select_runs("stale")] == ["two"]
    assert made.runs[0].reason == "the store has a record of this key"


def test_keys_are_repeatable_and_differ_between_reports(project: Path) -> None:
    """Same inputs, same key; another report, another key; each 64 hex digits."""
    first, second = keys_of(project)
    assert keys_of(project) == [first, second]
    assert first != second
    assert re.fullmatch("[0-9a-f]{64}", first)


def test_a_moved_project_has_the_same_keys(project: Path) -> None:
    """No path of this machine is in a key."""
    before = keys_of(project)
    moved = project.rename(project.with_name("elsewhere"))
    assert keys_of(moved) == before


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def _edit(old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / "reports.yaml"
        path.write_text(path.read_text().replace(old, new))

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda project: _append(project / "plant.csv"),
        lambda project: _append(project / "net" / "model.safetensors"),
        lambda project: _append(project / "net" / "config.json"),
        lambda project: (project / "net" / "vocab.txt").write_text("a"),
        _edit("length: 8", "length: 9"),
        _edit("unit: ppm", "unit: vol %"),
        _edit(
            "{oxygen: {unit: ppm}, air: {unit: kg/h}}", "{air: {unit: kg/h}, oxygen: {unit: ppm}}"
        ),
        _edit("simulated: true", "simulated: false"),
        _edit("{count: 3}", "{count: 3, seed: 1}"),
    ],
    ids=["data", "weights", "config", "new file", "window", "unit", "order", "simulated", "seed"],
)
def test_what_can_change_a_report_changes_its_key(
    project: Path, change: Callable[[Path], object]
) -> None:
    """Model, data, settings: one byte is enough."""
    before = keys_of(project)
    change(project)
    assert keys_of(project)[1] != before[1]


@pytest.mark.parametrize(
    "change",
    [
        _edit("title: Boiler audit", "title: Other title"),
        _edit("version: 1\n", "version: 1\n# a comment\n"),
        lambda project: (project / "net" / ".cache").write_text("hidden"),
        lambda project: (project / "notes.txt").write_text("beside"),
    ],
    ids=["site title", "comment", "hidden file", "file beside"],
)
def test_what_cannot_change_a_report_leaves_its_key(
    project: Path, change: Callable[[Path], object]
) -> None:
    """The site's title, comments and files that no run reads make nothing stale."""
    before = keys_of(project)
    change(project)
    assert keys_of(project) == before


def test_labels_belong_to_the_key(project: Path) -> None:
    """The bytes of a label file change the key, its path does not; a run carries its digest."""
    (project / "labels.csv").write_text("batch,state\n")
    _edit("{column: warning,", "{path: labels.csv, join: batch, column: warning,")(project)
    before = keys_of(project)
    (project / "labels.csv").rename(project / "other.csv")
    _edit("path: labels.csv", "path: other.csv")(project)
    (digest,) = plan_of(project).runs[0].run.label_digests
    assert (digest.name, digest.size) == ("other.csv", 12)
    assert keys_of(project) != before  # the name is told, so it counts
    (project / "other.csv").rename(project / "labels.csv")
    _edit("path: other.csv", "path: ./labels.csv")(project)
    assert keys_of(project) == before
    _append(project / "labels.csv")
    assert keys_of(project) != before


def test_twins_belong_to_the_key(project: Path) -> None:
    """The bytes of a file of twin runs change the key, the way it is written does not."""
    (project / "twins.csv").write_text("timestamp,oxygen\n")
    _edit("time: null", "time: {column: timestamp, zone: UTC}")(project)
    plain = keys_of(project)
    _edit("    target:", "    twins: twins.csv\n    target:")(project)
    before = keys_of(project)
    assert before != plain
    (digest,) = plan_of(project).runs[0].run.twin_digests
    assert (digest.name, digest.size) == ("twins.csv", 17)
    _edit("twins: twins.csv", "twins: ./twins.csv")(project)
    assert keys_of(project) == before
    _append(project / "twins.csv")
    assert keys_of(project) != before


def test_digests_are_those_of_the_files(project: Path) -> None:
    """A run carries name, size and SHA-256 of each input, as `sha256sum` prints it."""
    run = plan_of(project).runs[0].run
    (data,) = run.dataset_digests
    content = (project / "plant.csv").read_bytes()
    assert (data.name, data.size) == ("plant.csv", len(content))
    assert data.sha256 == hashlib.sha256(content).hexdigest()
    assert [digest.name for digest in run.model_digests] == ["config.json", "model.safetensors"]


def test_model_files_are_sorted_and_go_below(project: Path) -> None:
    """Files in folders of the model's folder belong to the model."""
    (project / "net" / "parts").mkdir()
    (project / "net" / "parts" / "a.safetensors").write_bytes(b"")
    names = [
        path.relative_to(project / "net").as_posix() for path in list_model_files(project / "net")
    ]
    assert names == ["config.json", "model.safetensors", "parts/a.safetensors"]


def test_only_keeps_the_order_of_the_manifest(project: Path) -> None:
    """Whatever the order on the command line."""
    manifest = load_manifest(project / "reports.yaml")
    assert [report.id for report in select_reports(manifest, ["two", "one"])] == ["one", "two"]
    assert [report.id for report in select_reports(manifest, ["two"])] == ["two"]
    with pytest.raises(UsageError, match='no report is called "three"'):
        select_reports(manifest, ["three"])


def test_an_input_that_went_away_is_named(project: Path) -> None:
    """A file that vanished between check and plan is an error with its path."""
    manifest = load_manifest(project / "reports.yaml")
    (project / "plant.csv").unlink()
    with pytest.raises(InputError, match=r"plant\.csv: cannot be read: No such file"):
        make_plan(manifest, set[str]().__contains__)


def test_the_program_has_one_digest() -> None:
    """64 hex digits over sources and templates."""
    assert re.fullmatch("[0-9a-f]{64}", program_digest())


def test_a_part_of_the_stand_alone_report_belongs_to_the_program() -> None:
    """What `report.html` includes makes a stored report stale when it changes."""
    names = {path.relative_to(TEMPLATES).as_posix() for path in find_templates("export")}
    assert {"export/report.html.j2", "parts/figures.html.j2"} <= names
    text = (TEMPLATES / "export" / "report.html.j2").read_text(encoding="utf-8")
    assert set(re.findall(r'{% (?:include|import) "([^"]+)"', text)) <= names


def test_comparisons_are_planned_with_their_reports(project: Path) -> None:
    """Pairs in the order of the manifest; with `only`, those that concern a report asked for."""
    path = project / "reports.yaml"
    text = path.read_text().replace(", windows: {count: 3}", "")
    path.write_text(
        f"{text}  - {{id: three, model: net, dataset: plant}}\n"
        "comparisons: [[two, one], [two, three]]\n"
    )
    manifest = load_manifest(path)
    assert make_plan(manifest, set().__contains__).comparisons == (("two", "one"), ("two", "three"))
    assert make_plan(manifest, set().__contains__, ["one"]).comparisons == (("two", "one"),)
