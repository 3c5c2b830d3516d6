"""What was read is what is stated: a run reads copies whose digests it was planned with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generator.build.copies import Copies
from generator.build.pipeline import build
from generator.build.plan import Run, make_plan
from generator.errors import InputError
from generator.manifest import load_manifest
from generator.records.outcome import BuildResult
from generator.store import Store
from tests.pipeline.conftest import Listener, Project, make_starter

FIRST, SECOND = "gl-018-boiler-house", "timesteps-boiler-house"


@dataclass
class Meddler(Listener):
    """Does something to the project when a run enters a stage."""

    when: tuple[str, str] = ("", "")
    act: Callable[[], None] = field(default=lambda: None)

    def stage(self, run_id: str, stage: str) -> None:
        super().stage(run_id, stage)
        if (run_id, stage) == self.when:
            self.act()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_starter(tmp_path / "project")


def runs_of(project: Project) -> list[Run]:
    manifest = load_manifest(project.folder / "reports.yaml")
    return [planned.run for planned in make_plan(manifest, lambda _key: False).runs]


def build_with(project: Project, meddler: Meddler, *only: str) -> BuildResult:
    manifest = load_manifest(project.folder / "reports.yaml")
    return build(manifest, only, 1, project.store, project.site, meddler)


def test_every_planned_file_is_copied_and_nothing_else(project: Project, tmp_path: Path) -> None:
    """Byte for byte, under its own name; a file nobody planned stays where it is."""
    (run, _) = runs_of(project)
    (run.model_folder / "late.txt").write_text("not planned")
    copied = Copies(tmp_path / "copies").take_run(run)
    assert copied.dataset_files[0].read_bytes() == run.dataset_files[0].read_bytes()
    assert copied.twin_files[0].name == "twins.parquet"
    there = {path.name for path in copied.model_folder.iterdir()}
    assert (
        there == {file.name for file in run.model_digests} == {"config.json", "model.safetensors"}
    )
    found = {p for p in (tmp_path / "copies").rglob("*") if p.is_file()}
    assert len(found) == 4  # data, twins, and the two of the model


def test_a_path_that_climbs_stays_in_the_folder_of_copies(project: Project, tmp_path: Path) -> None:
    (run, _) = runs_of(project)
    climbing = run.dataset_files[0].parent / "../../" / project.folder.name / "data"
    typed = run.model_copy(update={"dataset_files": (climbing / run.dataset_files[0].name,)})
    (copy,) = Copies(tmp_path / "copies").take_data(typed).dataset_files
    assert copy.resolve().is_relative_to(tmp_path / "copies")


def test_a_change_or_a_loss_since_the_plan_is_told_by_file(
    project: Project, tmp_path: Path
) -> None:
    (run, _) = runs_of(project)
    weights = run.model_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(InputError, match=r"model.safetensors changed while the reports were built"):
        Copies(tmp_path / "a").take_run(run)
    weights.unlink()
    with pytest.raises(InputError, match=r"model.safetensors was there when the build began"):
        Copies(tmp_path / "b").take_run(run)


def test_a_file_swapped_after_the_plan_stops_that_run_alone(project: Project) -> None:
    """The other report is built; nothing is kept under the planned key; the next build is right."""
    model = project.folder / "models" / "combustion" / "model.safetensors"
    other = project.folder / "models" / "combustion_timesteps" / "model.safetensors"
    original, swapped = model.read_bytes(), other.read_bytes()
    meddler = Meddler(when=(FIRST, "queued"), act=lambda: _write(model, swapped))
    result = build_with(project, meddler)
    assert {o.id: o.state for o in result.outcomes} == {FIRST: "failed", SECOND: "built"}
    (failed,) = (o.detail for o in result.outcomes if o.id == FIRST)
    assert "models/combustion/model.safetensors changed while" in failed
    assert hashlib.sha256(swapped).hexdigest()[:12] in failed
    _write(model, original)
    assert not any(Store(project.store).has(run.key) for run in runs_of(project) if run.id == FIRST)


def test_a_file_swapped_while_it_is_used_changes_nothing(project: Project, built: Project) -> None:
    """After the copy nothing outside is read: the record is that of the untouched project."""
    data = project.folder / "data" / "combustion.parquet"
    meddler = Meddler(when=(FIRST, "reading data"), act=lambda: _write(data, b"gone"))
    (outcome,) = build_with(project, meddler, FIRST).outcomes
    assert outcome.state == "built"
    (run,) = (run for run in runs_of(built) if run.id == FIRST)
    assert Store(project.store).read(run.key) == Store(built.store).read(run.key)


def test_no_copy_stays_when_the_runs_are_done(built: Project) -> None:
    """Of the plant's files the store keeps none."""
    names = {path.name for path in built.store.rglob("*") if path.is_file()}
    assert not names & {"combustion.parquet", "twins.parquet", "model.safetensors"}


def test_a_path_of_a_copy_is_never_told(project: Project) -> None:
    """What is wrong with a file is told of the file that the manifest names."""
    (project.folder / "models" / "combustion" / "config.json").write_text("{")
    (outcome,) = build_with(project, Meddler(), FIRST).outcomes
    assert outcome.state == "failed"
    assert outcome.detail.startswith("models/combustion/config.json:")


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
