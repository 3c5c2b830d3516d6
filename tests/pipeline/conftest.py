"""The starter project, built once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from generator.build.pipeline import build
from generator.doors.starter import write_starter
from generator.manifest import load_manifest
from generator.records.outcome import BuildResult


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

    def edit(self, old: str, new: str) -> None:
        """Change the manifest; the text to change must be there."""
        path = self.folder / "reports.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


FEW = "effects: {donors: 2, steps: 4, spans: 2, searched: 2}"


def make_starter(folder: Path) -> Project:
    """The starter project, with as little exchanged as shows that it is, and twin runs.

    In these, made up, oxygen reads 1,000 ppm higher.
    """
    write_starter(folder)
    project = Project(folder)
    data = pl.read_parquet(folder / "data" / "combustion.parquet")
    data.with_columns(pl.col("oxygen_ppm") + 1000).write_parquet(folder / "data" / "twins.parquet")
    project.edit("    group: run ", "    twins: data/twins.parquet\n    group: run ")
    project.edit("dataset: boiler-house", f"dataset: boiler-house, {FEW}")
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The starter, built."""
    project = make_starter(tmp_path_factory.mktemp("built") / "project")
    project.build()
    return project
