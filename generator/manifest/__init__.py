"""The manifest: one YAML file that says which reports to make from which models and data.

In: `reports.yaml`. Out: a frozen `Manifest`, or a `ManifestError` with every mistake, each with
its line and column. Never: torch, a file's contents, code named by the file.
"""

from __future__ import annotations

from generator.manifest.horizon import Horizon
from generator.manifest.load import Manifest, load_manifest
from generator.manifest.mistakes import ManifestError, Mark, Mistake
from generator.manifest.schema import (
    AgentSpec,
    DatasetSpec,
    HoldoutSpec,
    ManifestSpec,
    ModelSpec,
    ReportSpec,
    SensorSpec,
    SiteSpec,
    TargetSpec,
    TimeSpec,
    WindowSpec,
    WindowsSpec,
    manifest_schema,
)

__all__ = [
    "AgentSpec",
    "DatasetSpec",
    "HoldoutSpec",
    "Horizon",
    "Manifest",
    "ManifestError",
    "ManifestSpec",
    "Mark",
    "Mistake",
    "ModelSpec",
    "ReportSpec",
    "SensorSpec",
    "SiteSpec",
    "TargetSpec",
    "TimeSpec",
    "WindowSpec",
    "WindowsSpec",
    "load_manifest",
    "manifest_schema",
]
