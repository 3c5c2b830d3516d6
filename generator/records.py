"""The frozen records that pass from floor to floor and lie in the store.

A run leaves one RunRecord; pages and `verify` see records only, never a model or a dataset.
Never: a clock, a duration, a path of this machine. Numbers are Python floats, missing is None.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generator.kinds import SensorKind, Task, TokenKind
from generator.notice import NOTICE

RUN_SCHEMA = "attention-reports/run/1"


class Record(BaseModel):
    """A record: named fields, never changed, nothing unknown."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="null", validate_by_name=True
    )


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
    simulated: bool
    licence: str
    credit: str


class FileDigest(Record):
    """A file by name, size and SHA-256."""

    name: str
    size: int
    sha256: str


class ModelRecord(Record):
    """Which model a report is about."""

    id: str
    source: str
    architecture: str
    description: str
    parameters: int
    layers: int
    heads: int
    sha256: str
    files: tuple[FileDigest, ...]
    tokens: TokenKind
    token_words: str
    sensors: tuple[str, ...]
    target: str
    target_unit: str
    classes: tuple[str, ...] = ()
    trained_on: str
    trained_sha256: str


class AgentRecord(Record):
    """Which agent uses the model, and what for."""

    id: str
    agent: str
    name: str
    senses: str
    predicts: str
    intended_use: str
    limits: tuple[str, ...]


class Score(Record):
    """One figure of held-out quality: the model's, and each simple rule's."""

    measure: str
    unit: str
    better: Literal["higher", "lower"]
    model: float
    rules: dict[str, float]
    best_rule: str
    beats_rule: bool


class ClassScore(Record):
    """One class: windows of it in training and held out, held-out ones called so, its recall."""

    name: str
    training: int
    windows: int
    called: int
    recall: float


class Quality(Record):
    """How good the model is on held-out windows, beside the best simple rule."""

    task: Task
    windows: int
    groups: int
    """Held-out groups; 0 where the data has none."""
    events: int | None
    scores: tuple[Score, ...]
    classes: tuple[ClassScore, ...] = ()
    mean_error: float | None
    """Mean of predicted minus true values, in the target's unit; None for events and classes."""
    overlap: int | None
    """Held-out groups that the model was trained on: must be 0. None where it cannot be known:
    the model does not say, or was trained on other data than this."""
    words: str


class Position(Record):
    """One key position (a sensor or a time span) and the attention it received and gave."""

    index: int
    name: str
    label: str
    """The name with tag and unit where it is a sensor."""
    received: float
    lift: float
    importance: float
    rank: int
    focus: float | None
    focus_rank: int | None


class HeadRow(Record):
    """One head's mean focus and strongest link."""

    layer: int
    head: int
    focus: float
    top_query: str
    top_key: str
    top_weight: float


class LayerRow(Record):
    """One layer: where it stands in the model, how it was read, its mean focus."""

    layer: int
    module: str
    captured_by: str
    focus: float


class AttentionRecord(Record):
    """The figures computed from the maps, and what they may be called."""

    tokens: TokenKind
    group: str
    shape: tuple[int, int, int, int]
    samples: int
    rows_per_sample: int
    uniform: float
    names: tuple[str, ...]
    query_names: tuple[str, ...]
    positions: tuple[Position, ...]
    """In order of position; `rank` gives the order of importance."""
    heads: tuple[HeadRow, ...]
    layers: tuple[LayerRow, ...]
    provenance_hash: str
    input_sha256: str


class Artifact(Record):
    """A file of a report: path below the report's folder, what it is, size and digest."""

    path: str
    title: str
    media_type: str
    size: int
    sha256: str


class AskedRecord(Record):
    """What a run was asked to explain, by the ids of the manifest."""

    model: str
    dataset: str
    agent: str | None
    simulated: bool
    """Whether the manifest says that the data came from a simulator."""


class RunFailure(Record):
    """Why a run has no result: the stage, the sentence, and what to do next."""

    stage: str
    message: str
    asked: AskedRecord | None = None


class RunRecord(Record):
    """Everything one run left behind; the site shows this and nothing else."""

    schema_id: str = Field(default=RUN_SCHEMA, alias="schema")
    id: str
    key: str
    model: ModelRecord | None = None
    dataset: DatasetRecord | None = None
    agent: AgentRecord | None = None
    quality: Quality | None = None
    attention: AttentionRecord | None = None
    artifacts: tuple[Artifact, ...] = ()
    settings: dict[str, str] = {}
    versions: dict[str, str] = {}
    failure: RunFailure | None = None
    intended_use: str = NOTICE

    @property
    def state(self) -> Literal["built", "failed"]:
        """'failed' when the run has a failure in place of a result."""
        return "failed" if self.failure else "built"


class SiteInfo(Record):
    """What the manifest says of the site as a whole."""

    title: str
    organisation: str = ""
    retention_years: int | None = None
