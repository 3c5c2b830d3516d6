"""The pages of datasets: sensors with units and ranges, period, gaps, licence, who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.pages.page import Page
from generator.pages.run_view import RunView, users
from generator.records import DatasetRecord


@dataclass(frozen=True)
class Dataset:
    """A dataset and the runs that were explained on it."""

    dataset: DatasetRecord
    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether the data came from a simulator."""
        return self.dataset.simulated


@dataclass(frozen=True)
class DatasetList:
    """Every dataset as one row."""

    datasets: tuple[Dataset, ...]

    @property
    def simulated(self) -> bool:
        """Whether any dataset listed here came from a simulator."""
        return any(view.simulated for view in self.datasets)


def dataset_pages(runs: tuple[RunView, ...]) -> Iterator[Page]:
    """`datasets/index.html` and `datasets/<id>/index.html`, in order of first use."""
    datasets = tuple(Dataset(data, its) for data, its in users(runs, lambda run: run.dataset))
    yield Page("datasets/index.md", "Datasets", "pages/datasets.md.j2", DatasetList(datasets))
    for view in datasets:
        name = view.dataset.id
        yield Page(f"datasets/{name}/index.md", name, "pages/dataset.md.j2", view)
