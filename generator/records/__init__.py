"""The frozen records that pass from floor to floor and lie in the store.

A run leaves one RunRecord; pages and `verify` see records only, never a model or a dataset.
Never: a clock, a duration, a path of this machine. Numbers are Python floats, missing is None.
"""

from __future__ import annotations

from generator.records.attention import AttentionRecord, HeadRow, LayerRow, Position
from generator.records.budget import EffectsBudget
from generator.records.claims import (
    Adequacy,
    Claim,
    ClaimsRecord,
    Donors,
    ExpectationRow,
    ExplainedNumber,
    InstrumentRow,
    MapSkill,
    SiblingCount,
    SiblingRecord,
    SupportedSpan,
)
from generator.records.dataset import ClassCount, DatasetRecord, Sensor, SensorGroup, SensorRange
from generator.records.gates import GATES_SCHEMA, Gate, GateOutcome, GatesRecord
from generator.records.interval import Interval
from generator.records.measures import AttentionMeasurements, Identification, Measurement
from generator.records.model import AgentRecord, FileDigest, ModelRecord
from generator.records.quality import ClassScore, Quality, Score
from generator.records.record import Record
from generator.records.run import RUN_SCHEMA, Artifact, RunFailure, RunRecord, RunRequest, SiteInfo
from generator.records.thresholds import Thresholds
from generator.records.tokens import TokenCoverage, TokenSpan

__all__ = [
    "GATES_SCHEMA",
    "RUN_SCHEMA",
    "Adequacy",
    "AgentRecord",
    "Artifact",
    "AttentionMeasurements",
    "AttentionRecord",
    "Claim",
    "ClaimsRecord",
    "ClassCount",
    "ClassScore",
    "DatasetRecord",
    "Donors",
    "EffectsBudget",
    "ExpectationRow",
    "ExplainedNumber",
    "FileDigest",
    "Gate",
    "GateOutcome",
    "GatesRecord",
    "HeadRow",
    "Identification",
    "InstrumentRow",
    "Interval",
    "LayerRow",
    "MapSkill",
    "Measurement",
    "ModelRecord",
    "Position",
    "Quality",
    "Record",
    "RunFailure",
    "RunRecord",
    "RunRequest",
    "Score",
    "Sensor",
    "SensorGroup",
    "SensorRange",
    "SiblingCount",
    "SiblingRecord",
    "SiteInfo",
    "SupportedSpan",
    "Thresholds",
    "TokenCoverage",
    "TokenSpan",
]
