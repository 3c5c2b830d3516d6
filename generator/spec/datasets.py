"""The keys of a dataset: its files, its clock and sensors, and how windows are cut from it.

In: plain values. Out: frozen specs. Never: a file touched, a column looked up.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from generator.kinds import SensorKind, Task
from generator.records.dataset import Sensor
from generator.records.record import Record
from generator.spec.checks import CheckSpec, Code, QualitySpec
from generator.spec.horizon import HorizonText
from generator.spec.ids import FilePath, Line, ShortLine
from generator.words import listed

MAX_SENSORS = 4096
FORMATS = {
    ".csv": "generator.datasets.formats.csv",
    ".csv.gz": "generator.datasets.formats.csv",
    ".parquet": "generator.datasets.formats.parquet",
}
"""How the name of a file ends, and the module that reads its format, imported when first used."""


class TimeSpec(Record):
    """The column that holds the clock, and the zone of its readings."""

    column: Line = Field(examples=["timestamp"])
    zone: Line = Field(
        description="IANA name; naive readings are local time there", examples=["Europe/Berlin"]
    )
    note: ShortLine = Field(
        default="",
        description="what a reader must know of the clock, such as stamps at interval end",
    )


class SensorSpec(Record):
    """One column a model may look at."""

    unit: ShortLine = ""
    basis: ShortLine = Field(default="", description="for example dry, wet, gauge, at 3 % O2")
    tag: ShortLine = Field(default="", description="the plant's own name for the instrument")
    kind: SensorKind = SensorKind.MEASURED
    derived_from: tuple[Line, ...] = Field(
        default=(), description="the sensors a calculated value was made from"
    )


class TargetSpec(Record):
    """What the model predicts, and how far ahead (0: the same moment)."""

    model_config = ConfigDict(
        json_schema_extra={"dependentRequired": {"path": ["join"], "join": ["path"]}}
    )

    path: FilePath | None = Field(
        default=None,
        description="the file of the labels, where the data's own files do not hold the target",
    )
    column: Line = Field(examples=["co_breakthrough"])
    join: Line | None = Field(
        default=None, description="the key column of data and labels, such as a batch or cycle"
    )
    horizon: HorizonText = Field(examples=["5min"])
    task: Task | None = Field(
        default=None,
        description="where left out: event for true and false or 0 and 1, else value",
    )
    healthy: tuple[Code, ...] = Field(
        default=(),
        max_length=100,
        description="of a class: those in which nothing is wrong, whose windows stand in for "
        "others in tests; where none is named, no claim can be more than weak",
        examples=[["normal"]],
    )


class WindowSpec(Record):
    """How many consecutive rows one sample holds, and how far apart samples start."""

    length: int = Field(ge=2, le=100_000, examples=[64])
    stride: int = Field(ge=1, le=100_000, examples=[16])


class HoldoutSpec(Record):
    """Which part is kept from training: the last groups, or the last stretch of time."""

    fraction: float = Field(gt=0, lt=1, examples=[0.3])
    by: Literal["group", "time"] = Field(examples=["group"])
    blocks: int = Field(
        default=1,
        ge=1,
        le=10_000,
        description="by group: the last groups of each of so many blocks, for data in order",
    )


class DatasetSpec(Record):
    """A table of sensor readings, and how windows are cut from it."""

    path: FilePath = Field(
        description=f"{listed([end[1:] for end in FORMATS], 'or')}; one path or a glob",
        examples=["data/plant.parquet"],
    )
    time: TimeSpec | None = Field(
        description="null where the data has no clock: rows are then called rows",
        examples=[{"column": "timestamp", "zone": "Europe/Berlin"}],
    )
    group: Line | None = Field(default=None, description="a column; windows never cross it")
    gap: float = Field(
        default=1.5, gt=1, le=1000, description="times the median step; a larger one breaks windows"
    )
    sensors: dict[Line, SensorSpec] = Field(
        min_length=1, max_length=MAX_SENSORS, examples=[{"temp_1": {"unit": "degC"}}]
    )
    target: TargetSpec = Field(examples=[{"column": "co_breakthrough", "horizon": "5min"}])
    window: WindowSpec = Field(examples=[{"length": 64, "stride": 16}])
    holdout: HoldoutSpec = Field(examples=[{"fraction": 0.3, "by": "group"}])
    simulated: bool = Field(
        description="true where no plant was measured; every page then says so", examples=[False]
    )
    quality: QualitySpec | None = Field(
        default=None,
        description="quality codes: a window with too many rows that are not good is not explained",
    )
    groups: dict[Line, tuple[Line, ...]] = Field(
        default_factory=dict,
        max_length=1000,
        description="sensors that claims are made on together, by a name of yours",
        examples=[{"air and fuel": ["air_flow", "fuel_flow"]}],
    )
    regime: tuple[Line, ...] = Field(
        default=(),
        max_length=3,
        description="sensors that say how the plant is run (load, weather): what stands in for a "
        "part of a window comes from windows alike in these",
        examples=[["load_demand"]],
    )
    twins: FilePath | None = Field(
        default=None,
        description="simulated runs again, without the fault: rows are found by group and time",
    )
    checks: tuple[CheckSpec, ...] = Field(
        default=(), max_length=50, description="laws of physics the data is held against"
    )
    licence: ShortLine = ""
    credit: Annotated[str, Field(max_length=2000)] = ""

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns of the data's own files that say when, what, which group and how good."""
        clock = [self.time.column] if self.time else []
        group = [self.group] if self.group else []
        target = self.target.join if self.target.join else self.target.column
        codes = [self.quality.column] if self.quality else []
        return tuple(dict.fromkeys([*clock, target, *group, *codes]))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the data's own files must hold, each once."""
        return tuple(dict.fromkeys([*self.key_columns, *self.sensors]))

    @property
    def sensor_records(self) -> tuple[Sensor, ...]:
        """The sensors as records, in the order of the manifest."""
        return tuple(
            Sensor(name=name, **{key: getattr(spec, key) for key in SensorSpec.model_fields})
            for name, spec in self.sensors.items()
        )
