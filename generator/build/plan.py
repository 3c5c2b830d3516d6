"""Manifest → runs in order, each with its key: what would be made, what is up to date, and why.

In: a Manifest, and a question to the store ("have you this key?"). Out: a Plan.
A run is a pure function of its key: digests of model, data, settings, program and libraries.
Never: torch, a model, a table; files are only hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from generator.errors import InputError, MissingProgram, UsageError
from generator.hashing import sha256_file, sha256_files, sha256_json
from generator.installed import AGENTS, MODELS, InstalledCode, find_installed_code
from generator.records import FileDigest, Record, Thresholds
from generator.render import TEMPLATES, find_templates
from generator.spec.datasets import DatasetSpec
from generator.spec.manifest import Manifest
from generator.spec.models import SOURCES, AgentSpec, ModelSpec
from generator.spec.reports import ReportSpec
from generator.words import quote_text, suggest_name

KEY_SCHEMA = "attention-reports/run-key/1"
LIBRARIES = ("torch", "transformers", "numpy")
EXPORT_TEMPLATES, EXPORT_ASSETS = "export", "assets/figures"
DAMAGED = "the store's record is damaged"
RunState = Literal["stale", "current"]


class PlannedSibling(Record):
    """A sibling of the model that is explained: the same, trained again."""

    id: str
    model: ModelSpec
    folder: Path
    digests: tuple[FileDigest, ...]
    """The files of its folder, by name below it."""


class Run(Record):
    """One report to make: everything it is made from, by value or by digest."""

    id: str
    report: ReportSpec
    manifest_folder: Path
    """Where the manifest's relative paths start from, absolute."""
    dataset_id: str
    dataset: DatasetSpec
    dataset_files: tuple[Path, ...]
    dataset_digests: tuple[FileDigest, ...]
    """One per file of `dataset_files`, in that order."""
    label_files: tuple[Path, ...] = ()
    label_digests: tuple[FileDigest, ...] = ()
    """One per file of `label_files`, in that order."""
    twin_files: tuple[Path, ...] = ()
    twin_digests: tuple[FileDigest, ...] = ()
    """One per file of `twin_files`, in that order."""
    model_id: str
    model: ModelSpec
    model_folder: Path
    model_digests: tuple[FileDigest, ...]
    """The files of the model's folder, by name below it."""
    siblings: tuple[PlannedSibling, ...] = ()
    agent_id: str | None = None
    agent: AgentSpec | None = None
    thresholds: Thresholds = Thresholds()
    code: tuple[InstalledCode, ...] = ()
    """What other packages' code the run goes through: its model source, its agent."""
    key: str
    """SHA-256 of the canonical JSON of all of this (paths as file names), program and libraries."""


class PlannedRun(Record):
    """A run, and whether the store has its record."""

    run: Run
    state: RunState
    reason: str
    damage: str = ""
    """What is wrong with the store's record, as a sentence; '' where nothing is."""


class Plan(Record):
    """The runs in the order of the manifest."""

    runs: tuple[PlannedRun, ...]
    comparisons: tuple[tuple[str, str], ...] = ()
    """Pairs of reports; each is compared after the runs, from the records of the two."""

    def select_runs(self, state: RunState) -> tuple[Run, ...]:
        """The runs that are stale, or those that are current."""
        return tuple(planned.run for planned in self.runs if planned.state == state)


def make_plan(
    manifest: Manifest,
    store_has: Callable[[str], bool],
    only: Sequence[str] = (),
    find_damage: Callable[[str], str] = lambda _key: "",
) -> Plan:
    """The plan of all reports, or of those in `only`.

    Args:
        manifest: what to report on.
        store_has: whether the store has a whole record of a key.
        only: ids of reports; all when empty.
        find_damage: what is wrong with the store's entry of a key that it has no whole record of.

    Raises:
        UsageError: an id in `only` is no report's.
        InputError: a file that the manifest names cannot be read any more.
        MissingProgram: a library whose version belongs to the key is not installed.

    """
    digests = _Digests()
    runs = (_build_run(manifest, report, digests) for report in select_reports(manifest, only))
    return Plan(
        runs=tuple(_plan_run(run, store_has, find_damage) for run in runs),
        comparisons=tuple((a, b) for a, b in manifest.comparisons if touches(only, a, b)),
    )


def touches(only: Sequence[str], a: str, b: str) -> bool:
    """Whether a comparison concerns the reports asked for; all do where none is named."""
    return not only or a in only or b in only


def select_reports(manifest: Manifest, only: Sequence[str]) -> tuple[ReportSpec, ...]:
    """The reports with these ids, in the order of the manifest; all where none is given.

    Raises:
        UsageError: an id is no report's.
    """
    ids = {report.id for report in manifest.reports}
    for name in only:
        if name not in ids:
            hint = suggest_name(name, ids)
            raise UsageError(f"{manifest.file}: no report is called {quote_text(name)} ({hint})")
    return tuple(report for report in manifest.reports if not only or report.id in only)


