"""The pages of datasets: what a dataset is, whether it is good, each sensor, who uses it.

In: runs and the profiles of their datasets. Out: pages. Never: a figure that no record holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.exports.profile import make_profile_files
from generator.hashing import sha256_bytes
from generator.pages.page import Page, check_folder_id
from generator.pages.presentable import make_presentable
from generator.pages.run_view import RunView, group_runs
from generator.pages.trace_drawing import Picture, make_picture
from generator.records import DatasetRecord, FileDigest
from generator.records.dataset_profile import DatasetProfile, LawCheck, ProfileFacts, SensorProfile


@dataclass(frozen=True)
class DatasetPage:
    """A dataset, its profile, and the runs that were explained on it."""

    id: str
    dataset: DatasetRecord | None
    """What a run says of it; None where every run failed before that."""
    profile: DatasetProfile | None
    files: tuple[FileDigest, ...]
    """The files beside the page."""
    runs: tuple[RunView, ...]

    @property
    def found(self) -> ProfileFacts | None:
        """What the profile found; None where there is none."""
        return self.profile.found if self.profile else None

    @property
    def simulated(self) -> bool:
        """Whether the data came from a simulator."""
        return any(part.simulated for part in (self.dataset, self.profile) if part)

    @property
    def licence(self) -> str:
        """The licence as the manifest states it."""
        part = self.profile or self.dataset
        return part.licence if part else ""

    @property
    def pictures(self) -> tuple[tuple[SensorProfile, Picture], ...]:
        """Each sensor with its picture."""
        facts = self.found
        return tuple((one, make_picture(facts, one)) for one in facts.sensors) if facts else ()

    def list_calculated(self, check: LawCheck) -> tuple[str, ...]:
        """Columns of a check that are calculated from others of its columns."""
        sensors = {one.sensor.name: one.sensor for one in self.found.sensors} if self.found else {}
        columns = set(check.columns.values())
        names = sorted(columns & set(sensors))
        return tuple(name for name in names if columns & set(sensors[name].derived_from))

    @property
    def missing(self) -> int:
        """Missing readings of all sensors together."""
        return sum(one.missing for one in self.found.sensors) if self.found else 0

    @property
    def not_good(self) -> int:
        """Rows whose quality code is not good."""
        codes = self.found.quality if self.found else ()
        return sum(one.rows for one in codes if not one.good)

    @property
    def drifted(self) -> tuple[SensorProfile, ...]:
        """Sensors whose held-out readings are not much the same as in training."""
        sensors = self.found.sensors if self.found else ()
        return tuple(s for s in sensors if s.drift and s.drift.state != "much the same")


@dataclass(frozen=True)
class DatasetList:
    """Every dataset as one row."""

    datasets: tuple[DatasetPage, ...]

    @property
    def simulated(self) -> bool:
        """Whether any dataset listed here came from a simulator."""
        return any(view.simulated for view in self.datasets)


def make_dataset_pages(
    runs: tuple[RunView, ...], profiles: Sequence[DatasetProfile] = ()
) -> Iterator[Page]:
    """`datasets/index.html` and `datasets/<id>/index.html`, in order of first use."""
    datasets = tuple(_make_views(runs, {profile.id: profile for profile in profiles}))
    yield Page("datasets/index.md", "Datasets", "pages/datasets.md.j2", DatasetList(datasets))
    for view in datasets:
        path = f"datasets/{view.id}/index.md"
        yield Page(path, view.id, "pages/dataset.md.j2", view, long=view.profile is not None)


def _make_views(
    runs: tuple[RunView, ...], profiles: dict[str, DatasetProfile]
) -> Iterator[DatasetPage]:
    records = {data.id: data for data, _ in group_runs(runs, lambda run: run.dataset)}
    for name in dict.fromkeys([*records, *profiles]):
        profile = profiles.get(name)
        yield DatasetPage(
            id=check_folder_id(name, "dataset"),
            dataset=records.get(name),
            profile=make_presentable(profile) if profile else None,
            files=tuple(_list_files(profile)) if profile else (),
            runs=tuple(run for run in runs if _is_about(run, name)),
        )


def _is_about(run: RunView, name: str) -> bool:
    part = run.record.dataset
    return (part.id if part else run.asked.dataset if run.asked else "") == name


def _list_files(profile: DatasetProfile) -> Iterator[FileDigest]:
    for name, data in make_profile_files(profile).items():
        yield FileDigest(name=name, size=len(data), sha256=sha256_bytes(data))
