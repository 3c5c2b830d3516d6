"""The starter project, built once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from generator.build.pipeline import build
from generator.build.plan import make_plan
from generator.doors.starter import write_starter
from generator.manifest import load_manifest
from generator.records.outcome import BuildResult
from generator.store import Store


@dataclass
class Listener:
    """A Progress that remembers what it was told."""

    stages: list[tuple[str, str]] = field(default_factory=list)
    ends: list[tuple[str, str, str]] = field(default_factory=list)

    def stage(self, run_id: str, stage: str) -> None:
        self.stages.append((run_id, stage))

    def done(self, run_id: str, state: str, detail: str) -> None:
        self.ends.append((run_id, state, detail))


@dataclass(frozen=True)
class Project:
    """A project's folder, and how to build it."""

    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def store(self) -> Path:
        return self.folder / ".attention-reports"

    def build(self, only: tuple[str, ...] = (), jobs: int = 1) -> tuple[BuildResult, Listener]:
        listener = Listener()
        manifest = load_manifest(self.folder / "reports.yaml")
        return build(manifest, only, jobs, self.store, self.site, listener), listener

    def copy(self, folder: Path, *left_out: str) -> Project:
        """The same project elsewhere, without the folders left out."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns(*left_out))
        return Project(folder)

    def forget(self, *reports: str) -> None:
        """Take what was built of some reports out of the store."""
        for planned in make_plan(load_manifest(self.folder / "reports.yaml"), lambda _: True).runs:
            if planned.run.id in reports:
                shutil.rmtree(Store(self.store).files(planned.run.key))

    def edit(self, old: str, new: str) -> None:
        """Change the manifest; the text to change must be there."""
        path = self.folder / "reports.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


FEW = "effects: {donors: 2, steps: 4, spans: 2, searched: 2}"


def make_starter(folder: Path) -> Project:
    """The starter project, with as little exchanged as shows that it is, and twin runs."""
    write_starter(folder)
    return add_twins(folder)


def add_twins(folder: Path) -> Project:
    """A new project with twin runs and few exchanges; in the twins oxygen reads 1,000 ppm more."""
    project = Project(folder)
    data = pl.read_parquet(folder / "data" / "combustion.parquet")
    data.with_columns(pl.col("oxygen_ppm") + 1000).write_parquet(folder / "data" / "twins.parquet")
    project.edit("    group: run ", "    twins: data/twins.parquet\n    group: run ")
    project.edit("dataset: boiler-house", f"dataset: boiler-house, {FEW}")
    return project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The starter, built; copy it before you change it."""
    project = make_starter(tmp_path_factory.mktemp("built") / "project")
    project.build()
    return project
