"""The benchmark of long files still runs, and says what it should; no clock is ever asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import ENVIRONMENT

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the benchmarks read Linux's /proc"
)
def test_long_files_run_in_both_formats(tmp_path: Path) -> None:
    """Parquet and csv.gz, a value and an event, each beside the two plain ways."""
    command = [sys.executable, "-m", "benchmarks.long_files", "--rows", "40000"]
    run = subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads((tmp_path / "long_files.json").read_text())["tables"]
    assert [title.split(",")[0] for title in found] == ["long.parquet", "long.csv.gz"]
    for rows in found.values():
        assert [row["target"] for row in rows] == ["value"] * 3 + ["event"] * 3
        assert {row["way"] for row in rows[:3]} == {row["way"] for row in rows[3:]}
