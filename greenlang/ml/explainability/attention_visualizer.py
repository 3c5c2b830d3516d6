"""The import path the user's guide shows; everything lives in `generator`."""

from generator.attention import AttentionSummary, AttentionWeights
from generator.kinds import ExportFormat, VisualizationType
from generator.visualizer import AttentionVisualizer

__all__ = [
    "AttentionSummary",
    "AttentionVisualizer",
    "AttentionWeights",
    "ExportFormat",
    "VisualizationType",
]
