"""The predictive-maintenance agent: the guide's sensors, the example's weights, and refusals."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.agents.predictive_maintenance import SHIPPED_MODEL, PredictiveMaintenanceAgent
from generator.agents.protocol import Agent, Prediction
from generator.agents.registry import GROUP
from generator.errors import InputError

GUIDE_SENSORS = [
    "vibration_x",
    "vibration_y",
    "vibration_z",
    "temperature",
    "pressure",
    "acoustic_emission",
    "electrical_current",
    "efficiency_ratio",
]
QUIET = [0.9, 0.8, 0.55, 52.0, 4.8, 41.0, 62.0, 0.75]
SHAKING = [4.0, 3.7, 0.55, 52.0, 4.8, 41.0, 62.0, 0.75]


def test_import_path_of_the_guide() -> None:
    """The class of the guide's import path is the one that lives in the program."""
    from greenlang.agents.process_heat.gl_013_predictive_maintenance import (
        PredictiveMaintenanceAgent as Guide,
    )

    assert Guide is PredictiveMaintenanceAgent


def test_it_is_registered() -> None:
    """The project's entry points name the class as 'predictive-maintenance'."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["entry-points"][GROUP]["predictive-maintenance"] == (
        "generator.agents.predictive_maintenance:PredictiveMaintenanceAgent"
    )


def test_it_is_an_agent_with_the_guides_sensors() -> None:
    """Made without a config it is an Agent that reads the guide's eight sensors in order."""
    agent = PredictiveMaintenanceAgent()
    assert isinstance(agent, Agent)
    assert agent.get_sensor_names() == GUIDE_SENSORS


def test_a_shaking_pump_is_warned_of() -> None:
    """A quiet window gives a small probability of failure, strong radial vibration a large one."""
    windows = np.stack([np.tile(row, (64, 1)) for row in (QUIET, SHAKING)])
    quiet, shaking = PredictiveMaintenanceAgent().process(windows)
    assert all(isinstance(p, Prediction) and p.unit == "probability" for p in (quiet, shaking))
    assert quiet.target == "failure"
    assert 0 < quiet.value < 0.05 < 0.5 < shaking.value < 1


def test_a_frame_is_one_window() -> None:
    """A polars frame with the sensors' columns gives the same as its array."""
    window = np.tile(QUIET, (64, 1))
    agent = PredictiveMaintenanceAgent({"model": SHIPPED_MODEL})
    frame = pl.DataFrame(window, schema=GUIDE_SENSORS).select(reversed(GUIDE_SENSORS))
    assert agent.process(frame) == agent.process(window)


def test_masked_start_ups_give_a_prediction() -> None:
    """A window whose first third is masked still gives a probability."""
    window = np.tile(QUIET, (64, 1))
    window[:20] = np.nan
    (found,) = PredictiveMaintenanceAgent().process(window)
    assert 0 < found.value < 1


def test_prepared_input_fits_the_model() -> None:
    """`model.prepare_input` gives what the model's forward takes, as the guide shows."""
    agent = PredictiveMaintenanceAgent()
    inputs = agent.model.prepare_input(np.tile(QUIET, (64, 1)))
    assert tuple(inputs.shape) == (1, 64, 8)
    assert tuple(agent.model(inputs).shape) == (1,)


def test_unknown_setting_is_refused() -> None:
    """A misspelt setting is an InputError that names it."""
    with pytest.raises(InputError, match="unknown setting modell"):
        PredictiveMaintenanceAgent({"modell": "x"})


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder that holds no model is an InputError that names the missing file."""
    with pytest.raises(InputError, match=r"config\.json: not found"):
        PredictiveMaintenanceAgent({"model": tmp_path})
