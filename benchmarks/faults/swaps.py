"""Inputs exchanged for others at random moments of a build, hundreds of times.

In: a seed and a number of exchanges. Out: per kind of file, how often the run was kept or stopped,
and how many kept records are not those of the bytes that their key stands for. What is right was
made before, from files that nobody touched. Never: a moment chosen because it is harmless; an
exchange that is left out.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Timer

import numpy as np
import polars as pl
import typer
from safetensors.numpy import load_file, save_file

from benchmarks.tables import read_environment, write
from generator.build.attempt import attempt_profile, attempt_run
from generator.build.limits import Limits
from generator.build.plan import Run, make_plan
from generator.build.profiles import profile_key, start_profile
from generator.build.workers import Task, Tell, run_tasks
from generator.doors.starter import write_starter
from generator.manifest import load_manifest
from generator.store import ProfileStore, Store

REPORT = "gl-018-boiler-house"
LIMITS = Limits(memory=4 * 10**9, seconds=300)
FEW = "effects: {donors: 2, steps: 4, spans: 2, searched: 2}, windows: {count: 20, seed: 0}"
STAGES = (
    *("queued", "copying its inputs", "reading data", "loading model", "extracting attention"),
    *("testing what is claimed", "drawing and exporting"),
)
FILES = {
    "data": "data/combustion.parquet",
    "labels": "data/labels.parquet",
    "twins": "data/twins.parquet",
    "weights": "models/combustion/model.safetensors",
    "configuration": "models/combustion/config.json",
    "weights of the sibling": "models/refit/model.safetensors",
    "manifest": "reports.yaml",
}


@dataclass(frozen=True)
class Swap:
    """One exchange: which file, when, and whether the old one comes back before the end."""

    kind: str
    stage: str
    delay: float
    back: bool


@dataclass(frozen=True)
class SwapOutcome:
    """What came of one: whether the run was kept, and what is false about what was kept."""

    swap: Swap
    kept: bool
    false: str


def write_project(folder: Path) -> None:
    """A small project in which a report reads every kind of file."""
    write_starter(folder)
    data = pl.read_parquet(folder / FILES["data"])
    data.with_columns(pl.col("oxygen_ppm") + 1000).write_parquet(folder / FILES["twins"])
    data = data.with_row_index("row")
    data.select("row", "co_breakthrough").write_parquet(folder / FILES["labels"])
    data.drop("co_breakthrough").write_parquet(folder / FILES["data"])
    shutil.copytree(folder / "models/combustion", folder / "models/refit")
    _shake(folder / FILES["weights of the sibling"])
    text = (folder / "reports.yaml").read_text()
    for old, new in (
        ("    group: run ", "    twins: data/twins.parquet\n    group: run "),
        ("target: {column", "target: {path: data/labels.parquet, join: row, column"),
        (
            "path: models/combustion}",
            "path: models/combustion, siblings: [refit]}\n"
            "  refit: {source: safetensors, path: models/refit}",
        ),
        ("windows: {count: 200, seed: 0}", FEW),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "reports.yaml").write_text(text)


def write_others(project: Path, folder: Path) -> None:
    """For each kind of file another that could stand in its place, under the kind's name."""
    folder.mkdir()
    data = pl.read_parquet(project / FILES["data"])
    data.with_columns(pl.col("air_flow") * 1.1).write_parquet(folder / "data")
    labels = pl.read_parquet(project / FILES["labels"])
    labels.with_columns(
        pl.col("co_breakthrough").shift(7).fill_null(strategy="backward")
    ).write_parquet(folder / "labels")
    data.with_columns(pl.col("oxygen_ppm") + 5000).write_parquet(folder / "twins")
    for kind in ("weights", "weights of the sibling"):
        shutil.copyfile(project / FILES[kind], folder / kind)
        _shake(folder / kind, seed=2)
    for kind, old, new in (
        ("configuration", "99.4488", "120.5"),
        ("manifest", "seed: 0}", "seed: 1}"),
    ):
        text = (project / FILES[kind]).read_text()
        assert old in text, old
        (folder / kind).write_text(text.replace(old, new))


def _shake(path: Path, seed: int = 1) -> None:
    generator = np.random.default_rng(seed)
    arrays = {
        name: array + generator.normal(0, 0.01, array.shape).astype(array.dtype)
        for name, array in load_file(path).items()
    }
    save_file(arrays, path)


def plan_run(project: Path) -> Run:
    """The planned run of the project's one report, as its files are now."""
    plan = make_plan(load_manifest(project / "reports.yaml"), lambda _key: False, [REPORT])
    return plan.runs[0].run


