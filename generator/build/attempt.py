"""One run, profile or comparison, attempted: kept in the store, or why there is none.

In: what is planned, a store, where to say which stage is reached. Out: a record, of a result or of
its failure. Made where its death harms nothing else. Never: a fault of the machine called a failed
report; torch for whoever only asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from generator.build.comparison_files import write_comparison_files
from generator.build.copies import Copies
from generator.build.missing_comparison import record_missing
from generator.build.plan import Run
from generator.build.settings import describe_settings
from generator.disk import find_fault
from generator.errors import clip_line, describe_error
from generator.installed import list_versions
from generator.records import RunFailure, RunRecord, RunRequest
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.store import ComparisonStore, ProfileStore, Store, comparison_key

LOG = logging.getLogger(__name__)
COPYING = "copying its inputs"
Stage = Callable[[str], None]


def attempt_run(run: Run, store: Store, stage: Stage) -> RunRecord:
    """One run, kept in the store; a record of its failure when it fails.

    Raises:
        MachineFault: the store, or where copies lie, cannot be written.
    """
    from generator.build.explain import explain  # torch, in the process of the run alone

    reached = ["starting"]

    def enter(name: str) -> None:
        reached.append(name)
        stage(name)

    with store.open_scratch() as entry:
        copies = Copies(entry.parent / "inputs")
        try:
            enter(COPYING)
            record = explain(copies.take_run(run), entry, enter)
        except Exception as error:  # whatever a model does, the other reports stand
            _raise_fault(error, "the files of a run", entry)
            LOG.debug("report %s failed", run.id, exc_info=error)
            reason = describe_error(error, run.manifest_folder, copies.folder)
            return record_failure(run, reached[-1], reason)
        store.keep(record, entry)
        return record


def attempt_profile(
    run: Run, profile: DatasetProfile, store: ProfileStore, stage: Stage
) -> DatasetProfile:
    """The profile of a run's data set, kept in the store; or the reason why there is none.

    Raises:
        MachineFault: the store, or where copies lie, cannot be written.
    """
    from generator.datasets.profile.facts import profile_dataset

    with store.open_scratch() as entry:
        copies = Copies(entry.parent / "inputs")
        try:
            stage("profiling the dataset")
            copied = copies.take_data(run)
            facts = profile_dataset(run.dataset, copied.dataset_files)
        except Exception as error:  # whatever the data holds, the reports stand
            _raise_fault(error, "the profile of a dataset", entry)
            LOG.debug("profile of %s failed", run.dataset_id, exc_info=error)
            reason = describe_error(error, run.manifest_folder, copies.folder)
            return profile.model_copy(update={"failure": reason})
        full = profile.model_copy(update={"found": facts})
        store.put(full.key, full, entry)
        return full


def attempt_comparison(
    a: RunRecord,
    b: RunRecord,
    files: Mapping[str, Path],
    place: Path,
    store: ComparisonStore,
    stage: Stage,
) -> ComparisonRecord:
    """Two reports compared, kept in the store, its files in `place`; or why there is nothing.

    Raises:
        MachineFault: the store, or the folder, cannot be written.
    """
    from generator.comparison.runs import compare_runs
    from generator.comparison.side import read_run_side

    stage("comparing")
    try:
        sides = read_run_side(a, files[a.id]), read_run_side(b, files[b.id])
        record = write_comparison_files(compare_runs(a, b, sides), sides, place)
    except Exception as error:  # whatever two maps hold, the reports stand
        _raise_fault(error, "a comparison's files", place)
        LOG.debug("comparison of %s and %s failed", a.id, b.id, exc_info=error)
        for written in place.glob("*"):
            written.unlink()
        reason = clip_line(f"the comparison failed: {type(error).__name__}: {error}")
        missing = record_missing(a.id, b.id, {a.id: a, b.id: b}, reason)
        return write_comparison_files(missing, None, place)
    store.keep(comparison_key(a, b), record, place)
    return record


def _raise_fault(error: Exception, what: str, place: Path) -> None:
    """MachineFault where one is behind the error: the next run would fare no better.

    Copies of inputs lie beside `place`: what is wrong with them is wrong with the inputs.
    """
    fault = find_fault(error, what, place)
    if fault:
        raise fault from error


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
