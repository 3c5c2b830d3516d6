"""The datasets of some runs, each profiled once: from the store where it is current.

In: planned runs. Out: a DatasetProfile per dataset, in order of first use. A profile is a pure
function of its key. Never: a report that falls with a profile; one that fails says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from generator.build.attempt import attempt_profile
from generator.build.limits import Limits
from generator.build.plan import Run, describe_damage, program_digest
from generator.build.progress import Progress
from generator.build.workers import Death, Task, run_tasks
from generator.datasets.digest import dataset_sha256
from generator.hashing import sha256_json
from generator.records.dataset_profile import PROFILE_SCHEMA, DatasetProfile
from generator.store import ProfileStore

LIBRARIES = ("numpy", "polars", "scipy")


def profile_datasets(
    runs: Sequence[Run], store: ProfileStore, limits: Limits, progress: Progress, jobs: int = 1
) -> tuple[DatasetProfile, ...]:
    """The profile of every dataset that a run is about, made where the store has none.

    Raises:
        MachineFault: the store, or where copies lie, cannot be written.
    """
    firsts = {run.dataset_id: run for run in reversed(runs)}
    order = dict.fromkeys(run.dataset_id for run in runs)
    started = {name: start_profile(firsts[name]) for name in order}
    profiles = {name: store.read(each.key) or each for name, each in started.items()}
    tasks = [
        Task(name, attempt_profile, (firsts[name], profile, store))
        for name, profile in profiles.items()
        if profile.found is None
    ]
    for task in tasks:
        damage = store.find_damage(started[task.name].key)
        if damage:
            progress.done(task.name, "damaged", describe_damage(damage))
    for name, outcome in run_tasks(tasks, jobs, limits, progress.stage):
        profiles[name] = _to_profile(outcome, started[name])
    for name in (task.name for task in tasks if profiles[task.name].failure):
        progress.done(name, "no profile", profiles[name].failure)
    return tuple(profiles.values())


def _to_profile(outcome: DatasetProfile | Death, started: DatasetProfile) -> DatasetProfile:
    if isinstance(outcome, Death):
        return started.model_copy(update={"failure": outcome.words})
    return outcome


def profile_key(run: Run) -> str:
    """SHA-256 over files, labels, spec (less its paths), sensor order, program and libraries."""
    return sha256_json(
        {
            "schema": PROFILE_SCHEMA,
            "id": run.dataset_id,
            "files": [file.model_dump() for file in run.dataset_digests],
            "labels": [file.model_dump() for file in run.label_digests],
            "dataset": run.dataset.model_dump(
                mode="json", exclude={"path": True, "twins": True, "target": {"path"}}
            ),
            "sensor_order": list(run.dataset.sensors),
            "program": program_digest(),
            "libraries": {name: version(name) for name in LIBRARIES},
        }
    )


def start_profile(run: Run) -> DatasetProfile:
    """The profile of a run's data set as far as the plan knows it: without what is in the rows."""
    return DatasetProfile(
        id=run.dataset_id,
        key=profile_key(run),
        sha256=dataset_sha256(run.dataset_digests, run.label_digests),
        files=(*run.dataset_digests, *run.label_digests),
        simulated=run.dataset.simulated,
        licence=run.dataset.licence,
        credit=run.dataset.credit,
    )
