"""GL-018, under the import path of the plant's agent library."""

from __future__ import annotations

from generator.agents.combustion import CombustionOptimizer

__all__ = ["CombustionOptimizer"]
