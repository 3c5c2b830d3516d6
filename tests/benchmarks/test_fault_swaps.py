"""A seeded tenth of the exchanges of inputs: what is kept is of the bytes that its key names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.faults.swaps import (
    FILES,
    draw_swaps,
    find_false,
    make_references,
    plan_run,
    try_swap,
    write_others,
    write_project,
)
from generator.build.attempt import attempt_run
from generator.build.copies import Copies
from generator.build.plan import Run
from generator.store import ProfileStore, Store

References = tuple[Store, ProfileStore]


class Untouched(Copies):
    """Takes no copy, and so compares nothing: what the program must not do."""

    def take_run(self, run: Run) -> Run:
        """The run as it was planned."""
        return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which a report reads every kind of file, and others to exchange them for."""
    folder = tmp_path_factory.mktemp("swaps")
    write_project(folder / "project")
    write_others(folder / "project", folder / "others")
    return folder


@pytest.fixture(scope="module")
def references(folder: Path) -> References:
    """What is right: made of files that nobody touched."""
    return make_references(folder / "project", folder / "others", folder / "right")


def test_no_exchange_leaves_a_record_of_other_bytes(folder: Path, references: References) -> None:
    """Thirty, of every kind of file: each run was stopped, or is that of the bytes it names."""
    swaps = draw_swaps(seed=3, count=30)
    assert {swap.kind for swap in swaps} == FILES.keys()
    found = [
        try_swap(swap, folder / "project", folder / "others", folder / f"store-{n}", references)
        for n, swap in enumerate(swaps)
    ]
    assert [outcome for outcome in found if outcome.false] == []
    assert {outcome.kept for outcome in found} == {True, False}


def test_a_run_that_reads_without_a_copy_is_counted(
    folder: Path, references: References, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The campaign would see a program that digests one file and reads another."""
    project, store = folder / "project", Store(folder / "without")
    run, data = plan_run(project), project / FILES["data"]
    old = data.read_bytes()
    shutil.copyfile(folder / "others" / "data", data)
    monkeypatch.setattr("generator.build.attempt.Copies", Untouched)
    attempt_run(run, store, lambda _stage: None)
    data.write_bytes(old)
    assert find_false(run, store, ProfileStore(folder / "without"), references)
