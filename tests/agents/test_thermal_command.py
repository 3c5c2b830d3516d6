"""The thermal command agent: the guide's calls, the example's weights, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.agents.protocol import Agent, Prediction
from generator.agents.thermal_command import SHIPPED_MODEL, ThermalCommandAgent
from generator.errors import InputError

GUIDE_SENSORS = [
    "supply_temp",
    "return_temp",
    "flow_rate",
    "supply_pressure",
    "return_pressure",
    "load_demand",
    "ambient_temp",
    "pump_speed",
]
STEADY = [82.0, 42.5, 34.0, 5.95, 2.25, 1540.0, 7.0, 35.8]


def test_import_path_of_the_guide() -> None:
    """The class of the guide's import path is the one that lives in the program."""
    from greenlang.agents.process_heat.gl_001_thermal_command import ThermalCommandAgent as Guide

    assert Guide is ThermalCommandAgent


def test_it_is_an_agent_with_the_guides_sensors() -> None:
    """Made without a config it is an Agent that reads the guide's eight sensors in order."""
    agent = ThermalCommandAgent()
    assert isinstance(agent, Agent)
    assert agent.get_sensor_names() == GUIDE_SENSORS


def test_one_prediction_per_window() -> None:
    """Two steady windows give two changes of a few kelvin at most."""
    found = ThermalCommandAgent().process(np.tile(STEADY, (2, 96, 1)))
    assert len(found) == 2
    assert all(isinstance(p, Prediction) and p.target == "return_temp_rise" for p in found)
    assert all(p.unit == "K" and abs(p.value) < 5 for p in found)


def test_a_frame_is_one_window() -> None:
    """A polars frame with the sensors' columns gives the same as its array."""
    window = np.tile(STEADY, (96, 1))
    agent = ThermalCommandAgent({"model": SHIPPED_MODEL})
    frame = pl.DataFrame(window, schema=GUIDE_SENSORS).select(reversed(GUIDE_SENSORS))
    assert agent.process(frame) == agent.process(window)


def test_prepared_input_fits_the_model() -> None:
    """`model.prepare_input` gives what the model's forward takes, as the guide shows."""
    agent = ThermalCommandAgent()
    inputs = agent.model.prepare_input(np.tile(STEADY, (96, 1)))
    assert tuple(inputs.shape) == (1, 96, 8)
    assert tuple(agent.model(inputs).shape) == (1,)


def test_unknown_setting_is_refused() -> None:
    """A misspelt setting is an InputError that names it."""
    with pytest.raises(InputError, match="unknown setting modell"):
        ThermalCommandAgent({"modell": "x"})


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder that holds no model is an InputError that names the missing file."""
    with pytest.raises(InputError, match=r"config\.json: not found"):
        ThermalCommandAgent({"model": tmp_path})
