"""A small real project to harm: the starter with few exchanges and a comparison, built.

In: an empty folder. Out: where its manifest, store and site lie, and a build in this process.
Never: a model or a data set of anybody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.build.pipeline import build
from generator.doors.starter import write_starter
from generator.manifest import load_manifest
from generator.records.outcome import BuildResult

FEW = "effects: {donors: 2, steps: 4, spans: 2, searched: 2}"


class Silence:
    """A Progress that tells nobody."""

    def stage(self, run_id: str, stage: str) -> None:
        """Nothing."""

    def done(self, run_id: str, state: str, detail: str) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Project:
    """A project's folder, and how to build it."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """What is built."""
        return self.folder / "reports.yaml"

    @property
    def site(self) -> Path:
        """Where it is published."""
        return self.folder / "site"

    @property
    def store(self) -> Path:
        """Where its records are kept."""
        return self.folder / ".attention-reports"

    def build(self) -> BuildResult:
        """Everything that is stale."""
        manifest = load_manifest(self.manifest)
        return build(manifest, (), 1, self.store, self.site, Silence())

    def edit(self, old: str, new: str) -> None:
        """Change the manifest; the text to change must be there."""
        text = self.manifest.read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{old!r} is not in the manifest")
        self.manifest.write_text(text.replace(old, new), encoding="utf-8")


def make_project(folder: Path) -> Project:
    """The project, built once."""
    write_starter(folder)
    project = Project(folder)
    project.edit("dataset: boiler-house", f"dataset: boiler-house, {FEW}")
    names = [report.id for report in load_manifest(project.manifest).reports]
    text = project.manifest.read_text(encoding="utf-8")
    project.manifest.write_text(f"{text}comparisons: [[{', '.join(names)}]]\n", encoding="utf-8")
    project.build()
    return project
