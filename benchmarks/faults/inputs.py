"""Hostile inputs: each ends within seconds, in one located line, and harms one report alone.

In: a seed and a share. Out: by file and kind, how `check` and `build` ended, and what was wrong
with how they did. Each case is a project of its own with one file spoilt; `build` runs where
`check` lets the project pass. Never: a case left out; one that hangs is ended and counted.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import torch
import typer

from benchmarks.faults.hostile_files import NO_FILES, OTHER_BYTES, PARTS, Spoil, copy_project
from benchmarks.faults.hostile_values import (
    list_config_kinds,
    list_manifest_kinds,
    list_table_kinds,
    list_weight_kinds,
)
from benchmarks.faults.small_project import write_small_project
from benchmarks.tables import read_environment, write
from generator.doors.commands import main as run_command
from generator.errors import LONGEST_LINE, UNFORESEEN

FILES = {
    "manifest": "reports.yaml",
    "config": "models/hit/config.json",
    "weights": "models/hit/model.safetensors",
    "data": "hit.csv",
    "labels": "hit_labels.csv",
    "twins": "hit_twins.csv",
}
CHECK_SECONDS, BUILD_SECONDS, BYTES = 20, 120, 8 << 30
MOST_LINES = 20
HUNG = "did not end"


@dataclass(frozen=True)
class InputCase:
    """One file of a project, spoilt in one way; `refused`: it cannot be read as anything."""

    file: str
    kind: str
    spoil: Spoil
    refused: bool


@dataclass(frozen=True)
class CommandEnd:
    """How one command ended."""

    code: int
    said: str
    seconds: float


@dataclass(frozen=True)
class InputOutcome:
    """How a case ended: the command that ended it, its code and first line, and what was wrong."""

    file: str
    kind: str
    ended: str
    code: int
    said: str
    seconds: float
    faults: tuple[str, ...]


def list_cases() -> list[InputCase]:
    """Every file with every kind that concerns it."""
    return list(_list_cases())


def _list_cases() -> Iterator[InputCase]:
    for file in FILES:
        for kinds, refused in ((NO_FILES, True), (OTHER_BYTES, True), (PARTS, False)):
            for kind, spoil in kinds.items():
                yield InputCase(file, kind, spoil, refused)
    own = {
        "manifest": (list_manifest_kinds(), True),
        "config": (list_config_kinds(), True),
        "weights": (list_weight_kinds(), True),
        "data": (list_table_kinds("heat"), False),
        "labels": (list_table_kinds("warning"), False),
        "twins": (list_table_kinds("heat"), False),
    }
    for file, (found, refused) in own.items():
        for kind, spoil in found:
            yield InputCase(file, kind, spoil, refused)


def run_case(
    case: InputCase, base: Path, folder: Path, seed: int, built: bool = True
) -> InputOutcome:
    """Spoil a copy of the project, `check` it, and `build` it where nothing was found."""
    copy_project(base, folder)
    case.spoil(folder / FILES[case.file], Random(seed))
    ended, end = "check", run_isolated(["check", "-q"], folder, CHECK_SECONDS)
    faults = list(find_faults(end))
    if built and end.code == 0 and not faults:
        ended, end = "build", run_isolated(["build"], folder, BUILD_SECONDS)
        faults = [*find_faults(end), *_find_harm(end)]
    if case.refused and ended == "build" and end.code == 0:
        faults.append("was not refused")
    told = next((line for line in _list_told(end.said)), "")
    shutil.rmtree(folder)
    return InputOutcome(case.file, case.kind, ended, end.code, told, end.seconds, tuple(faults))


def run_isolated(arguments: Sequence[str], folder: Path, seconds: int) -> CommandEnd:
    """A command in a child with limits of time and memory; what it printed and its code."""
    with tempfile.TemporaryFile() as held:
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            _run_child(arguments, folder, seconds, held.fileno())
        _, status = os.waitpid(child, 0)
        took = time.monotonic() - begun
        held.seek(0)
        said = held.read().decode("utf-8", errors="replace").replace(f"{folder}/", "")
    return CommandEnd(os.waitstatus_to_exitcode(status), said, took)


def _run_child(arguments: Sequence[str], folder: Path, seconds: int, printed: int) -> None:
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.chdir(folder)
        torch.set_num_threads(1)
        code = run_command(arguments)
    finally:
        os._exit(code)


def find_faults(end: CommandEnd) -> Iterator[str]:
    """What is wrong with how a command ended."""
    if end.code == -signal.SIGALRM:
        yield HUNG
    elif end.code not in (0, 1, 2):
        yield f"code {end.code}"
    lines = end.said.splitlines()
    if "Traceback" in end.said or UNFORESEEN in end.said:
        yield "words of a library"
    if any(len(line) > LONGEST_LINE + 40 for line in lines):
        yield "a line too long"
    if end.code == 2 and not 1 <= len(lines) <= MOST_LINES:
        yield f"{len(lines):,} lines"
    if end.code == 2 and not all(
        re.match(r"\S+?\.(yaml|json|csv|safetensors)\b", x) for x in lines
    ):
        yield "a line without its file"


def _find_harm(end: CommandEnd) -> Iterator[str]:
    if end.code in (0, 1) and not re.search(r"^built\s+healthy", end.said, re.M):
        yield "the healthy report was not built"


def _list_told(said: str) -> Iterator[str]:
    """The line that tells: a mistake's, or the failed report's own."""
    lines = said.splitlines()
    yield from (line for line in lines if line.startswith(("failed ", "hit: ")))
    yield from (line for line in lines if ".yaml:" in line)
    yield from lines


def run_campaign(
    share: float, seed: int, tell: Callable[[str], None], built: bool = True
) -> list[InputOutcome]:
    """A seeded share of the cases, in their order."""
    cases = list_cases()
    picked = sorted(Random(seed).sample(range(len(cases)), max(1, round(share * len(cases)))))
    with tempfile.TemporaryDirectory() as held:
        base = Path(held) / "base"
        base.mkdir()
        _write_base(base)
        found = []
        for at in picked:
            found.append(run_case(cases[at], base, Path(held) / f"case-{at}", seed + at, built))
            if found[-1].faults:
                tell(f"{found[-1]}")
    return found


def _write_base(base: Path) -> None:
    """In a child: what has run polars once cannot be forked any more."""
    child = os.fork()
    if child == 0:
        write_small_project(base)
        os._exit(0)
    os.waitpid(child, 0)


def summarise_by_file(found: Sequence[InputOutcome]) -> list[dict[str, Any]]:
    """One row per file that was spoilt."""
    return [_summarise(file, [one for one in found if one.file == file]) for file in FILES]


def _summarise(file: str, some: Sequence[InputOutcome]) -> dict[str, Any]:
    ends = Counter((one.ended, one.code) for one in some)
    return {
        "file": file,
        "cases": len(some),
        "refused by check": ends[("check", 2)],
        "failed alone, healthy built": ends[("build", 1)],
        "read": ends[("build", 0)],
        "otherwise": len(some) - sum(ends[k] for k in (("check", 2), ("build", 1), ("build", 0))),
        "faults": sum(bool(one.faults) for one in some),
        "longest, s": max((one.seconds for one in some), default=None),
    }


def list_outcomes(found: Sequence[InputOutcome]) -> list[dict[str, Any]]:
    """One row per case, with what was said."""
    return [
        {
            "file": one.file,
            "kind": one.kind,
            "ended": f"{one.ended} {one.code}",
            "said": one.said.replace("|", "\\|")[:160],
            "faults": ", ".join(one.faults),
        }
        for one in found
    ]


def main(
    share: Annotated[float, typer.Option(min=0.0, max=1.0)] = 1.0,
    seed: int = 0,
    build: Annotated[bool, typer.Option(help="Build what check lets pass.")] = True,
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Run the cases, write the tables, and end with 1 where anything was wrong."""
    facts = read_environment()
    found = run_campaign(share, seed, lambda text: typer.echo(text, err=True), build)
    facts |= {"cases": len(found), "seed": seed, "faults": sum(bool(one.faults) for one in found)}
    tables = {"By file": summarise_by_file(found), "Each case": list_outcomes(found)}
    write(output, "faults_inputs", facts, tables)
    raise typer.Exit(int(any(one.faults for one in found)))


if __name__ == "__main__":
    typer.run(main)
