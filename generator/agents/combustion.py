"""GL-018, the combustion optimiser: warns of a CO breakthrough five minutes ahead.

In: readings of eight boiler sensors over one window. Out: a probability per window.
Never: a set-point, an interlock, an emission figure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.agents.protocol import AgentConfig, Prediction
from generator.errors import InputError
from generator.models.sensor_transformers import load_sensor_model

SHIPPED_MODEL = Path(__file__).parents[1] / "starter" / "models" / "combustion"


class CombustionOptimizer:
    """Watches air, fuel and flue gas of a gas-fired boiler.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            that come with the program, which were trained on simulated data.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    id = "GL-018"
    name = "Combustion optimiser"
    senses = (
        "Fuel and air flow, flue-gas oxygen, CO and NOx, furnace temperature, and the calculated "
        "efficiency and excess air of a gas-fired boiler, every 10 s."
    )
    predicts = "The probability that raw CO rises above 200 ppm within the next 5 minutes."
    intended_use = (
        "Draws the shift's attention to the air and fuel supply before CO rises, and shows "
        "model developers what the model looked at when it warned."
    )
    limits = (
        "Trained on simulated runs of one 1.9 MW boiler; no plant was measured.",
        "Not for control, alarms, trips or set-points.",
        "Its output is no measured or reportable emission value.",
        "It says nothing about windows in which CO is above 200 ppm already.",
        "Learned from a sticking air damper and a change of gas quality; other causes of CO "
        "were not in its data.",
    )

    def __init__(self, config: AgentConfig | None = None) -> None:
        settings = dict(config or {})
        folder = Path(settings.pop("model", SHIPPED_MODEL))
        if settings:
            unknown = ", ".join(sorted(map(str, settings)))
            raise InputError(f"combustion-optimizer: unknown setting {unknown}; it takes 'model'")
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
