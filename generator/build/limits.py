"""The limits of each run on this machine, as a manifest or what is free sets them.

In: the manifest's limits and how many runs go at a time. Out: bytes and seconds. Never: more than
a container may have, whatever the machine around it holds.
"""

from __future__ import annotations

from pathlib import Path

import psutil

from generator.records import Record
from generator.spec.limits import LEAST_MEMORY, LimitsSpec

CONTAINERS = {
    Path("/sys/fs/cgroup"): ("memory.max", "memory.current", "{}_file"),
    Path("/sys/fs/cgroup/memory"): (
        *("memory.limit_in_bytes", "memory.usage_in_bytes"),
        "total_{}_file",
    ),
}
"""Where a container's kernel (control groups 2, then 1) says what it may have and has, and how the
rows of its memory.stat are called that count copies of files, which it can give up at any time."""


class Limits(Record):
    """What one run may take: `memory` in bytes of resident size, `seconds` from its start."""

    memory: int
    seconds: float


def set_limits(spec: LimitsSpec, jobs: int) -> Limits:
    """The limits of each of so many runs at a time."""
    free = find_free_memory() // max(2, jobs)
    return Limits(memory=spec.memory or max(free, LEAST_MEMORY), seconds=spec.time)


def find_free_memory() -> int:
    """Bytes that a new process could take: of the machine, or of the container around it."""
    free = int(psutil.virtual_memory().available)
    return min([free, *filter(None, (read_container(*each) for each in CONTAINERS.items()))])


def read_container(folder: Path, names: tuple[str, str, str]) -> int | None:
    """What a container may still take, in bytes; None where it has no limit."""
    limit, used, files = names
    try:
        rows = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
        held = {name: int(count) for name, count in rows}
        spare = sum(held[files.format(kind)] for kind in ("active", "inactive"))
        taken = int((folder / used).read_text()) - spare
        return max(1, int((folder / limit).read_text()) - taken)
    except (OSError, ValueError, KeyError):  # no such folder, or the word 'max'
        return None
