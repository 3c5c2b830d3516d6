"""The import path the user's guide shows; everything lives in `generator`."""

from generator.attention import AttentionSummary, AttentionWeights
from generator.doors.visualizer import AttentionVisualizer
from generator.kinds import ExportFormat, VisualizationType

__all__ = [
    "AttentionSummary",
    "AttentionVisualizer",
    "AttentionWeights",
    "ExportFormat",
    "VisualizationType",
]
