"""Comparisons that cannot be made: which side is missing, and why.

In: two report ids, the reports on the site. Out: a ComparisonRecord that says so. Never: a map.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.comparison.side_record import comparison_id, record_side
from generator.records import RunRecord
from generator.records.comparison import ComparisonRecord, SideRecord

LEFT_OUT = "this build left it out and the store has no record of it"


def explain_missing(name: str, reports: Mapping[str, RunRecord]) -> str:
    """Why one side has nothing to compare; '' where it has."""
    if name not in reports:
        return f"report {name} is not on this site: {LEFT_OUT}"
    failure = reports[name].failure
    return f"report {name} failed at {failure.stage}: {failure.message}" if failure else ""


def record_missing(
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
