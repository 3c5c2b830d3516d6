"""Every comparison that a manifest asks for, from the records and files of the reports on the site.

In: pairs of ids, the records shown, the folder of each one's files. Out: ComparisonRecords, with
their files below a folder. A side that failed or is not on the site is said, never raised; nothing
here sinks a build. Never: a run, a model, a dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from generator.build.attempt import attempt_comparison
from generator.build.comparison_files import write_comparison_files
from generator.build.limits import Limits
from generator.build.missing_comparison import explain_missing, record_missing
from generator.build.plan import describe_damage
from generator.build.progress import Progress
from generator.build.workers import Death, Task, run_tasks
from generator.comparison.side_record import comparison_id
from generator.records import RunRecord
from generator.records.comparison import ComparisonRecord
from generator.records.outcome import RunOutcome
from generator.store import ComparisonStore, comparison_key

Reports = Mapping[str, RunRecord]


def compare_all(
    pairs: Sequence[Sequence[str]],
    records: Sequence[RunRecord],
    files: Mapping[str, Path],
    folder: Path,
    store: ComparisonStore,
    limits: Limits,
    progress: Progress,
    jobs: int = 1,
) -> tuple[ComparisonRecord, ...]:
    """One record per pair, in the order of the manifest.

    Args:
        pairs: two report ids each.
        records: the reports on the site, failed ones too.
        files: for each report with a result the folder of its files.
        folder: where each comparison's files are written, in a folder of its id.
        store: where finished comparisons are kept.
        limits: of each comparison, which is made in a process of its own.
        progress: told of what is compared, and of a kept comparison that is damaged.
        jobs: how many are made at a time.

    Raises:
        MachineFault: the store, or the folder, cannot be written.
    """
    reports = {record.id: record for record in records}
    places = {comparison_id(a, b): folder / comparison_id(a, b) for a, b in pairs}
    found: dict[str, ComparisonRecord | None] = {
        comparison_id(a, b): _find_comparison(a, b, reports, folder, store, progress)
        for a, b in pairs
    }
    tasks = [
        Task(name, attempt_comparison, (reports[a], reports[b], files, places[name], store))
        for name, (a, b) in zip(places, _list_once(pairs), strict=True)
        if found[name] is None
    ]
    for name, outcome in run_tasks(tasks, jobs, limits, progress.stage):
        found[name] = _to_comparison(outcome, name, reports, places[name])
    return tuple(record for a, b in pairs if (record := found[comparison_id(a, b)]))


def _list_once(pairs: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys((a, b) for a, b in pairs)


def _find_comparison(
    a: str, b: str, reports: Reports, folder: Path, store: ComparisonStore, progress: Progress
) -> ComparisonRecord | None:
    """The comparison that is kept, or that cannot be made; None for one that is to be made."""
    place = folder / comparison_id(a, b)
    missing = "; ".join(filter(None, (explain_missing(name, reports) for name in (a, b))))
    if missing:
        return write_comparison_files(record_missing(a, b, reports, missing), None, place)
    key = comparison_key(reports[a], reports[b])
    damage = store.find_damage(key)
    if damage:
        progress.done(f"compare/{place.name}", "damaged", describe_damage(damage))
    return store.take(key, place)


def _to_comparison(
    outcome: ComparisonRecord | Death, name: str, reports: Reports, place: Path
) -> ComparisonRecord:
    if not isinstance(outcome, Death):
        return outcome
    a, b = name.split("--")
    reason = f"the comparison failed: {outcome.words}"
    return write_comparison_files(record_missing(a, b, reports, reason), None, place)


def to_outcome(record: ComparisonRecord) -> RunOutcome:
    """How a comparison ended: built, failed with a side or by itself, or left out."""
    if not record.missing:
        words = "" if record.attention and record.attention.comparable else "not comparable"
        return RunOutcome(id=record.id, state="built", detail=words)
    left_out = "not built" in (record.a.state, record.b.state)
    return RunOutcome(
        id=record.id, state="left out" if left_out else "failed", detail=record.missing
    )
