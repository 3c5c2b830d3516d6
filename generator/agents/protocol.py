"""What an agent is: a model, the sensors it reads, and what its predictions are for.

Third parties write a class with these attributes and methods and name it under the entry-point
group `attention_reports.agents`. Never: a control action; an agent here only predicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pydantic import Field

from generator.records import Record

if TYPE_CHECKING:
    from torch import nn


class Prediction(Record):
    """What the model says of one window: the probability of an event, or a value in `unit`.

    Of classes it says all: `probabilities` by name, `called` the most probable, `value` its
    probability.
    """

    value: float
    unit: str
    target: str
    called: str = ""
    probabilities: dict[str, float] = Field(default_factory=dict)


@runtime_checkable
class Agent(Protocol):
    """An agent, made as `AgentClass(config)` with a mapping or None.

    Attributes:
        id: its number in the plant's list, such as 'GL-018'; name: what people call it.
        senses: the sensors it reads; predicts: its target and horizon, each in one sentence.
        intended_use, limits: what it may and may not be used for.
        model: the network, with `prepare_input(sensor_data)`.

    """

    id: str
    name: str
    senses: str
    predicts: str
    intended_use: str
    limits: tuple[str, ...]
    model: nn.Module

    def get_sensor_names(self) -> list[str]:
        """Sensor names in the model's order."""
        ...

    def process(self, sensor_data: Any) -> list[Prediction]:
        """One prediction per window of (time, sensor) or (window, time, sensor) readings."""
        ...


AgentConfig = Mapping[str, Any]
