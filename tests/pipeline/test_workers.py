"""Runs in processes of their own: one that dies or outgrows a limit harms no other."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from generator.build.limits import Limits
from generator.build.workers import Death, Task, run_tasks
from generator.errors import MachineFault
from tests.pipeline.conftest import Listener

AMPLE = Limits(memory=8 * 10**9, seconds=60)
Stage = Callable[[str], None]


def add(one: int, other: int, stage: Stage) -> int:
    stage("adding")
    return one + other


def fill_memory(stage: Stage) -> None:
    """Takes 100 MB at a time, for ever."""
    stage("filling")
    held = []
    while True:
        held.append(b"x" * 10**8)
        time.sleep(0.01)


def sleep_long(stage: Stage) -> None:
    stage("sleeping")
    time.sleep(600)


def abort(stage: Stage) -> None:
    """Ends as a library does that cannot have its memory."""
    stage("aborting")
    os.abort()


def die_once(mark: Path, stage: Stage) -> str:
    """Killed with no word the first time, as the kernel does it."""
    stage("living")
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return "alive"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def fill_disk(stage: Stage) -> None:
    stage("writing")
    raise MachineFault("/plant/store: no space is left")


def tell_pid(mark: Path, stage: Stage) -> None:
    mark.write_text(str(os.getpid()))
    sleep_long(stage)


def print_noise(stage: Stage) -> int:
    stage("shouting")
    os.write(1, b"noise")
    os.write(2, b"noise")
    return 1


def run(*tasks: tuple[str, Callable[..., Any], Any], jobs: int = 1, limits: Limits = AMPLE) -> Any:
    made = [Task(name, function, tuple(arguments)) for name, function, *arguments in tasks]
    return dict(run_tasks(made, jobs, limits, Listener().stage))


def test_what_tasks_return_comes_back_by_name_and_their_stages_are_told() -> None:
    listener = Listener()
    tasks = [Task("a", add, (1, 2)), Task("b", add, (3, 4))]
    assert dict(run_tasks(tasks, 2, AMPLE, listener.stage)) == {"a": 3, "b": 7}
    assert {("a", "adding"), ("b", "adding")} <= set(listener.stages)


def test_what_outgrows_its_memory_is_stopped_and_the_others_go_on() -> None:
    """Half a gigabyte over what an idle process holds: stopped long before 8 GB."""
    limits = Limits(memory=1_500_000_000, seconds=60)
    found = run(("greedy", fill_memory), ("modest", add, 1, 1), jobs=2, limits=limits)
    assert found["modest"] == 2
    assert found["greedy"].stage == "filling"
    assert found["greedy"].words.startswith("needed more than 1.5 GB of memory, the limit of one ")
    assert "limits.memory" in found["greedy"].words


def test_what_takes_longer_than_its_time_is_stopped() -> None:
    found = run(("slow", sleep_long), ("quick", add, 1, 1), limits=Limits(memory=10**10, seconds=3))
    assert found["slow"].words.startswith("took longer than 3 s, the limit of one run")
    assert found["quick"] == 2


def test_a_crash_of_a_library_is_told_by_its_signal() -> None:
    found = run(("bad", abort), ("good", add, 1, 1))
    assert found["good"] == 2
    assert found["bad"].stage == "aborting"
    assert "(SIGABRT)" in found["bad"].words


def test_what_was_killed_beside_others_is_tried_again_alone(tmp_path: Path) -> None:
    found = run(("victim", die_once, tmp_path / "died"), ("other", add, 1, 1), jobs=2)
    assert found == {"victim": "alive", "other": 2}


def test_what_is_killed_alone_is_told_of(tmp_path: Path) -> None:
    found = run(("victim", die_once, tmp_path / "died"))
    assert isinstance(found["victim"], Death)
    assert "killed from outside" in found["victim"].words


def test_a_fault_of_the_machine_ends_all(tmp_path: Path) -> None:
    """It is nobody's failure: it is raised, and whatever still runs is stopped."""
    mark = tmp_path / "pid"
    with pytest.raises(MachineFault, match="no space is left"):
        run(("long", tell_pid, mark), ("full", fill_disk), jobs=2)
    _wait_for_the_end_of(mark)


def test_an_interrupt_stops_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    def tell(_name: str, stage: str) -> None:
        if stage == "sleeping":
            raise KeyboardInterrupt

    tasks = [Task("long", tell_pid, (mark,)), Task("next", tell_pid, (tmp_path / "next",))]
    with pytest.raises(KeyboardInterrupt):
        list(run_tasks(tasks, 1, AMPLE, tell))
    _wait_for_the_end_of(mark)
    assert not (tmp_path / "next").exists()


def test_what_a_library_prints_is_not_the_programs_output(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(("loud", print_noise)) == {"loud": 1}
    assert capfd.readouterr() == ("", "")


def _wait_for_the_end_of(mark: Path) -> None:
    """The process that wrote its number there is gone, or goes within seconds."""
    if not mark.exists():
        return
    for _ in range(100):
        if not psutil.pid_exists(int(mark.read_text())):
            return
        time.sleep(0.1)
    pytest.fail("it still runs")
