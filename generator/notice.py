"""The one sentence that goes with every number this program publishes."""

from __future__ import annotations

NOTICE = (
    "Attention explains what a model looked at; it never computes, replaces or justifies "
    "a regulatory figure."
)

SIMULATED = "Simulated data: no plant was measured."
MODEL_OUTPUT = "Model output, not a measured or reportable value."
