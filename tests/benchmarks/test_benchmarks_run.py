"""The benchmarks still run, and say what they should; no clock is ever asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measuring import ENVIRONMENT, measure_fresh, run_in_child

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the benchmarks read Linux's /proc"
)


def results(
    name: str, folder: Path, *options: str, rounds: tuple[str, ...] = ("--rounds", "1")
) -> dict[str, Any]:
    """What a benchmark wrote when run at a tiny shape."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--output", str(folder)]
    tiny = ["--layers", "2", "--heads", "2", "--positions", "16", *rounds, *options]
    run = subprocess.run(
        [*command, *tiny],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, "PATH": ""},  # no browser: it has tests of its own
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert (folder / f"{name}.md").read_text() in run.stdout
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


def test_extraction_runs_and_its_maps_are_the_usual_ones(tmp_path: Path) -> None:
    """Every way is a row, and the maps compared are equal to the eager kernel's own."""
    found = results("extraction", tmp_path, "--width", "32")
    rows = found["tables"]["16 positions"]
    assert len(rows) == 10
    assert rows[0]["÷ plain"] in (None, 1.0)
    assert found["largest difference from the usual way's maps"]["16 positions"] < 1e-6


def test_batches_run_and_their_means_are_the_usual_ones(tmp_path: Path) -> None:
    """Every loop is a row, and the head means compared are equal to the eager kernel's own."""
    options = ("--width", "32", "--batches", "2", "--size", "3")
    found = results("batches", tmp_path, *options, rounds=())
    title = "2 × 3 samples, 16 positions"
    assert len(found["tables"][title]) == 5
    assert found["largest difference from the usual way's means"][title] < 1e-6


def test_pages_run_and_are_weighed(tmp_path: Path) -> None:
    """Each page has its bytes; our first view is the sum of its parts; no browser is said so."""
    found = results("pages", tmp_path)
    pages = [row["page"] for row in found["tables"]["16 positions: weight and cost"]]
    ours = ["our stand-alone page", "our site of one report"]
    assert pages == (["BertViz head_view"] if find_spec("bertviz") else []) + ours
    [parts] = found["tables"]["16 positions: a report on the site, MB"]
    of_it = [size for part, size in parts.items() if part.startswith("of it")]
    assert parts["first view"] == pytest.approx(sum(of_it))
    assert "opening pages" in found["not measured"]


@pytest.mark.skipif(not find_spec("bertviz"), reason="BertViz is not installed")
def test_bertviz_is_compared_with_itself_as_one(tmp_path: Path) -> None:
    """BertViz's own row has the ratio 1 to itself."""
    from benchmarks import pages

    [first, second] = pages.add_ratios(
        [
            {"page": pages.BERTVIZ, "MB": 30.0, "CPU s": 3.0, "extra peak MB": 60.0},
            {"page": "ours", "MB": 10.0, "CPU s": 1.0, "extra peak MB": 15.0},
        ]
    )
    assert [first[f"BertViz ÷ {of}"] for of in pages.COMPARED] == [1, 1, 1]
    assert [second[f"BertViz ÷ {of}"] for of in pages.COMPARED] == [3, 3, 4]


def megabytes(count: int) -> int:
    """Holds so many MB for a moment."""
    return len(b"x" * (count * 1_000_000))


def test_peak_memory_is_what_the_work_held() -> None:
    """Work that holds 50 MB has an extra peak of 50 MB, although it keeps nothing.

    In a fresh process: a fork of this one may have as much free memory at hand already.
    """
    cost = measure_fresh(megabytes, 50)
    assert cost.peak_mb == pytest.approx(50, abs=1)


def test_a_failed_measurement_is_an_error() -> None:
    """A child that dies gives no number."""
    with pytest.raises(RuntimeError, match="ended with code 3"):
        run_in_child(lambda: os._exit(3))
