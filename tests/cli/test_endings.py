"""Faults of the machine end a command with 74, a reader who has gone ends it without a word."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ExitCode
from tests.cli.conftest import ENVIRONMENT, Command

START = [sys.executable, "-m", "generator"]


def test_a_reader_who_has_gone_is_no_bug(project: Path) -> None:
    """`plan | head`: the code of a closed pipe as shells show it, and nothing on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*START, "schema"], cwd=project, env=ENVIRONMENT, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_under_the_output_is_a_fault_of_the_machine(project: Path) -> None:
    """What was to be read was not written, and that is told."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*START, "schema"], cwd=project, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == ExitCode.MACHINE_FAULT
    assert b"No space left on device" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_log_that_nobody_reads_harms_nothing(project: Path) -> None:
    """The answer on stdout is whole, and the code is that of the answer."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*START, "plan"], cwd=project, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=writing
    )
    os.close(writing)
    assert done.returncode == ExitCode.DONE
    assert done.stdout.count(b"\n") == 2


def test_a_file_as_store_is_told_in_one_line(command: Command, project: Path) -> None:
    """Not our bug: what, where, why, what next."""
    (project / "kept").write_text("mine")
    done = command("plan", "--store", "kept")
    assert done.returncode == ExitCode.MACHINE_FAULT
    assert done.stderr.startswith("the store could not be read: kept/runs/")
    assert "something else lies there; move it away or name another place" in done.stderr
    assert done.stderr.count("\n") == 1


RAISING = """
import sys
from generator.doors.commands import app, main
@app.command()
def fail() -> None:
    raise OSError({code}, "no", "/some/place")
sys.exit(main(["fail"]))
"""


@pytest.mark.parametrize("code", ["ENOSPC", "EROFS", "EACCES", "EIO", "EMFILE", "EFBIG", "EBUSY"])
def test_a_fault_that_nobody_met_is_still_the_machines(project: Path, code: str) -> None:
    """One line with the place, and 74."""
    script = RAISING.format(code=getattr(errno, code))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == ExitCode.MACHINE_FAULT
    assert done.stderr.startswith(
        "something this command needs could not be read or written: /some"
    )
    assert done.stderr.count("\n") == 1
