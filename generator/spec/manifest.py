"""A manifest without mistakes, and where the paths in it lead.

In: the manifest's keys and its folder. Out: absolute paths. Never: a file opened.
"""

from __future__ import annotations

import glob
import re
from pathlib import Path

from generator.spec.reports import ReportSpec
from generator.spec.schema import ManifestSpec


class Manifest(ManifestSpec):
    """A manifest without mistakes, and where it lies."""

    file: str
    """The path as typed."""
    folder: Path
    """The folder its paths start from, absolute."""

    def find_data_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset, absolute and sorted."""
        return find_data_files(self.folder, self.datasets[dataset].path)

    def find_label_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset's labels, absolute and sorted; none where its data holds them."""
        typed = self.datasets[dataset].target.path
        return find_data_files(self.folder, typed) if typed else ()

    def find_twin_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset's twin runs, absolute and sorted; none where it has none."""
        typed = self.datasets[dataset].twins
        return find_data_files(self.folder, typed) if typed else ()

    def model_folder(self, model: str) -> Path:
        """The folder of a model, absolute."""
        return to_absolute(self.folder, self.models[model].path)

    def find_model_id(self, report: ReportSpec) -> str:
        """The id of the model a report explains, its own or its agent's."""
        return report.model if report.model else self.agents[str(report.agent)].model


def find_data_files(folder: Path, typed: str) -> tuple[Path, ...]:
    """The files a dataset's path stands for: the file of that name, else the glob's, in order."""
    exact = to_absolute(folder, typed)
    if exact.exists() or not glob.has_magic(typed):
        return (exact,)
    found = glob.glob(typed, root_dir=folder)  # noqa: PTH207 - Path.glob refuses absolute patterns
    return tuple(sorted((to_absolute(folder, name) for name in found), key=_rank_name))


def _rank_name(path: Path) -> tuple[list[tuple[int, str]], str]:
    """'part_2' before 'part_10': numbers in names count as numbers."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], str(path)


def to_absolute(folder: Path, typed: str) -> Path:
    """A path of the manifest from the root of the file system; links are left as they are."""
    return folder.absolute() / typed
