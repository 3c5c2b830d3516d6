"""Profiles in a build: once per dataset, kept in the store, and no report falls with one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.build.plan import Run, make_plan
from generator.build.profiles import profile_datasets, profile_key
from generator.manifest import load_manifest
from generator.records.dataset_profile import DatasetProfile
from generator.store import ProfileStore
from tests.pipeline.conftest import Listener, Project, make_starter
from tests.pipeline.test_workers import AMPLE


def test_a_dataset_is_profiled_once_and_kept(tmp_path: Path) -> None:
    """Two reports on one dataset: one profile; asked again, nothing is computed."""
    project = make_starter(tmp_path / "project")
    manifest = load_manifest(project.folder / "reports.yaml")
    runs = [planned.run for planned in make_plan(manifest, lambda _: False).runs]
    first, again, store = Listener(), Listener(), ProfileStore(project.store)
    made = profile_datasets(runs, store, AMPLE, first)
    assert first.stages[-1] == ("boiler-house", "profiling the dataset")
    assert made == profile_datasets(runs, store, AMPLE, again)
    assert (again.stages, [each.id for each in made]) == ([], ["boiler-house"])
    assert made[0].found is not None


def test_a_changed_check_makes_the_profile_stale_and_no_run(tmp_path: Path) -> None:
    """The key of the profile moves, the keys of the runs stay."""
    project = make_starter(tmp_path / "project")
    before = _runs(project)
    law = "{law: excess-air, oxygen_ppm: oxygen_ppm, excess_air: excess_air, within: 0.02}"
    project.edit("    simulated: true\n", f"    simulated: true\n    checks: [{law}]\n")
    after = _runs(project)
    assert [run.key for run in before] == [run.key for run in after]
    assert profile_key(before[0]) != profile_key(after[0])


def test_labels_belong_to_the_profile(tmp_path: Path) -> None:
    """Its digest is the one reports tell, of data and labels; bytes move the key, a path does not.

    The digest is that of {"data": ..., "labels": ...}, written here by hand.
    """
    project = make_starter(tmp_path / "project")
    labels = project.folder / "labels.csv"
    labels.write_text("run,co_breakthrough\n")
    project.edit("target: {column", "target: {path: labels.csv, join: run, column")
    (run, *_) = _runs(project)
    (profile,) = profile_datasets([run], ProfileStore(project.store), AMPLE, Listener())
    data, label = (_sha256(path.read_bytes()) for path in (*run.dataset_files, labels))
    assert profile.sha256 == _sha256(f'{{"data":"{data}","labels":"{label}"}}'.encode())
    assert [file.sha256 for file in profile.files] == [data, label]
    project.edit("path: labels.csv", "path: ./labels.csv")
    assert profile_key(_runs(project)[0]) == profile.key
    labels.write_text("run,co_breakthrough\nr1,1\n")
    assert profile_key(_runs(project)[0]) != profile.key


def test_a_profile_that_fails_says_why_and_is_not_kept(tmp_path: Path) -> None:
    """A quality column that is not there: the reason is told, the next build tries again."""
    project = make_starter(tmp_path / "project")
    project.edit(
        "    simulated: true\n",
        "    simulated: true\n    quality: {column: nowhere, good: [0]}\n",
    )
    listener, store = Listener(), ProfileStore(project.store)
    (profile,) = profile_datasets(_runs(project), store, AMPLE, listener)
    assert profile.found is None
    assert "no column 'nowhere'" in profile.failure
    assert listener.ends == [("boiler-house", "no profile", profile.failure)]
    assert store.read(profile.key) is None


def test_the_site_has_the_profile_the_store_has(built: Project) -> None:
    """The published record is the stored one."""
    published = built.site / "datasets" / "boiler-house" / "profile.json"
    profile = DatasetProfile.model_validate_json(published.read_bytes())
    assert profile == ProfileStore(built.store).read(profile.key)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _runs(project: Project) -> list[Run]:
    manifest = load_manifest(project.folder / "reports.yaml")
    return [planned.run for planned in make_plan(manifest, lambda _: False).runs]
