"""Every comparison that a manifest asks for, from the records and files of the reports on the site.

In: pairs of ids, the records shown, the folder of each one's files. Out: ComparisonRecords, with
their files below a folder. A side that failed or is not on the site is said, never raised; nothing
here sinks a build. Never: a run, a model, a dataset.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generator.build.comparison_files import write_comparison_files
from generator.build.plan import describe_damage
from generator.comparison.runs import compare_runs, comparison_id, record_side
from generator.comparison.side import read_run_side
from generator.disk import find_fault
from generator.records import RunRecord
from generator.records.comparison import ComparisonRecord, SideRecord
from generator.records.outcome import RunOutcome
from generator.store import ComparisonStore, comparison_key

LOG = logging.getLogger(__name__)
LEFT_OUT = "this build left it out and the store has no record of it"


def compare_all(
    pairs: Sequence[Sequence[str]],
    records: Sequence[RunRecord],
    files: Mapping[str, Path],
    folder: Path,
    store: ComparisonStore | None = None,
    tell: Callable[[str, str], None] = lambda _subject, _words: None,
) -> tuple[ComparisonRecord, ...]:
    """One record per pair, in the order of the manifest.

    Args:
        pairs: two report ids each.
        records: the reports on the site, failed ones too.
        files: for each report with a result the folder of its files.
        folder: where each comparison's files are written, in a folder of its id.
        store: where finished comparisons are kept; None keeps none.
        tell: told of a kept comparison that is damaged: its path on the site, and what is wrong.
    """
    reports = {record.id: record for record in records}
    comparisons = []
    for a, b in pairs:
        place = folder / comparison_id(a, b)
        reasons = (_explain_missing(name, reports) for name in (a, b))
        missing = "; ".join(filter(None, reasons))
        if missing:
            record = write_comparison_files(_record_missing(a, b, reports, missing), None, place)
        else:
            if store and (damage := store.find_damage(comparison_key(reports[a], reports[b]))):
                tell(f"compare/{place.name}", describe_damage(damage))
            record = _load_or_compare(reports[a], reports[b], files, place, store)
        comparisons.append(record)
    return tuple(comparisons)


def _load_or_compare(
    a: RunRecord,
    b: RunRecord,
    files: Mapping[str, Path],
    place: Path,
    store: ComparisonStore | None,
) -> ComparisonRecord:
    """A comparison from the store, or made and kept there."""
    key = comparison_key(a, b)
    current = store.take(key, place) if store else None
    if current is not None:
        return current
    record = _compare_pair(a, b, files, place)
    if store and not record.missing:
        store.keep(key, record, place)
    return record


def _compare_pair(
    a: RunRecord, b: RunRecord, files: Mapping[str, Path], place: Path
) -> ComparisonRecord:
    try:
        sides = read_run_side(a, files[a.id]), read_run_side(b, files[b.id])
        return write_comparison_files(compare_runs(a, b, sides), sides, place)
    except Exception as error:  # whatever two maps hold, the reports stand
        if fault := find_fault(error, "a comparison's files", place):
            raise fault from error
        LOG.debug("comparison of %s and %s failed", a.id, b.id, exc_info=error)
        reason = f"the comparison failed: {type(error).__name__}: {' '.join(str(error).split())}"
        for written in place.glob("*"):
            written.unlink()
        return write_comparison_files(
            _record_missing(a.id, b.id, {a.id: a, b.id: b}, reason), None, place
        )


def _explain_missing(name: str, reports: Mapping[str, RunRecord]) -> str:
    """Why one side has nothing to compare; '' where it has."""
    if name not in reports:
        return f"report {name} is not on this site: {LEFT_OUT}"
    failure = reports[name].failure
    return f"report {name} failed at {failure.stage}: {failure.message}" if failure else ""


def _record_missing(
    a: str, b: str, reports: Mapping[str, RunRecord], missing: str
) -> ComparisonRecord:
    """The record of a comparison that could not be made."""
    sides = [reports[name] for name in (a, b) if name in reports]
    data = [record.dataset or (record.failure and record.failure.asked) for record in sides]
    return ComparisonRecord(
        id=comparison_id(a, b),
        dataset=next(filter(None, map(_find_dataset, sides)), ""),
        simulated=any(part.simulated for part in data if part),
        a=_find_side(a, reports),
        b=_find_side(b, reports),
        missing=missing,
    )


def _find_dataset(record: RunRecord) -> str:
    if record.dataset:
        return record.dataset.id
    request = record.failure.asked if record.failure else None
    return request.dataset if request else ""


def _find_side(name: str, reports: Mapping[str, RunRecord]) -> SideRecord:
    if name in reports:
        return record_side(reports[name])
    return SideRecord(id=name, state="not built", detail=LEFT_OUT)


def to_outcome(record: ComparisonRecord) -> RunOutcome:
    """How a comparison ended: built, failed with a side or by itself, or left out."""
    if not record.missing:
        words = "" if record.attention and record.attention.comparable else "not comparable"
        return RunOutcome(id=record.id, state="built", detail=words)
    left_out = "not built" in (record.a.state, record.b.state)
    return RunOutcome(
        id=record.id, state="left out" if left_out else "failed", detail=record.missing
    )
