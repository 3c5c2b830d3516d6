"""The record of a whole dataset: what an auditor asks of the data before any model is asked.

In: nothing; `datasets.profile.facts` fills it. Numbers are Python floats, missing is None.
Never: a clock of this machine, a path, a judgement in words; words live in templates.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.notice import NOTICE
from generator.records.dataset import Sensor, SensorGroup
from generator.records.model import FileDigest
from generator.records.record import Record

PROFILE_SCHEMA = "attention-reports/dataset-profile/1"
DriftState = Literal["much the same", "shifted", "strongly shifted"]
LawState = Literal["holds", "partly", "does not hold", "not judged"]


class ClockChange(Record):
    """One change between summer and winter time inside the period."""

    utc: str
    hours: float
    """What is added to the local clock; negative in autumn."""


class Period(Record):
    """The clock of a dataset: first and last sample, zone, sampling."""

    zone: str
    first_local: str
    last_local: str
    first_utc: str
    last_utc: str
    clock_changes: tuple[ClockChange, ...]
    step_seconds: float
    step: str
    """The usual step in words."""
    at_step: float
    """Share of steps inside a group that are the usual step, to 1 %."""
    short_steps: int = 0
    """Steps inside a group of half the usual one or less; windows never cross one."""


class Gap(Record):
    """The longest jump of the clock inside a group."""

    seconds: float
    words: str
    after: str
    before: str


class Stretch(Record):
    """Consecutive rows of one group: how many, where they begin, how long they last."""

    rows: int
    row: int
    at: str
    words: str
    value: float | None
    """The reading that stood still; None for a stretch without readings."""


class Trace(Record):
    """One sensor over all rows in order, in equal buckets; six significant digits.

    Each tuple has one item per bucket of `ProfileFacts.bucket_rows`; None where none was read.
    """

    low: tuple[float | None, ...]
    mean: tuple[float | None, ...]
    high: tuple[float | None, ...]
    missing: tuple[float, ...]
    """Share of the bucket's rows without a reading, 0 to 1."""


class Drift(Record):
    """How a sensor's held-out readings differ from those of the training part."""

    psi: float
    """Population stability index over the training deciles."""
    ks: float
    """Two-sample Kolmogorov-Smirnov distance, 0 to 1."""
    outside: float
    """Share of held-out readings below the lowest or above the highest training reading."""
    state: DriftState


class SensorProfile(Record):
    """One sensor over the whole dataset, in its own unit."""

    sensor: Sensor
    readings: int
    missing: int
    low: float | None
    p01: float | None
    median: float | None
    p99: float | None
    high: float | None
    not_good: int | None
    """Readings on rows whose quality code is not good; None where no code is declared."""
    longest_missing: Stretch | None
    longest_frozen: Stretch | None
    """The longest stretch of two or more equal readings."""
    drift: Drift | None
    """None where a part has too few readings to compare."""
    trace: Trace


class QualityCount(Record):
    """How many rows carry one quality code."""

    code: str
    rows: int
    good: bool


class LawCheck(Record):
    """One law of physics held against the columns it speaks of."""

    law: str
    title: str
    formula: str
    source: str
    columns: dict[str, str]
    """Role in the formula to column of the data."""
    over: str
    """What was summed before comparing, in words; '' for single rows."""
    within: float
    judged: int
    """Rows, or sums of rows, that could be compared."""
    median_ratio: float | None
    """Reading by calculation; 1 where the law holds exactly."""
    share_within: float | None
    state: LawState
    reason: str = ""
    """Why it was not judged."""


class ProfileFacts(Record):
    """What was found in the rows."""

    rows: int
    period: Period | None
    """None where the data has no clock."""
    groups: int
    group_word: str
    group_rows: tuple[int, ...]
    """Rows that begin a group after the first; empty where there are too many to draw."""
    held_out: tuple[tuple[int, int], ...]
    """[first, last) rows of each held-out stretch."""
    holdout_by: Literal["group", "time"]
    bucket_rows: tuple[int, ...]
    """The first row of each bucket of the traces."""
    bucket_times: tuple[str, ...]
    """Its local time; empty where the data has no clock."""
    last_row: str
    """Local time of the last row, or its number."""
    gaps: int | None
    gap_factor: float
    """A step longer than so many median steps is a gap."""
    longest_gap: Gap | None
    quality_column: str
    quality: tuple[QualityCount, ...]
    checks: tuple[LawCheck, ...]
    sensors: tuple[SensorProfile, ...]
    sensor_groups: tuple[SensorGroup, ...]
    """Sensors that cannot be told apart by what a model does with them."""
    grouped_on: int
    """Training rows that their correlations were taken over."""

    @property
    def held_rows(self) -> int:
        """How many rows are held out."""
        return sum(last - first for first, last in self.held_out)


class DatasetProfile(Record):
    """A dataset's profile, or the reason why there is none."""

    schema_id: str = Field(default=PROFILE_SCHEMA, alias="schema")
    id: str
    key: str
    sha256: str
    """Of all files, as in the records of the runs on this dataset."""
    files: tuple[FileDigest, ...]
    """The data's own, then those of the labels."""
    simulated: bool
    licence: str
    credit: str
    found: ProfileFacts | None = None
    failure: str = ""
    intended_use: str = NOTICE
