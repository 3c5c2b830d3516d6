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
from generator.models.folder import load_model_folder
from generator.models.sensor_config import SensorTarget

WEIGHTS = Path(__file__).parent / "weights"


def find_shipped_model(name: str) -> Path:
    """The folder of the weights that come with the program under this name."""
    return WEIGHTS / name


class SensorAgent:
    """An agent whose model is a sensor transformer, of ours or of Hugging Face's.

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
        self.model = load_model_folder(folder)

    def get_sensor_names(self) -> list[str]:
        """Sensor names in the model's order."""
        return list(self.model.contract.sensors)

    def process(self, sensor_data: Any) -> list[Prediction]:
        """One prediction per window.

        Args:
            sensor_data: (time, sensor), (window, time, sensor), or a polars frame with the
                sensors' columns in any order.

        Raises:
            ValueError: wrong number of sensors or samples, or a missing column.
        """
        target = self.model.contract.target
        values = self.model.predict(sensor_data)
        if target.task == "class":
            return [_build_class_prediction(target, row) for row in values]
        unit = "probability" if target.task == "event" else target.unit
        return [Prediction(value=float(v), unit=unit, target=target.name) for v in values]


def _build_class_prediction(target: SensorTarget, probabilities: np.ndarray) -> Prediction:
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
