"""The combustion agent: the guide's calls, the shipped weights, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.agents.combustion import SHIPPED_MODEL, CombustionOptimizer
from generator.agents.protocol import Agent, Prediction
from generator.errors import InputError

GUIDE_SENSORS = [
    "fuel_flow",
    "air_flow",
    "oxygen_ppm",
    "co_ppm",
    "burner_temp",
    "efficiency",
    "nox_emission",
    "excess_air",
]
QUIET = [100.0, 1950.0, 38_000.0, 2.0, 1020.0, 90.8, 45.0, 20.0]


def test_import_path_of_the_guide() -> None:
    """The class of the guide's import path is the one that lives in the program."""
    from greenlang.agents.process_heat.gl_018_unified_combustion import (
        CombustionOptimizer as Guide,
    )

    assert Guide is CombustionOptimizer


def test_it_is_an_agent_with_the_guides_sensors() -> None:
    """Made without a config it is an Agent that reads the guide's eight sensors in order."""
    agent = CombustionOptimizer()
    assert isinstance(agent, Agent)
    assert agent.get_sensor_names() == GUIDE_SENSORS


def test_one_prediction_per_window() -> None:
    """Two quiet windows give two small probabilities of a CO breakthrough."""
    found = CombustionOptimizer().process(np.tile(QUIET, (2, 64, 1)))
    assert len(found) == 2
    assert all(isinstance(p, Prediction) and p.target == "co_breakthrough" for p in found)
    assert all(p.unit == "probability" and 0 < p.value < 0.05 for p in found)


def test_a_frame_is_one_window() -> None:
    """A polars frame with the sensors' columns gives the same as its array."""
    window = np.tile(QUIET, (64, 1))
    agent = CombustionOptimizer({"model": SHIPPED_MODEL})
    frame = pl.DataFrame(window, schema=GUIDE_SENSORS).select(reversed(GUIDE_SENSORS))
    assert agent.process(frame) == agent.process(window)


def test_prepared_input_fits_the_model() -> None:
    """`model.prepare_input` gives what the model's forward takes, as the guide shows."""
    agent = CombustionOptimizer()
    inputs = agent.model.prepare_input(np.tile(QUIET, (64, 1)))
    assert tuple(inputs.shape) == (1, 64, 8)
    assert tuple(agent.model(inputs).shape) == (1,)


def test_unknown_setting_is_refused() -> None:
    """A misspelt setting is an InputError that names it."""
    with pytest.raises(InputError, match="unknown setting modell"):
        CombustionOptimizer({"modell": "x"})


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder that holds no model is an InputError that names the missing file."""
    with pytest.raises(InputError, match=r"config\.json: not found"):
        CombustionOptimizer({"model": tmp_path})
