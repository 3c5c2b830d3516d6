"""Every comparison that a manifest asks for, from the records and files of the reports on the site.

In: pairs of ids, the records shown, the folder of each one's files. Out: ComparisonRecords, with
their files below a folder. A side that failed or is not on the site is said, never raised; nothing
here sinks a build. Never: a run, a model, a dataset.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.build.comparison_files import write_comparison_files
from generator.comparison.runs import compare_runs, comparison_id, record_side
from generator.comparison.side import read_run_side
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
) -> tuple[ComparisonRecord, ...]:
    """One record per pair, in the order of the manifest.

    Args:
        pairs: two report ids each.
        records: the reports on the site, failed ones too.
        files: for each report with a result the folder of its files.
        folder: where each comparison's files are written, in a folder of its id.
        store: where finished comparisons are kept; None keeps none.
    """
    shown = {record.id: record for record in records}
    made = []
    for a, b in pairs:
        place = folder / comparison_id(a, b)
        missing = "; ".join(filter(None, (_explain_missing(a, shown), _explain_missing(b, shown))))
        if missing:
            made.append(write_comparison_files(_record_missing(a, b, shown, missing), None, place))
        else:
            made.append(_load_or_compare(shown[a], shown[b], files, place, store))
    return tuple(made)


def _load_or_compare(
    a: RunRecord,
    b: RunRecord,
    files: Mapping[str, Path],
    place: Path,
    store: ComparisonStore | None,
) -> ComparisonRecord:
    """A comparison from the store, or made and kept there."""
    key = comparison_key(a, b)
    kept = store.take(key, place) if store else None
    if kept is not None:
        return kept
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
        LOG.debug("comparison of %s and %s failed", a.id, b.id, exc_info=error)
        reason = f"the comparison failed: {type(error).__name__}: {' '.join(str(error).split())}"
        for written in place.glob("*"):
            written.unlink()
        return write_comparison_files(
            _record_missing(a.id, b.id, {a.id: a, b.id: b}, reason), None, place
        )


def _explain_missing(name: str, shown: Mapping[str, RunRecord]) -> str:
    """Why one side has nothing to compare; '' where it has."""
    if name not in shown:
        return f"report {name} is not on this site: {LEFT_OUT}"
    failure = shown[name].failure
    return f"report {name} failed at {failure.stage}: {failure.message}" if failure else ""


def _record_missing(
    a: str, b: str, shown: Mapping[str, RunRecord], missing: str
) -> ComparisonRecord:
    """The record of a comparison that could not be made."""
    known = [shown[name] for name in (a, b) if name in shown]
    data = [record.dataset or (record.failure and record.failure.asked) for record in known]
    return ComparisonRecord(
        id=comparison_id(a, b),
        dataset=next(filter(None, map(_find_dataset, known)), ""),
        simulated=any(part.simulated for part in data if part),
        a=_find_side(a, shown),
        b=_find_side(b, shown),
        missing=missing,
    )


def _find_dataset(record: RunRecord) -> str:
    if record.dataset:
        return record.dataset.id
    asked = record.failure.asked if record.failure else None
    return asked.dataset if asked else ""


def _find_side(name: str, shown: Mapping[str, RunRecord]) -> SideRecord:
    if name in shown:
        return record_side(shown[name])
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
