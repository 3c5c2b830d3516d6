"""Manifest in, site out: run what is stale, keep it, publish everything in one step.

One failed run leaves the others standing; its page says what failed.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from generator.build.attempt import attempt_run, record_failure
from generator.build.comparisons import compare_all, to_outcome
from generator.build.limits import Limits, set_limits
from generator.build.places import refuse_places
from generator.build.plan import Plan, PlannedRun, Run, make_plan, select_reports
from generator.build.profiles import profile_datasets
from generator.build.progress import Progress
from generator.build.workers import Death, Task, run_tasks
from generator.disk import name_faults, replace_file
from generator.errors import MachineFault
from generator.gates.evaluate import evaluate
from generator.records import GatesRecord, RunRecord, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.records.outcome import BuildResult, OutcomeState, RunOutcome
from generator.site import build_site
from generator.spec.manifest import Manifest
from generator.store import ComparisonStore, ProfileStore, Store


def build(
    manifest: Manifest,
    only: Sequence[str],
    jobs: int,
    store_folder: Path,
    site: Path,
    progress: Progress,
) -> BuildResult:
    """Build the site of a manifest.

    Args:
        manifest: what to report on.
        only: ids of the reports that may run (all when empty); the others are shown as the
            store has them, and told of as "not built" where it has nothing.
        jobs: how many runs at a time, each in a process of its own.
        store_folder: where records are kept.
        site: the folder to exchange; a foreign one is refused before anything runs.
        progress: told of stages and ends.

    Raises:
        ReportsError: an id that no report has, a site folder that is not ours to replace, pages
            that cannot be built, or a fault of the machine; a run that fails is no error here.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    refuse_places(manifest, store_folder, site)
    store = Store(store_folder)
    store.sweep()
    ids = {report.id for report in select_reports(manifest, only)}
    plan = make_plan(manifest, store.has, find_damage=store.find_damage)
    stale = [p.run for p in plan.runs if p.state == "stale" and p.run.id in ids]
    _tell_damages(plan, ids, progress)
    limits = set_limits(manifest.limits, jobs)
    fresh = dict(_make_records(stale, store, jobs, limits, progress))
    runs = [p for p in plan.runs if p.run.id in fresh or p.state == "current"]
    _tell_the_others(plan, fresh, progress)
    records = [_find_record(planned, fresh, store) for planned in runs]
    profiles = profile_datasets(
        [p.run for p in runs], ProfileStore(store_folder), limits, progress, jobs
    )
    comparisons, gates = _publish(
        *(manifest, records, profiles, store_folder, site), limits, progress, jobs
    )
    write_clock(site, started, time.monotonic() - clock)
    return BuildResult(
        site=site,
        outcomes=tuple(_to_run_outcome(r, fresh) for r in records),
        comparisons=tuple(to_outcome(record) for record in comparisons),
        reports=tuple(planned.run.id for planned in plan.runs),
        gates=gates,
    )


def _publish(
    manifest: Manifest,
    records: Sequence[RunRecord],
    profiles: Sequence[DatasetProfile],
    store_folder: Path,
    site: Path,
    limits: Limits,
    progress: Progress,
    jobs: int,
) -> tuple[tuple[ComparisonRecord, ...], GatesRecord]:
    """Compare what is to be compared, judge the gates, and build the site of everything."""
    store = Store(store_folder)
    folders = {r.id: store.files(r.key) for r in records if r.state == "built"}
    info = SiteInfo.model_validate(manifest.site.model_dump())
    with _open_temporary() as scratch:
        comparisons = compare_all(
            *(manifest.comparisons, records, folders, scratch),
            *(ComparisonStore(store_folder), limits, progress, jobs),
        )
        gates = evaluate(manifest.gates, manifest.thresholds, records, comparisons)
        progress.stage("site", "rendering pages")
        build_site(
            *(info, records, folders, site),
            comparisons=comparisons,
            comparison_folder=scratch,
            profiles=profiles,
            gates=gates,
        )
    return tuple(comparisons), gates


@contextmanager
def _open_temporary() -> Iterator[Path]:
    """A folder for what goes into the site and nowhere else."""
    with (
        name_faults("temporary files", Path(tempfile.gettempdir())),
        tempfile.TemporaryDirectory(prefix="attention-reports-") as name,
    ):
        yield Path(name)


def _tell_damages(plan: Plan, ids: Container[str], progress: Progress) -> None:
    for planned in plan.runs:
        if planned.damage and planned.run.id in ids:
            progress.done(planned.run.id, "damaged", planned.reason)


def _tell_the_others(plan: Plan, fresh: dict[str, RunRecord], progress: Progress) -> None:
    for planned in plan.runs:
        if planned.state == "current":
            progress.done(planned.run.id, "current", "")
        elif planned.run.id not in fresh:
            why = planned.damage or "the store has no record"
            left_out = f"--only leaves it out and {why}; not on the site"
            progress.done(planned.run.id, "not built", left_out)


def write_clock(site: Path, started: datetime, seconds: float) -> None:
    """When the site was built and how long it took: beside the site, never in what is hashed."""
    clock = {
        "schema": "attention-reports/build/1",
        "site": site.name,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }
    place = site.absolute().with_name("build.json")
    with name_faults("the site stands, but when it was built", place.parent):
        replace_file(place, json.dumps(clock, indent=1) + "\n")


def _make_records(
    runs: Sequence[Run], store: Store, jobs: int, limits: Limits, progress: Progress
) -> Iterator[tuple[str, RunRecord]]:
    """The record of each run as it ends, each made in a process of its own."""
    by_id = {run.id: run for run in runs}
    tasks = [Task(run.id, attempt_run, (run, store)) for run in runs]
    try:
        for name, outcome in run_tasks(tasks, jobs, limits, progress.stage):
            record = _to_record(outcome, by_id[name])
            progress.done(name, record.state, record.failure.message if record.failure else "")
            yield name, record
    finally:
        store.sweep()  # a run that was stopped leaves its scratch folder


def _to_record(outcome: RunRecord | Death, run: Run) -> RunRecord:
    if isinstance(outcome, Death):
        return record_failure(run, outcome.stage, outcome.words)
    return outcome


def _find_record(planned: PlannedRun, fresh: dict[str, RunRecord], store: Store) -> RunRecord:
    """A failure as it came, else what the store has now: the record that its files belong to."""
    made = fresh.get(planned.run.id)
    if made and made.failure:
        return made
    record = store.read(planned.run.key)
    if record is None:
        damage = store.find_damage(planned.run.key) or "it is gone"
        raise MachineFault(
            f"{store.files(planned.run.key).parent}: the record of report {planned.run.id} was "
            f"changed while this build ran ({damage}); see what else writes there, and build again"
        )
    return record


def _to_run_outcome(record: RunRecord, fresh: dict[str, RunRecord]) -> RunOutcome:
    if record.failure:
        return RunOutcome(id=record.id, state="failed", detail=record.failure.message)
    expected = record.claims.expectations if record.claims else ()
    state: OutcomeState = "built" if record.id in fresh else "current"
    return RunOutcome(id=record.id, state=state, expectations=expected)
