"""GL-001, the thermal command agent: forecasts a heating loop's return temperature an hour on.

In: readings of eight sensors of the loop over one window. Out: a change in K per window.
Never: a set-point, a pump command, a metered heat.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.agents.protocol import AgentConfig, Prediction
from generator.errors import InputError
from generator.models.sensor_transformers import load_sensor_model

EXAMPLE_MODEL = Path(__file__).parents[2] / "examples" / "process_heat" / "models" / "thermal"


class ThermalCommandAgent:
    """Watches temperatures, flow, pressures and demand of a hydronic heating loop.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            of the checkout's example, which were trained on simulated data; an installed wheel
            has none, so that `model` must be given there.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    id = "GL-001"
    name = "Thermal command"
    senses = (
        "Supply and return temperature, flow, supply and return pressure, the controller's "
        "demand set-point, ambient temperature and pump speed of a heating loop, every 5 min."
    )
    predicts = "By how many kelvin the return temperature changes within the next 60 minutes."
    intended_use = (
        "Shows the operator where the return temperature is heading, and model developers what "
        "the model looked at when it said so."
    )
    limits = (
        "Trained on simulated runs of one 4 MW heating loop; no plant was measured.",
        "Not for control, alarms, trips or set-points.",
        "Its output is no metered heat and settles no bill.",
        "It names no fault: what it looked at is not what went wrong.",
        "Learned from a bypass valve that sticks open and a heat exchanger that fouls; other "
        "faults were not in its data.",
    )

    def __init__(self, config: AgentConfig | None = None) -> None:
        settings = dict(config or {})
        folder = Path(settings.pop("model", EXAMPLE_MODEL))
        if settings:
            unknown = ", ".join(sorted(map(str, settings)))
            raise InputError(f"thermal-command: unknown setting {unknown}; it takes 'model'")
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
