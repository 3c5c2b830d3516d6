"""Every key of a manifest: its type, its limits, and what it means.

In: plain values. Out: frozen specs. A key is here only when a run, a page or a digest uses it.
Never: a file touched, a reference followed, a default that hides what a reader must know.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from generator.kinds import ExportFormat, SensorKind, Task
from generator.records import EffectsBudget, Gate, Record, Sensor, Thresholds
from generator.spec.checks import CheckSpec, Code, QualitySpec
from generator.spec.horizon import HorizonText
from generator.spec.ids import Id, Line, ShortLine
from generator.spec.tokens import Tokens

MAX_SENSORS = 4096
MAX_REPORTS = 1000
MAX_GATES = 10_000
MAX_PATH = 1000
BUILT_IN_SOURCES = ("safetensors", "huggingface")

FilePath = Annotated[str, Field(min_length=1, max_length=MAX_PATH)]


class SiteSpec(Record):
    """What the site is called, who publishes it, how long it must be kept."""

    title: Line = Field(examples=["Process heat attention audit"])
    organisation: ShortLine = ""
    retention_years: int | None = Field(default=None, ge=1, le=100)


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
        description="csv, csv.gz or parquet; one path or a glob", examples=["data/plant.parquet"]
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
    def told(self) -> tuple[str, ...]:
        """The columns of the data's own files that say when, what, which group and how good."""
        clock = [self.time.column] if self.time else []
        group = [self.group] if self.group else []
        target = self.target.join if self.target.join else self.target.column
        codes = [self.quality.column] if self.quality else []
        return tuple(dict.fromkeys([*clock, target, *group, *codes]))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the data's own files must hold, each once."""
        return tuple(dict.fromkeys([*self.told, *self.sensors]))

    @property
    def described(self) -> tuple[Sensor, ...]:
        """The sensors as records, in the order of the manifest."""
        return tuple(
            Sensor(name=name, **{key: getattr(spec, key) for key in SensorSpec.model_fields})
            for name, spec in self.sensors.items()
        )


class ModelSpec(Record):
    """A folder with a model's weights and configuration."""

    source: Line = Field(
        description="how the folder is read: built in, or an installed source's name",
        examples=[*BUILT_IN_SOURCES],
    )
    path: FilePath = Field(description="a folder", examples=["models/combustion"])
    siblings: tuple[Line, ...] = Field(
        default=(), max_length=20, description="models that are this one trained again; asked too"
    )


class ExpectSpec(Record):
    """What the model should and should not rest on, written before it runs and checked after."""

    rests_on: tuple[Line, ...] = Field(
        default=(), max_length=100, description="sensors whose group must be tested and held"
    )
    not_on: tuple[Line, ...] = Field(
        default=(), max_length=100, description="sensors whose group must make no difference"
    )


class AgentSpec(Record):
    """An installed agent and the model it runs."""

    agent: Line = Field(description="an installed agent's name", examples=["combustion-optimizer"])
    model: Line = Field(examples=["combustion"])
    expect: ExpectSpec = ExpectSpec()


class WindowsSpec(Record):
    """Which held-out windows are explained: a seeded sample."""

    count: int = Field(default=200, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    of: Literal["all", "events"] = Field(
        default="all", description="events: only windows that the event follows"
    )


class ReportSpec(Record):
    """One report: an agent, or a model by itself, on a dataset."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["agent"]}, {"required": ["model"]}]}
    )

    id: Id = Field(examples=["my-report"])
    agent: Line | None = None
    model: Line | None = None
    dataset: Line = Field(examples=["boiler-house"])
    windows: WindowsSpec = WindowsSpec()
    tokens: Tokens | None = Field(
        default=None,
        description="what a token stands for, where the model does not say: a kind, or a mapping "
        "that says how the window is cut and which tokens hold no reading",
        examples=["timesteps", {"kind": "patches", "length": 8, "stride": 4, "special": [0]}],
    )
    effects: EffectsBudget = Field(
        default=EffectsBudget(), description="how much is exchanged to test what is claimed"
    )
    exports: tuple[ExportFormat, ...] = Field(
        (), max_length=len(ExportFormat), description="formats written beside the usual downloads"
    )


def _check_pair(pair: tuple[str, ...]) -> tuple[str, ...]:
    if len(pair) != 2:
        raise ValueError(f"must name two reports, such as [a, b] (found {len(pair)})")
    return pair


Pair = Annotated[
    tuple[Line, ...],
    AfterValidator(_check_pair),
    Field(json_schema_extra={"minItems": 2, "maxItems": 2}),
]


class ManifestSpec(Record):
    """The whole file."""

    version: int = Field(ge=1, le=1, description="of this format", examples=[1])
    purpose: Literal["interpretability"] = Field(examples=["interpretability"])
    site: SiteSpec = Field(examples=[{"title": "Process heat attention audit"}])
    datasets: dict[Id, DatasetSpec] = Field(min_length=1)
    models: dict[Id, ModelSpec] = Field(min_length=1)
    agents: dict[Id, AgentSpec] = Field(default_factory=dict)
    reports: tuple[ReportSpec, ...] = Field(
        min_length=1,
        max_length=MAX_REPORTS,
        examples=[[{"id": "my-report", "model": "combustion", "dataset": "boiler-house"}]],
    )
    thresholds: Thresholds = Field(
        default=Thresholds(), description="what verdicts turn on; every change is marked"
    )
    comparisons: tuple[Pair, ...] = Field(
        default=(),
        max_length=MAX_REPORTS,
        description="pairs of report ids, on the same dataset and windows",
        examples=[[["my-report", "other-report"]]],
    )
    gates: tuple[Gate, ...] = Field(
        default=(),
        max_length=MAX_GATES,
        description="figures that must be as wanted, else the build ends with code 3; the site "
        "is built all the same",
        examples=[
            [{"report": "my-report", "figure": "quality.scores[ROC AUC].model", "at_least": 0.9}]
        ],
    )


def build_manifest_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a manifest; what spans several keys it cannot say."""
    schema = ManifestSpec.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
