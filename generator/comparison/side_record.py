"""What a comparison is called, and what it says of one of its reports.

In: ids, a run's record. Out: a folder's name, a SideRecord. Never: a map read.
"""

from __future__ import annotations

from generator.records import RunRecord
from generator.records.comparison import SideRecord


def comparison_id(a: str, b: str) -> str:
    """The folder of a comparison: two dashes stand in no id, so no two pairs share one."""
    return f"{a}--{b}"


def record_side(record: RunRecord) -> SideRecord:
    """What a comparison says of one of its reports."""
    failure = record.failure
    return SideRecord(
        id=record.id,
        state=record.state,
        detail=f"{failure.stage}: {failure.message}" if failure else "",
        key=record.key,
        model=record.model,
        quality=record.quality,
    )
