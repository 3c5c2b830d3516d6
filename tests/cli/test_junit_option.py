"""`build --junit FILE`: a file that cannot be written is told before anything runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import ExitCode

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("none/out.xml", "its folder none is not there; make it first"),
        ("net", "is a folder; name a file"),
        ("/dev/null", "is a device; name a file"),
        ("site/out.xml", "lies in the site, which holds only what its sums list; name a file "
                         "elsewhere"),
    ],
)  # fmt: skip
def test_a_wrong_place_is_refused_first(
    command: Command, project: Path, file: str, said: str
) -> None:
    """Code 2 and one line; no run was tried and nothing was written."""
    (project / "site").mkdir()
    done = command("build", "--junit", file)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == f"--junit {file}: {said}\n"
    assert not (project / ".attention-reports").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_leave_to_write_is_refused(command: Command, project: Path) -> None:
    """Told like a folder that is not there."""
    (project / "locked").mkdir(mode=0o500)
    done = command("build", "--junit", "locked/out.xml")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == (
        "--junit locked/out.xml: its folder locked cannot be written to; name another\n"
    )


def test_check_counts_gates(command: Command, project: Path) -> None:
    """One more count, where there are any."""
    gate = 'gates: [{report: one, figure: "quality.windows", at_least: 1}]\n'
    path = project / "reports.yaml"
    path.write_text(path.read_text() + gate)
    assert command("check").stderr.endswith("0 agents, 1 gate; no mistakes\n")
