"""What agents around a sensor model share: the model, its sensors' names, one answer per window.

In: a model folder, then plant readings. Out: Predictions in the target's unit.
Never: anything about one plant; that is each agent's own file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from generator.agents.protocol import AgentConfig, Prediction
from generator.errors import InputError
from generator.models.sensor_config import SensorTarget
from generator.models.sensor_transformers import load_sensor_model


class SensorAgent:
    """An agent whose model is a sensor transformer.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes `weights`.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.
    """

    registered: ClassVar[str]
    """The agent's name among the installed ones, for its errors."""
    weights: ClassVar[Path]
    """The folder of the model it takes when none is named."""

    def __init__(self, config: AgentConfig | None = None) -> None:
        settings = dict(config or {})
        folder = Path(settings.pop("model", self.weights))
        if settings:
            unknown = ", ".join(sorted(map(str, settings)))
            raise InputError(f"{self.registered}: unknown setting {unknown}; it takes 'model'")
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
        values = self.model.predict(sensor_data)
        if target.task == "class":
            return [_called(target, row) for row in values]
        unit = "probability" if target.task == "event" else target.unit
        return [Prediction(value=float(v), unit=unit, target=target.name) for v in values]


def _called(target: SensorTarget, probabilities: np.ndarray) -> Prediction:
    """The class that one window is called, and how probable each is."""
    by_name = dict(zip(target.classes, probabilities.tolist(), strict=True))
    called = max(by_name, key=by_name.__getitem__)
    return Prediction(
        value=by_name[called],
        unit="probability",
        target=target.name,
        called=called,
        probabilities=by_name,
    )