def make_references(project: Path, others: Path, folder: Path) -> tuple[Store, ProfileStore]:
    """Every record that could rightly be made: of the project, and of each exchange by itself."""
    store, profiles = Store(folder), ProfileStore(folder)
    _make(plan_run(project), store, profiles)
    for kind, path in FILES.items():
        old = (project / path).read_bytes()
        shutil.copyfile(others / kind, project / path)
        _make(plan_run(project), store, profiles)
        (project / path).write_bytes(old)
    return store, profiles


def _make(run: Run, store: Store, profiles: ProfileStore) -> None:
    """One record, and one profile, of files that nobody touches.

    Raises:
        RuntimeError: there is none to compare with.
    """
    _attempt(run, store, profiles, lambda _task, _stage: None)
    if store.read(run.key) is None or profiles.read(profile_key(run)) is None:
        raise RuntimeError("an untouched project has no record; nothing could be compared")


def _attempt(run: Run, store: Store, profiles: ProfileStore, tell: Tell) -> None:
    tasks = [
        Task("run", attempt_run, (run, store)),
        Task("profile", attempt_profile, (run, start_profile(run), profiles)),
    ]
    for _name, _outcome in run_tasks(tasks, 1, LIMITS, tell):
        pass  # what is kept is what is looked at


def try_swap(
    swap: Swap, project: Path, others: Path, scratch: Path, references: tuple[Store, ProfileStore]
) -> SwapOutcome:
    """Build while one file is exchanged, and hold what was kept against the references."""
    path = project / FILES[swap.kind]
    old, new = path.read_bytes(), (others / swap.kind).read_bytes()
    store, profiles = Store(scratch), ProfileStore(scratch)
    run = plan_run(project)

    def meddle() -> None:
        _replace(path, new)
        if swap.back:
            time.sleep(swap.delay)
            _replace(path, old)

    timers: list[Timer] = []

    def tell(_task: str, stage: str) -> None:
        if stage == swap.stage and not timers:
            timers.append(Timer(swap.delay, meddle))
            timers[0].start()

    _attempt(run, store, profiles, tell)
    for timer in timers:
        timer.join()
    _replace(path, old)
    false = find_false(run, store, profiles, references)
    return SwapOutcome(swap, store.read(run.key) is not None, false)


def _replace(path: Path, data: bytes) -> None:
    """In place: the hardest case, for a file that is replaced leaves its reader the old one."""
    path.write_bytes(data)


def find_false(
    run: Run, store: Store, profiles: ProfileStore, references: tuple[Store, ProfileStore]
) -> str:
    """What was kept under a key and is not what that key's bytes give; '' where nothing is."""
    record, right = store.read(run.key), references[0].read(run.key)
    if record is not None and record != right:
        return "a record that is not of the bytes its key names"
    key = profile_key(run)
    profile, right_profile = profiles.read(key), references[1].read(key)
    if profile is not None and profile != right_profile:
        return "a profile that is not of the bytes its key names"
    return ""


def draw_swaps(seed: int, count: int) -> list[Swap]:
    """Seeded exchanges: every kind in turn; half while the copy is made, half at any stage."""
    random = Random(seed)
    kinds = list(FILES)
    return [
        Swap(
            kind=kinds[number % len(kinds)],
            stage=random.choice(STAGES[:2] if random.random() < 0.5 else STAGES),
            delay=random.choice((0.0, 0.02, 0.2, 1.0)) * random.random(),
            back=random.random() < 0.5,
        )
        for number in range(count)
    ]


def run_campaign(seed: int, count: int) -> list[SwapOutcome]:
    """Each exchange on the same project, into a store of its own."""
    with tempfile.TemporaryDirectory() as name:
        project, others = Path(name) / "project", Path(name) / "others"
        write_project(project)
        write_others(project, others)
        references = make_references(project, others, Path(name) / "right")
        return [
            try_swap(swap, project, others, Path(name) / f"store-{number}", references)
            for number, swap in enumerate(draw_swaps(seed, count))
        ]


def summarise(outcomes: list[SwapOutcome]) -> list[Mapping[str, object]]:
    """A row per kind of file, and one for all."""
    rows = []
    for kind in (*FILES, "all"):
        own = [each for each in outcomes if kind in (each.swap.kind, "all")]
        rows.append(
            {
                "exchanged": kind,
                "times": len(own),
                "run kept": sum(each.kept for each in own),
                "run stopped": sum(not each.kept for each in own),
                "kept and false": sum(bool(each.false) for each in own),
            }
        )
    return rows


def main(folder: Path = Path("benchmarks/results"), seed: int = 0, count: int = 300) -> None:
    """The whole campaign."""
    outcomes = run_campaign(seed, count)
    write(folder, "faults_swaps", read_environment(), {"Inputs exchanged": summarise(outcomes)})


if __name__ == "__main__":
    typer.run(main)
