"""What is recorded of the data a report is about."""

from __future__ import annotations

from generator.kinds import SensorKind
from generator.records.record import Record


class Sensor(Record):
    """One column of a dataset that a model may look at."""

    name: str
    unit: str = ""
    basis: str = ""
    tag: str = ""
    kind: SensorKind = SensorKind.MEASURED
    derived_from: tuple[str, ...] = ()


class SensorRange(Record):
    """What one sensor's values were in the whole dataset and in the explained windows."""

    sensor: Sensor
    low: float | None
    """Lowest, mean and highest of all readings; None where there is no reading."""
    mean: float | None
    high: float | None
    missing: int
    explained_low: float | None
    explained_high: float | None
    outside_training: float | None
    """Share of explained values outside the range of the data not held out.

    Explained figures are None for a sensor that the model does not read."""


class SensorGroup(Record):
    """Two or more sensors that move together, or of which one is calculated from another."""

    sensors: tuple[str, ...]
    calculated: tuple[str, ...]
    """Those of them that the plant calculates from others."""
    weakest: float | None
    """Smallest absolute rank correlation of two members over training rows, 0 to 1."""
    strongest: float | None


class ClassCount(Record):
    """How many windows are of one class."""

    name: str
    training: int
    held_out: int
    explained: int


class DatasetRecord(Record):
    """Which data a report is about."""

    id: str
    file: str
    sha256: str
    label_file: str = ""
    """The file that holds the target, joined on `label_join`; '' where the data holds it."""
    label_join: str = ""
    rows: int
    time: str
    """'row' where the data has no clock, else the zone's name."""
    time_note: str = ""
    first: str
    last: str
    step: str
    groups: int
    group_word: str
    gaps: int | None
    """Jumps of the clock inside a group; None where there is no clock to tell."""
    windows: int
    """Windows in the held-out part."""
    unlabelled: int = 0
    """Windows left out of everything: what they are to predict is not known."""
    doubtful: int = 0
    """Held-out windows that are not explained: too many of their readings are not good."""
    explained: int
    """Windows the maps are the mean of."""
    explained_events: int | None
    """Of these, windows that the event followed; None where a value or a class is predicted."""
    classes: tuple[ClassCount, ...] = ()
    explained_groups: int
    explained_first: str
    explained_last: str
    window_length: int
    window_span: str
    stride: int
    holdout: str
    target: str
    target_words: str
    sensors: tuple[SensorRange, ...]
    sensor_groups: tuple[SensorGroup, ...] = ()
    """Of the sensors that the model reads, those that cannot be told apart."""
    simulated: bool
    licence: str
    credit: str
