"""GL-013, predictive maintenance: warns of a pump's failure within the next 24 hours.

In: readings of eight sensors of a pump over one window. Out: a probability per window.
Never: a work order, a trip, a cause of the failure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.agents.protocol import AgentConfig, Prediction
from generator.errors import InputError
from generator.models.sensor_transformers import load_sensor_model

EXAMPLE_MODEL = Path(__file__).parents[2] / "examples" / "process_heat" / "models" / "pump"


class PredictiveMaintenanceAgent:
    """Watches vibration, sound, heat and power of a circulation pump.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            of the checkout's example, which were trained on simulated data; an installed wheel
            has none, so that `model` must be given there.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    id = "GL-013"
    name = "Predictive maintenance"
    senses = (
        "Vibration on three axes, acoustic emission and temperature of the drive-end bearing, "
        "discharge pressure, current, and the calculated efficiency of a circulation pump, "
        "every 10 min."
    )
    predicts = "The probability that the pump reaches its alarm state within the next 24 hours."
    intended_use = (
        "Draws the maintenance planner's attention to a pump before its alarm, and shows model "
        "developers what the warning rests on."
    )
    limits = (
        "Trained on simulated lives of one 75 kW pump design; no plant was measured.",
        "Not for control, alarms, trips or set-points; it replaces no vibration protection.",
        "It names no fault: what it looked at is not what went wrong.",
        "It says nothing about windows in which the pump is in its alarm state already.",
        "Learned from one growing fault at a time of bearing, rotor, coupling or suction; "
        "sudden breakage was not in its data.",
    )

    def __init__(self, config: AgentConfig | None = None) -> None:
        settings = dict(config or {})
        folder = Path(settings.pop("model", EXAMPLE_MODEL))
        if settings:
            unknown = ", ".join(sorted(map(str, settings)))
            raise InputError(f"predictive-maintenance: unknown setting {unknown}; it takes 'model'")
        self.model = load_sensor_model(folder)

    def get_sensor_names(self) -> list[str]:
        """Sensor names in the model's order."""
        return list(self.model.config.sensors)

    def process(self, sensor_data: Any) -> list[Prediction]:
        """One prediction per window.

        Args:
            sensor_data: (time, sensor), (window, time, sensor), or a polars frame with the
                sensors' columns in any order.

        Raises:
            ValueError: wrong number of sensors or samples, or a missing column.

        """
        target = self.model.config.target
        unit = "probability" if target.task == "event" else target.unit
        values = self.model.predict(sensor_data)
        return [Prediction(value=float(v), unit=unit, target=target.name) for v in values]
