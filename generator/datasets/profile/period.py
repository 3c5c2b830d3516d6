"""The period of a dataset by its clock: first and last sample, changes of the clock, gaps.

In: Rows. Out: Period and Gap records. Never: a zone's rule written here; the zone database says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from generator.datasets.clock import CLOCK_TOLERANCE
from generator.datasets.profile.rows import DatasetRows
from generator.datasets.row_labels import LABEL, format_moment
from generator.records.dataset_profile import ClockChange, Gap, Period
from generator.words import format_duration

DAY = timedelta(days=1)


def describe_period(rows: DatasetRows, zone: str) -> Period | None:
    """First and last sample in local time and UTC, clock changes, sampling; None without a clock.

    A step counts as the usual one when it differs by at most 1 %.
    """
    clock = rows.clock
    if clock is None:
        return None
    first, last = (_to_datetime(float(f(clock.seconds))) for f in (np.min, np.max))
    there = ZoneInfo(zone)
    steps = np.diff(clock.seconds)[rows.mark_joined()]
    regular = np.abs(steps - clock.step) <= CLOCK_TOLERANCE * clock.step
    return Period(
        zone=zone,
        first_local=format_moment(first.astimezone(there)),
        last_local=format_moment(last.astimezone(there)),
        first_utc=format_moment(first),
        last_utc=format_moment(last),
        clock_changes=tuple(_find_clock_changes(first, last, there)),
        step_seconds=clock.step,
        step=format_duration(clock.step),
        at_step=float(regular.mean()),
        short_steps=int((clock.find_short_steps() & rows.mark_joined()).sum()),
    )


def find_gaps(rows: DatasetRows, factor: float) -> tuple[int | None, Gap | None]:
    """How many steps inside a group are longer than `factor` median steps, and the longest."""
    clock = rows.clock
    if clock is None:
        return None, None
    steps = np.where(rows.mark_joined(), np.diff(clock.seconds), 0.0)
    count = int((rows.mark_joined() & clock.find_gaps(factor)).sum())
    if not count:
        return 0, None
    at = int(np.argmax(steps))
    size = float(steps[at])
    gap = Gap(
        seconds=size, words=format_duration(size), after=rows.label(at), before=rows.label(at + 1)
    )
    return count, gap


def _find_clock_changes(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[ClockChange]:
    """The changes of the zone's offset from UTC between two instants, found day by day."""
    here = first
    while here < last:
        after = min(here + DAY, last)
        if _utc_offset(after, zone) != _utc_offset(here, zone):
            moment = _find_change(here, after, zone)
            added = _utc_offset(after, zone) - _utc_offset(here, zone)
            hours = added / timedelta(hours=1)
            yield ClockChange(utc=moment.strftime(LABEL), hours=hours)
        here = after


def _find_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first full second with the later offset."""
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _utc_offset(_to_datetime(middle), zone) == _utc_offset(before, zone):
            low = middle
        else:
            high = middle
    return _to_datetime(high)


def _utc_offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _to_datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
