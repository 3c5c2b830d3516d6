"""A plant's runs laid into one long table, and the windows over it.

In: a plant, what is asked, seeds. Out: Laid. Training runs are the same for every seed; held-out
runs are drawn anew for each. Never: a window over two charges, a run on both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.truth.plants import Plant
from benchmarks.truth.signals import CHARGES, GAP, SENSORS, STEPS, Signals, draw_signals
from benchmarks.truth.tasks import Task
from generator.datasets.clock import make_row_clock
from generator.datasets.groups import Groups
from generator.datasets.windows import SensorWindows

TRAINING, HELD_OUT = 0, 1
TRAINING_RUNS, KNOWN_RUNS, HELD_RUNS = 4000, 200, 64
ROWS = STEPS + GAP


@dataclass(frozen=True)
class PlantWindows:
    """Windows of one side, and (windows,) the amount behind each target."""

    windows: SensorWindows
    amounts: np.ndarray


def draw_training(plant: Plant, ask: Task, runs: int = TRAINING_RUNS) -> PlantWindows:
    """The first of the training runs."""
    return _draw_windows(plant, ask, TRAINING, 0, runs)


def draw_held_out(plant: Plant, ask: Task, seed: int, runs: int = HELD_RUNS) -> PlantWindows:
    """Held-out runs of a seed."""
    return _draw_windows(plant, ask, HELD_OUT, seed, runs)


def make_readings(
    plant: Plant, ask: Task, mix: Callable[[Signals], np.ndarray], signals: Signals
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(charge, row, sensor) readings, (charge,) targets and (charge,) amounts of some signals."""
    lifted = replace(signals, heights=plant.heights(signals))
    amounts = plant.pairing(plant.law(lifted.heights))
    readings, targets = ask.put(lifted, mix(lifted), amounts)
    return readings, targets, amounts


def _draw_windows(plant: Plant, ask: Task, side: int, seed: int, runs: int) -> PlantWindows:
    mix = plant.mix if side == TRAINING else plant.held_mix
    readings, targets, amounts = make_readings(plant, ask, mix, draw_signals((side, seed), runs))
    name = "training" if side == TRAINING else f"held-out {seed}"
    charges, rows = runs * CHARGES, runs * CHARGES * ROWS
    windows = SensorWindows(
        readings=readings.reshape(rows, SENSORS),
        length=STEPS,
        target=targets,
        last_row=np.arange(charges) * ROWS + STEPS - 1,
        held_out=np.full(charges, side == HELD_OUT),
        clock=make_row_clock(rows),
        grouped=Groups(
            np.repeat(np.arange(runs, dtype=np.int32), CHARGES * ROWS),
            tuple(f"{name} run {run}" for run in range(runs)),
        ),
    )
    return PlantWindows(windows, amounts)
