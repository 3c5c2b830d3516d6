"""What one run left behind, and what a site says of itself."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from generator.notice import NOTICE
from generator.records.attention import AttentionRecord
from generator.records.claims import ClaimsRecord
from generator.records.dataset import DatasetRecord
from generator.records.measures import AttentionMeasurements
from generator.records.model import AgentRecord, ModelRecord
from generator.records.quality import Quality
from generator.records.record import Record

RUN_SCHEMA = "attention-reports/run/1"


class Artifact(Record):
    """A file of a report: path below the report's folder, what it is, size and digest."""

    path: str
    title: str
    media_type: str
    size: int
    sha256: str


class RunRequest(Record):
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
    asked: RunRequest | None = None


class RunRecord(Record):
    """Everything one run left behind; the site shows this and nothing else."""

    schema_id: str = Field(default=RUN_SCHEMA, alias="schema")
    id: str
    key: str
    model: ModelRecord | None = None
    dataset: DatasetRecord | None = None
    agent: AgentRecord | None = None
    quality: Quality | None = None
    claims: ClaimsRecord | None = None
    attention: AttentionRecord | None = None
    measures: AttentionMeasurements | None = None
    artifacts: tuple[Artifact, ...] = ()
    settings: dict[str, str] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    failure: RunFailure | None = None
    intended_use: str = NOTICE

    @property
    def state(self) -> Literal["built", "failed"]:
        """'failed' when the run has a failure in place of a result."""
        return "failed" if self.failure else "built"

    def to_document(self) -> dict[str, Any]:
        """What `summary.json` holds: all but the list of files and a failure."""
        return self.model_dump(mode="json", by_alias=True, exclude={"artifacts", "failure"})


class SiteInfo(Record):
    """What the manifest says of the site as a whole."""

    title: str
    organisation: str = ""
    retention_years: int | None = None