def _plan_run(
    run: Run, store_has: Callable[[str], bool], find_damage: Callable[[str], str]
) -> PlannedRun:
    if store_has(run.key):
        return PlannedRun(run=run, state="current", reason="the store has a record of this key")
    damage = find_damage(run.key)
    if damage:
        found = f"{DAMAGED}: {damage}"
        return PlannedRun(run=run, state="stale", reason=describe_damage(damage), damage=found)
    reason = "no record of this key: never run, or its model, data, settings or program changed"
    return PlannedRun(run=run, state="stale", reason=reason)


def describe_damage(damage: str) -> str:
    """What is wrong with an entry of the store, and what becomes of it."""
    return f"{DAMAGED}: {damage}; it will be thrown away and made again"


class _Digests:
    """File digests of one plan; each file is read once, however many reports share it."""

    def __init__(self) -> None:
        self.known: dict[Path, FileDigest] = {}

    def of(self, paths: Iterable[Path], root: Path | None = None) -> tuple[FileDigest, ...]:
        """Names (below `root`, else bare), sizes and digests, in the order given."""
        return tuple(
            self._digest_file(path).model_copy(
                update={"name": path.relative_to(root).as_posix() if root else path.name}
            )
            for path in paths
        )

    def _digest_file(self, path: Path) -> FileDigest:
        if path not in self.known:
            try:
                size, digest = path.stat().st_size, sha256_file(path)
            except OSError as error:
                raise InputError(f"{path}: cannot be read: {error.strerror}") from error
            self.known[path] = FileDigest(name=path.name, size=size, sha256=digest)
        return self.known[path]


def _build_run(manifest: Manifest, report: ReportSpec, digests: _Digests) -> Run:
    model_id = manifest.find_model_id(report)
    folder = manifest.model_folder(model_id)
    files = manifest.find_data_files(report.dataset)
    labels = manifest.find_label_files(report.dataset)
    twins = manifest.find_twin_files(report.dataset)
    run = Run(
        id=report.id,
        report=report,
        manifest_folder=manifest.folder,
        dataset_id=report.dataset,
        dataset=manifest.datasets[report.dataset],
        dataset_files=files,
        dataset_digests=digests.of(files),
        label_files=labels,
        label_digests=digests.of(labels),
        twin_files=twins,
        twin_digests=digests.of(twins),
        model_id=model_id,
        model=manifest.models[model_id],
        model_folder=folder,
        model_digests=digests.of(list_model_files(folder), folder),
        siblings=tuple(_plan_siblings(manifest, model_id, digests)),
        agent_id=report.agent,
        agent=manifest.agents[report.agent] if report.agent else None,
        thresholds=manifest.thresholds,
        code=tuple(_find_code(manifest, report)),
        key="",
    )
    return run.model_copy(update={"key": _compute_key(run)})


def _plan_siblings(manifest: Manifest, model: str, digests: _Digests) -> Iterator[PlannedSibling]:
    for name in manifest.models[model].siblings:
        folder = manifest.model_folder(name)
        yield PlannedSibling(
            id=name,
            model=manifest.models[name],
            folder=folder,
            digests=digests.of(list_model_files(folder), folder),
        )


def _find_code(manifest: Manifest, report: ReportSpec) -> Iterator[InstalledCode]:
    source = manifest.models[manifest.find_model_id(report)].source
    used = [] if source in SOURCES else [(MODELS, source)]
    if report.agent:
        used.append((AGENTS, manifest.agents[report.agent].agent))
    for group, name in used:
        code = find_installed_code(group, name)
        if code:
            yield code


def _compute_key(run: Run) -> str:
    settings = run.model_dump(
        mode="json",
        exclude={
            "key": True,
            "manifest_folder": True,
            "dataset_files": True,
            "label_files": True,
            "twin_files": True,
            "model_folder": True,
            "dataset": {"path": True, "twins": True, "checks": True, "target": {"path"}},
            "model": {"path"},
            "siblings": {"__all__": {"folder": True, "model": {"path"}}},
        },
    )
    return sha256_json(
        {
            "schema": KEY_SCHEMA,
            "run": settings,
            "sensor_order": list(run.dataset.sensors),
            "program": program_digest(),
            "libraries": library_versions(),
        }
    )


def list_model_files(folder: Path) -> tuple[Path, ...]:
    """The files of a model's folder, hidden ones left out, sorted by name below it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    visible = (p for p in found if not any(x.startswith(".") for x in p.relative_to(folder).parts))
    return tuple(sorted(visible, key=lambda path: path.relative_to(folder).as_posix()))


@cache
def program_digest() -> str:
    """One digest of this program's sources, and of the templates that become files of a run."""
    root = Path(__file__).parents[1]
    assets = (path for path in (TEMPLATES / EXPORT_ASSETS).rglob("*") if path.is_file())
    files = {*root.rglob("*.py"), *find_templates(EXPORT_TEMPLATES), *assets}
    return sha256_files(sorted(p for p in files if "__pycache__" not in p.parts), root)


@cache
def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that can change a number.

    Raises:
        MissingProgram: one is not installed.
    """
    return {name: _read_version(name) for name in LIBRARIES}


def _read_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError as error:
        raise MissingProgram(f"{name} is not installed; run: pip install {name}") from error
