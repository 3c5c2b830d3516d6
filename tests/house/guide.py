"""The commands of "A guide by task" in CONTRIBUTING, as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADING = "## A guide by task"
MOST_SECONDS = 60
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TASK = re.compile(r"^### (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands of one task, run in one shell that stops at the first that fails."""

    task: str
    commands: str


def find_blocks(text: str) -> list[Block]:
    """The blocks below the heading, each with the task that it stands under."""
    section = text.partition(f"\n{HEADING}\n")[2].split("\n## ")[0]
    _, *rest = _TASK.split(section)
    tasks = zip(rest[::2], rest[1::2], strict=True)
    return [Block(task, commands) for task, body in tasks for commands in _BLOCK.findall(body)]


def find_failures(blocks: list[Block], root: Path) -> Iterator[str]:
    """Blocks that do not end with 0, each with what it printed last."""
    for block in blocks:
        run = _run(block, root)
        if run.returncode:
            yield f"{block.task}: ended with {run.returncode}\n{block.commands}{run.stdout[-2000:]}"


def _run(block: Block, root: Path) -> subprocess.CompletedProcess[str]:
    """In the root of the checkout, with the programs of this interpreter's environment first."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return subprocess.run(
        ["bash", "-e", "-c", block.commands],
        cwd=root,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
