"""How good a model is on held-out windows, beside simple rules fitted on the other windows."""

from __future__ import annotations

from generator.quality.held_out import groups_seen, named_groups, quality, simple_rules

__all__ = ["groups_seen", "named_groups", "quality", "simple_rules"]
