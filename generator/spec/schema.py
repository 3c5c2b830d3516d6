"""The keys of the whole file, and its JSON Schema; what each part may hold lies beside this file.

In: plain values. Out: frozen specs. A key is here only when a run, a page or a digest uses it.
Never: a file touched, a reference followed, a default that hides what a reader must know.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from generator.records.gates import Gate
from generator.records.record import Record
from generator.records.thresholds import Thresholds
from generator.spec.datasets import DatasetSpec
from generator.spec.ids import Id, Line, ShortLine
from generator.spec.limits import LimitsSpec
from generator.spec.models import AgentSpec, ModelSpec
from generator.spec.reports import ReportSpec

MAX_REPORTS = 1000
MAX_GATES = 10_000


class SiteSpec(Record):
    """What the site is called, who publishes it, how long it must be kept."""

    title: Line = Field(examples=["Process heat attention audit"])
    organisation: ShortLine = ""
    retention_years: int | None = Field(default=None, ge=1, le=100)


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
    limits: LimitsSpec = Field(
        default=LimitsSpec(), description="what one run may take; it changes no number"
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
