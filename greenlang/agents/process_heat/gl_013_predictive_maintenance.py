"""GL-013, under the import path of the plant's agent library."""

from __future__ import annotations

from generator.agents.predictive_maintenance import PredictiveMaintenanceAgent

__all__ = ["PredictiveMaintenanceAgent"]
