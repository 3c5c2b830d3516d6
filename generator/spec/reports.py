"""The keys of a report: what is explained, on which windows, at what cost.

In: plain values. Out: frozen specs. Never: a reference followed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from generator.kinds import ExportFormat
from generator.records.budget import EffectsBudget
from generator.records.record import Record
from generator.spec.ids import Id, Line
from generator.spec.tokens import Tokens


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
