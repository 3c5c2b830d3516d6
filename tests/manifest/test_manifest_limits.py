"""What one run may take: as a manifest says it, else half of the memory and half an hour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.build.limits import CONTAINERS, find_free_memory, read_container, set_limits
from generator.manifest import load_manifest
from generator.spec.limits import LimitsSpec

Complaints = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize(
    ("typed", "memory", "time"),
    [
        ("{memory: 4GB, time: 30min}", 4_000_000_000, 1800.0),
        ("{memory: 1.5 GB}", 1_500_000_000, 1800.0),
        ("{memory: 1500MB, time: 90s}", 1_500_000_000, 90.0),
        ("{time: 2h}", None, 7200.0),
    ],
)
def test_limits_are_read_as_typed(
    project: Path, good: str, typed: str, memory: int | None, time: float
) -> None:
    (project / "reports.yaml").write_text(f"{good}limits: {typed}\n")
    limits = load_manifest(project / "reports.yaml").limits
    assert (limits.memory, limits.time) == (memory, time)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{memory: 4}", "limits.memory: must be an amount of memory of at least 1GB, such as 4GB"),
        ("{memory: 900MB}", "must be an amount of memory of at least 1GB"),
        ("{memory: .inf}", "must be an amount of memory of at least 1GB"),
        ("{memory: 4GiB}", 'such as 4GB or 1500MB (found "4GiB")'),
        ("{time: 30}", "limits.time: must be a duration of at least 1s, such as 90s, 30min or 2h"),
        ("{time: 30 rows}", "must be a duration of at least 1s"),
        ("{cores: 2}", "limits.cores: unknown key"),
    ],
)
def test_a_slip_is_told(complaints: Complaints, good: str, typed: str, said: str) -> None:
    (line,) = complaints(f"{good}limits: {typed}\n")
    assert said in line


def test_a_limit_is_of_each_run_and_at_most_half_of_what_is_free() -> None:
    """Half where one or two go at a time, else the share of each."""
    free = find_free_memory()
    for jobs, parts in ((1, 2), (2, 2), (4, 4)):
        found = set_limits(LimitsSpec(), jobs)
        assert found.memory == pytest.approx(free / parts, rel=0.1)
        assert found.seconds == 1800
    assert set_limits(LimitsSpec(memory="2GB", time="5min"), 4).memory == 2_000_000_000


@pytest.mark.parametrize("folder", CONTAINERS, ids=str)
def test_a_container_gives_what_it_has_left(tmp_path: Path, folder: Path) -> None:
    """Limit 4 GB, 3 GB used of which 1.5 GB are copies of files: 2.5 GB are left."""
    limit, used, files = CONTAINERS[folder]
    (tmp_path / limit).write_text("4000000000\n")
    (tmp_path / used).write_text("3000000000\n")
    rows = f"{files.format('active')} 500000000\n{files.format('inactive')} 1000000000\nshmem 7\n"
    (tmp_path / "memory.stat").write_text(rows)
    assert read_container(tmp_path, CONTAINERS[folder]) == 2_500_000_000
    (tmp_path / limit).write_text("max\n")
    assert read_container(tmp_path, CONTAINERS[folder]) is None
