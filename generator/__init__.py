"""Attention reports for process heat: what a transformer looked at, with provenance.

`reports.yaml` -> `attention-reports build` -> `site/`; in Python, `AttentionVisualizer`.
Names are loaded when first used, so that the command line starts without torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.attention import AttentionSummary, AttentionWeights
    from generator.comparison.runs import compare
    from generator.doors.visualizer import AttentionVisualizer
    from generator.kinds import ExportFormat, VisualizationType
    from generator.notice import NOTICE

__all__ = [
    "NOTICE",
    "AttentionSummary",
    "AttentionVisualizer",
    "AttentionWeights",
    "ExportFormat",
    "VisualizationType",
    "compare",
]
_HOMES = {
    "NOTICE": "generator.notice",
    "AttentionSummary": "generator.attention",
    "AttentionVisualizer": "generator.doors.visualizer",
    "AttentionWeights": "generator.attention",
    "ExportFormat": "generator.kinds",
    "VisualizationType": "generator.kinds",
    "compare": "generator.comparison.runs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'generator' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
