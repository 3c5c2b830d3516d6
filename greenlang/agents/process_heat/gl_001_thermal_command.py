"""GL-001, under the import path of the plant's agent library."""

from __future__ import annotations

from generator.agents.thermal_command import ThermalCommandAgent

__all__ = ["ThermalCommandAgent"]
