"""Manifest in, site out: run what is stale, keep it, publish everything in one step.

One failed run leaves the others standing; its page says what failed.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from generator.build.comparisons import compare_all, to_outcome
from generator.build.explain import describe_settings, explain
from generator.build.places import refuse_places
from generator.build.plan import Plan, PlannedRun, Run, make_plan, select_reports
from generator.build.profiles import profile_datasets
from generator.build.progress import Progress
from generator.disk import name_faults, replace_file
from generator.errors import MachineFault, describe_error
from generator.gates.evaluate import evaluate
from generator.installed import list_versions
from generator.records import GatesRecord, RunFailure, RunRecord, RunRequest, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.records.outcome import BuildResult, OutcomeState, RunOutcome
from generator.site import build_site
from generator.spec.manifest import Manifest
from generator.store import ComparisonStore, ProfileStore, Store

LOG = logging.getLogger(__name__)
KILLED = (
    "its process was killed from outside, most often for want of memory; explain fewer windows, "
    "or build with --jobs 1 on a larger machine"
)


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
        jobs: how many runs at a time, each in a process of its own above 1.
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
    fresh = dict(_make_records(stale, store, jobs, progress))
    runs = [p for p in plan.runs if p.run.id in fresh or p.state == "current"]
    _tell_the_others(plan, fresh, progress)
    records = [_find_record(planned, fresh, store) for planned in runs]
    profiles = profile_datasets([p.run for p in runs], ProfileStore(store_folder), progress)
    comparisons, gates = _publish(manifest, records, profiles, store_folder, site, progress)
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
    progress: Progress,
) -> tuple[tuple[ComparisonRecord, ...], GatesRecord]:
    """Compare what is to be compared, judge the gates, and build the site of everything."""
    store, comparison_store = Store(store_folder), ComparisonStore(store_folder)
    folders = {r.id: store.files(r.key) for r in records if r.state == "built"}
    info = SiteInfo.model_validate(manifest.site.model_dump())
    with _open_temporary() as scratch:
        if manifest.comparisons:
            progress.stage("site", "comparing")
        comparisons = compare_all(
            *(manifest.comparisons, records, folders, scratch, comparison_store),
            tell=lambda subject, words: progress.done(subject, "damaged", words),
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
    runs: Sequence[Run], store: Store, jobs: int, progress: Progress
) -> Iterator[tuple[str, RunRecord]]:
    together = _run_serially if jobs <= 1 or len(runs) <= 1 else run_in_parallel
    for record in together(runs, store, jobs, progress):
        failure = record.failure
        progress.done(record.id, record.state, failure.message if failure else "")
        yield record.id, record


def _run_serially(
    runs: Sequence[Run], store: Store, _jobs: int, progress: Progress
) -> Iterator[RunRecord]:
    for run in runs:
        yield attempt_run(run, store, _make_teller(progress, run.id))


def _make_teller(progress: Progress, run_id: str) -> Callable[[str], None]:
    return lambda stage: progress.stage(run_id, stage)


def run_in_parallel(
    runs: Sequence[Run], store: Store, jobs: int, progress: Progress
) -> Iterator[RunRecord]:
    """Each run's record as it ends, `jobs` at a time in processes of their own.

    When a process is killed, the runs it took with it are tried again one by one.
    """
    broken = []
    with start_workers(min(jobs, len(runs))) as pool:
        waiting = {_submit_run(pool, run, store): run for run in runs}
        for run in runs:
            progress.stage(run.id, "queued")
        for finished in as_completed(waiting):
            try:
                yield finished.result()
            except BrokenProcessPool:  # one worker was killed, and every run still open with it
                broken.append(waiting[finished])
    for run in broken:
        progress.stage(run.id, "again, alone")
        yield _run_alone(run, store)


@contextmanager
def start_workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes for runs; whoever leaves early, as by Ctrl-C, leaves no queue behind."""
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    pool = ProcessPoolExecutor(count, mp_context=context)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _submit_run(pool: ProcessPoolExecutor, run: Run, store: Store) -> Future[RunRecord]:
    try:
        return pool.submit(attempt_run, run, store)
    except BrokenProcessPool as error:  # a worker died before all runs were handed in
        failed: Future[RunRecord] = Future()
        failed.set_exception(error)
        return failed


def _run_alone(run: Run, store: Store) -> RunRecord:
    with start_workers(1) as pool:
        try:
            return _submit_run(pool, run, store).result()
        except BrokenProcessPool:
            return record_failure(run, "running in a process of its own", KILLED)


def attempt_run(run: Run, store: Store, stage: Callable[[str], None] | None = None) -> RunRecord:
    """One run, kept in the store; a record of its failure when it fails."""
    reached = ["starting"]

    def enter(name: str) -> None:
        reached.append(name)
        if stage:
            stage(name)

    try:
        with store.open_scratch() as entry:
            record = explain(run, entry, enter)
            store.keep(record, entry)
            return record
    except MachineFault:  # the next run would fare no better, and the report is not to blame
        raise
    except Exception as error:  # whatever a model does, the other reports stand
        LOG.debug("report %s failed", run.id, exc_info=error)
        return record_failure(run, reached[-1], describe_error(error, run.manifest_folder))


def record_failure(run: Run, stage: str, message: str) -> RunRecord:
    """The record of a run without a result: what it was asked for, and why there is none."""
    request = RunRequest(
        model=run.model_id,
        dataset=run.dataset_id,
        agent=run.agent_id,
        simulated=run.dataset.simulated,
    )
    return RunRecord(
        id=run.id,
        key=run.key,
        settings=describe_settings(run),
        versions=list_versions(),
        failure=RunFailure(stage=stage, message=message, asked=request),
    )


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
