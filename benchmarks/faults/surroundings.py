"""Faults of the machine at each write of a build: what is published, what is kept, what is said.

In: a seed and how many places to try. Out: by what was done to the disk and the fault, how many
sites were broken, how many kept runs were lost, how many next builds failed, how many codes wrong.
Never: a fault counted as met where the build ended before it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import typer

from benchmarks.faults.hook import (
    FAULTS,
    KILLED,
    build_anew,
    build_in_fork,
    fork,
    list_acts,
    strike,
)
from benchmarks.faults.project import Project, make_project
from benchmarks.tables import read_environment, write
from generator.errors import ExitCode, MachineFault
from generator.store import Store
from generator.sums import SUMS
from generator.verify import verify_site

SPARE = (0, 100, 1000, 4000, 7000, 10000, 13000, 16000, 19000)
"""KB that are left on a disk for a site of about 20 MB; with 0 the disk may only be read."""
SHORT = (40, 1000, 2500, 4000, 6000)
"""KB that are left for two runs of 7 MB each."""
MACHINE_FAULT = int(ExitCode.MACHINE_FAULT)


@dataclass(frozen=True)
class Blow:
    """One fault, and what came of it."""

    stage: str
    fault: str
    code: int
    whole: bool
    lost: int
    healed: bool

    @property
    def told(self) -> bool:
        """Whether the code is the fault's own; a build that was done before it is done."""
        return self.code in ((-9,) if self.fault == KILLED else (MACHINE_FAULT,)) or (
            self.code == 0 and self.fault != KILLED and self.stage.endswith(("remove", "rmdir"))
        )


class Publication:
    """A project whose next build publishes another title: the old site or the new one."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.titles = [f"title: Site {word}" for word in ("one", "two")]
        text = project.manifest.read_text(encoding="utf-8")
        line = next(row for row in text.splitlines() if "title:" in row)
        title = line[line.index("title:") :].rstrip("}").rstrip()
        project.edit(title, self.titles[1])
        self.known = {self._publish(): title for title in self.titles}
        self.keys = [path.name for path in Store(project.store).folder.iterdir()]

    def _publish(self) -> bytes:
        """The next title's sums, once it is built and checked."""
        self.turn()
        self.project.build()
        if verify_site(self.project.site):
            raise ValueError("a site that no fault met is broken")
        return (self.project.site / SUMS).read_bytes()

    def turn(self) -> None:
        """The next build has another title."""
        text = self.project.manifest.read_text(encoding="utf-8")
        now, other = self.titles if self.titles[0] in text else reversed(self.titles)
        self.project.edit(now, other)

    def is_whole(self) -> bool:
        """Whether the site is one of the two, and nothing is wrong with it."""
        path = self.project.site / SUMS
        return path.is_file() and path.read_bytes() in self.known and not verify_site(path.parent)

    def count_lost(self) -> int:
        """How many kept runs the store has no more."""
        store = Store(self.project.store)
        return sum(not store.has(key) for key in self.keys)

    def is_healed(self, build: Callable[[Path], int] = build_in_fork) -> bool:
        """Whether the next build succeeds and nothing is left over."""
        code = build(self.project.manifest)
        text = self.project.manifest.read_text(encoding="utf-8")
        wanted = next(title for title in self.titles if title in text)
        found = self.known.get((self.project.site / SUMS).read_bytes()) if code == 0 else None
        left = [p.name for p in self.project.folder.glob(".site-*")]
        left += [p.name for p in self.project.store.glob(".entry-*")]
        return found == wanted and not left

    def list_acts(self) -> list[str]:
        """What a build that publishes does to the project's folder, in order."""
        self.turn()
        return list_acts(self.project.build, self.project.folder)

    def strike(self, fault: str, number: int, act: str) -> Blow:
        """One fault at one act."""
        self.turn()
        code = build_in_fork(
            self.project.manifest, lambda: strike(self.project.folder, fault, number)
        )
        whole, lost = self.is_whole(), self.count_lost()
        return Blow(f"publish: {act}", fault, code, whole, lost, self.is_healed())


def choose_acts(acts: Sequence[str], count: int, random: Random) -> list[int]:
    """Numbers of acts, from 1: every rename and exchange and what follows it, and some others."""
    rare = {i + 1 for i, act in enumerate(acts) if act in ("rename", "exchange")}
    after = {i + 1 for i in rare if i < len(acts)}
    rest = [i for i in range(1, len(acts) + 1) if i not in rare | after]
    some = random.sample(rest, min(max(0, count - len(rare | after)), len(rest)))
    return sorted(rare | after | set(some))


def strike_publication(project: Project, count: int, random: Random) -> Iterator[Blow]:
    """Faults at acts of a build that has nothing to run and publishes."""
    publication = Publication(project)
    acts = publication.list_acts()
    for fault in (*FAULTS, KILLED):
        for number in choose_acts(acts, count, random):
            yield publication.strike(fault, number, acts[number - 1])


