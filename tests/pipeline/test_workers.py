"""Runs side by side: one process that is killed costs at most its own report."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.build.pipeline import build, run_in_parallel, start_workers
from generator.build.plan import Run, make_plan
from generator.manifest import load_manifest
from generator.records import RunRecord
from generator.store import Store
from tests.pipeline.conftest import Listener, Project, make_starter


class DeadlyStore(Store):
    """A store whose first `kills` visitors are killed as the kernel does it: with no word."""

    def __init__(self, folder: Path, kills: int) -> None:
        super().__init__(folder)
        self.kills = kills

    @contextmanager
    def open_scratch(self) -> Iterator[Path]:
        for number in range(self.kills):
            try:
                (self.folder.parent / f"killed-{number}").touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
        with super().open_scratch() as entry:
            yield entry


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_starter(tmp_path / "project")


def runs_of(project: Project) -> list[Run]:
    plan = make_plan(load_manifest(project.folder / "reports.yaml"), lambda _key: False)
    return [planned.run for planned in plan.runs]


def made(project: Project, kills: int) -> list[RunRecord]:
    project.store.mkdir()
    store = DeadlyStore(project.store, kills)
    return list(run_in_parallel(runs_of(project), store, 2, Listener()))


def test_a_killed_process_is_made_good_alone(project: Project) -> None:
    """One of two processes dies: both reports are built all the same."""
    records = made(project, kills=1)
    assert sorted(record.id for record in records) == sorted(run.id for run in runs_of(project))
    assert {record.state for record in records} == {"built"}


def test_a_run_that_is_always_killed_is_a_failed_report(project: Project) -> None:
    """Each report that cannot live has a record with a reason, and what it was asked for."""
    records = made(project, kills=100)
    assert {record.state for record in records} == {"failed"}
    for record in records:
        assert record.failure is not None
        assert record.failure.asked is not None
        assert "killed from outside" in record.failure.message
        assert record.failure.asked.simulated
        assert record.settings
        assert record.versions["numpy"]


def test_an_interrupt_leaves_no_queue() -> None:
    """Who leaves early waits for what is under way, and for nothing that is queued."""
    waiting: list[Future[None]] = []

    def interrupted() -> None:
        with start_workers(1) as pool:
            waiting.extend(pool.submit(time.sleep, 0.1) for _ in range(50))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sum(future.cancelled() for future in waiting) >= 45


def test_reports_left_out_are_told_of(project: Project) -> None:
    """--only builds one report; the other is on no page, and a line says so."""
    first, second = (run.id for run in runs_of(project))
    listener = Listener()
    manifest = load_manifest(project.folder / "reports.yaml")
    result = build(manifest, [first], 1, project.store, project.site, listener)
    assert [outcome.id for outcome in result.outcomes] == [first]
    told = {run_id: (state, detail) for run_id, state, detail in listener.ends}
    assert told[first][0] == "built"
    assert told[second][0] == "not built"
    assert "--only leaves it out" in told[second][1]
