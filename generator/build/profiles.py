"""The datasets of some runs, each profiled once: from the store where it is current.

In: planned runs. Out: a DatasetProfile per dataset, in order of first use. A profile is a pure
function of its key. Never: a report that falls with a profile; one that fails says why.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from generator.build.plan import Run, describe_damage, program_digest
from generator.build.progress import Progress
from generator.datasets.description import dataset_sha256
from generator.datasets.profile.facts import profile_dataset
from generator.disk import find_fault
from generator.errors import describe_error
from generator.hashing import sha256_json
from generator.records.dataset_profile import PROFILE_SCHEMA, DatasetProfile
from generator.store import ProfileStore

LOG = logging.getLogger(__name__)
LIBRARIES = ("numpy", "polars", "scipy")


def profile_datasets(
    runs: Sequence[Run], store: ProfileStore, progress: Progress
) -> tuple[DatasetProfile, ...]:
    """The profile of every dataset that a run is about, made where the store has none."""
    firsts = {run.dataset_id: run for run in reversed(runs)}
    order = dict.fromkeys(run.dataset_id for run in runs)
    return tuple(_load_or_profile(firsts[name], store, progress) for name in order)


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


def _load_or_profile(run: Run, store: ProfileStore, progress: Progress) -> DatasetProfile:
    profile = _start_profile(run)
    current = store.read(profile.key)
    if current is not None:
        return current
    damage = store.find_damage(profile.key)
    if damage:
        progress.done(run.dataset_id, "damaged", describe_damage(damage))
    progress.stage(run.dataset_id, "profiling the dataset")
    profile = _attempt_profile(run, profile)
    if profile.failure:
        progress.done(run.dataset_id, "no profile", profile.failure)
    else:
        store.keep(profile)
    return profile


def _start_profile(run: Run) -> DatasetProfile:
    return DatasetProfile(
        id=run.dataset_id,
        key=profile_key(run),
        sha256=dataset_sha256(run.dataset_digests, run.label_digests),
        files=(*run.dataset_digests, *run.label_digests),
        simulated=run.dataset.simulated,
        licence=run.dataset.licence,
        credit=run.dataset.credit,
    )


def _attempt_profile(run: Run, profile: DatasetProfile) -> DatasetProfile:
    try:
        facts = profile_dataset(run.dataset, run.dataset_files)
    except Exception as error:  # whatever the data holds, the reports stand
        if fault := find_fault(error, "the profile of a dataset", Path(tempfile.gettempdir())):
            raise fault from error
        LOG.debug("profile of %s failed", run.dataset_id, exc_info=error)
        return profile.model_copy(update={"failure": describe_error(error, run.manifest_folder)})
    return profile.model_copy(update={"found": facts})