def strike_store(store: Path, every: int = 1) -> Iterator[Blow]:
    """Faults at the acts of keeping one run, in a store that has others."""
    folder = Store(store).folder
    key, *others = sorted(path.name for path in folder.iterdir())
    source = store.with_name("source")
    shutil.copytree(folder / key, source)
    record = Store(store).read(key)
    if record is None:
        raise ValueError("the run to keep again is not there")

    def keep() -> int:
        kept = Store(store)
        try:
            with kept.open_scratch() as entry:
                shutil.copytree(source / "files", entry / "files", dirs_exist_ok=True)
                kept.keep(record, entry)
        except MachineFault as fault:
            return int(fault.exit_code)
        return 0

    shutil.rmtree(folder / key)
    acts = list_acts(keep, store)
    for fault in (*FAULTS, KILLED):
        for number in range(1, len(acts) + 1, every):
            shutil.rmtree(folder / key, ignore_errors=True)
            code = fork(lambda f=fault, n=number: strike(store, f, n) or keep())  # type: ignore[misc]
            yield _judge_store(store, key, others, f"keep: {acts[number - 1]}", fault, code, keep)
    shutil.rmtree(source)


def _judge_store(
    store: Path,
    key: str,
    others: Sequence[str],
    stage: str,
    fault: str,
    code: int,
    keep: Callable[[], int],
) -> Blow:
    """A half-kept run is a broken store; the next one is kept, and nothing is left over."""
    kept = Store(store)
    lost = sum(not kept.has(other) for other in others)
    whole = kept.has(key) or not (kept.folder / key).exists()
    kept.sweep()
    left = list(store.glob(".entry-*"))
    return Blow(stage, fault, code, whole, lost, keep() == 0 and kept.has(key) and not left)


def strike_disk(project: Project, place: Path) -> Iterator[Blow]:
    """A disk of its own that is full or read-only, for all programs; nothing where none can be."""
    size = sum(p.stat().st_size for p in project.folder.rglob("*") if p.is_file()) // 1024
    for spare, stale in (*((each, False) for each in SPARE), *((each, True) for each in SHORT)):
        if not _mount(place, size + 2000):
            return
        try:
            yield _fill_disk(project, place, spare, stale)
        finally:
            subprocess.run(["umount", str(place)], check=True)


def _mount(place: Path, size: int) -> bool:
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size * 3}k", "tmpfs", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _fill_disk(project: Project, place: Path, spare: int, stale: bool) -> Blow:
    """A build with so many KB left; with none, on a disk that may only be read."""
    shutil.copytree(project.folder, place / "project")
    copy = Publication(Project(place / "project"))
    copy.turn()
    if stale:
        shutil.rmtree(Store(copy.project.store).folder)
        copy.keys.clear()
    filler = place / "filler"
    if spare:
        filler.write_bytes(b"\0" * max(0, shutil.disk_usage(place).free - spare * 1024))
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    code = build_anew(copy.project.manifest)
    whole, lost = copy.is_whole(), copy.count_lost()
    if not spare:
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    filler.unlink(missing_ok=True)
    stage = f"a real disk, {f'{spare:,} KB left' if spare else 'read-only'}"
    stage += ", runs to make" if stale else ""
    fault = "ENOSPC" if spare else "EROFS"
    return Blow(stage, fault, code, whole, lost, copy.is_healed(build_anew))


def summarise(found: Sequence[Blow]) -> list[dict[str, Any]]:
    """One row per stage and fault, and one for all."""
    rows = []
    pairs = sorted({(blow.stage, blow.fault) for blow in found})
    for stage, fault in (*pairs, ("all", "all")):
        some = [b for b in found if (b.stage, b.fault) == (stage, fault) or stage == "all"]
        row: dict[str, Any] = {"at": stage, "fault": fault, "tried": len(some)}
        row["broken"] = sum(not blow.whole for blow in some)
        row["kept runs lost"] = sum(blow.lost for blow in some)
        row["next build failed"] = sum(not blow.healed for blow in some)
        row["other code than the fault's"] = sum(not blow.told for blow in some)
        rows.append(row)
    return rows


def main(
    count: int = 16, seed: int = 0, output: Path = Path(__file__).parents[1] / "results"
) -> None:
    """Strike at each stage, and write the tables."""
    facts = read_environment() | {"acts of a build tried, each fault": count, "seed": seed}
    with tempfile.TemporaryDirectory() as name:
        project = make_project(Path(name) / "project")
        found = list(strike_store(project.store))
        found += strike_publication(project, count, Random(seed))
        found += strike_disk(project, Path(name) / "disk")
    write(output, "faults_surroundings", facts, {"By act and fault": summarise(found)})


if __name__ == "__main__":
    typer.run(main)
