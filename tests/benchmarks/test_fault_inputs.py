"""A seeded tenth of the hostile inputs: each is told in one located line, or let pass."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.faults.inputs import CommandEnd, find_faults, list_cases
from tests.conftest import ROOT


def test_a_tenth_of_the_hostile_inputs_is_told_in_one_line(tmp_path: Path) -> None:
    """No hang, no traceback, no line too long; in a process that has not run polars before."""
    command = [sys.executable, "-m", "benchmarks.faults.inputs", "--share", "0.1", "--no-build"]
    done = subprocess.run(
        [*command, "--output", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "faults_inputs.json").read_text())
    assert found["faults"] == 0
    assert found["cases"] == round(len(list_cases()) / 10)
    assert any(row["ended"] == "check 2" for row in found["tables"]["Each case"])


def test_what_is_wrong_with_an_end_is_found() -> None:
    """A hang, a traceback, a long line and a line without its file are faults."""
    assert list(find_faults(CommandEnd(2, "reports.yaml:1:1: is a pipe\n", 0.1))) == []
    assert list(find_faults(CommandEnd(-14, "", 20.0))) == ["did not end"]
    assert list(find_faults(CommandEnd(70, "Traceback", 0.1))) == ["code 70", "words of a library"]
    assert "a line too long" in find_faults(CommandEnd(2, "a.csv: " + "x" * 500, 0.1))
    assert "a line without its file" in find_faults(CommandEnd(2, "is wrong", 0.1))
    assert "0 lines" in find_faults(CommandEnd(2, "", 0.1))
