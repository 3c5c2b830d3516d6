"""How good a model is on held-out windows, beside simple rules fitted on the other windows."""

from __future__ import annotations

from generator.quality.held_out import (
    count_seen_groups,
    fit_simple_rules,
    group_names,
    measure_quality,
)

__all__ = ["count_seen_groups", "fit_simple_rules", "group_names", "measure_quality"]
