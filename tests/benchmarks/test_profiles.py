"""The benchmark of profiles still runs, and says what it should; no clock is ever asserted."""

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
def test_profiles_run_beside_describe(tmp_path: Path) -> None:
    """Each number of rows has a table with the profile and polars' describe."""
    command = [sys.executable, "-m", "benchmarks.profiles", "--rows", "5000", "--rows", "20000"]
    run = subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads((tmp_path / "profiles.json").read_text())["tables"]
    assert [title.split(" rows")[0] for title in found] == ["5,000", "20,000"]
    for rows in found.values():
        assert [row["way"].split(",")[0] for row in rows] == ["attention-reports", "polars"]
        assert all(row["CPU s"] > 0 for row in rows)
