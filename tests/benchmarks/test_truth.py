"""Seeded plants keep their truth, whatever happens in the sensors outside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.truth.cases import Case
from benchmarks.truth.plant_windows import draw_held_out, draw_training, make_readings
from benchmarks.truth.plants import BASE, PLANTS, Plant
from benchmarks.truth.signals import BUMP, NAMES, STEPS, Signals, draw_signals
from benchmarks.truth.tasks import ASKS
from benchmarks.truth.truths import make_group
from generator.quality.rules import fit_value_rules

VALUE = ASKS["value"]
TRUE = [plant for plant in PLANTS.values() if not plant.truth.nothing]


def exchanged(signals: Signals, places: list[int], other: Signals) -> Signals:
    """The signals with some sensors' own taken from another draw."""
    names = ("noise", "instrument", "heights", "onsets", "chances")
    found = {name: getattr(signals, name).copy() for name in names}
    for name in names:
        found[name][..., places] = getattr(other, name)[..., places]
    return replace(signals, **found)


@pytest.mark.parametrize("plant", TRUE, ids=lambda plant: plant.name)
def test_distractors_leave_the_target_as_it_is(plant: Plant) -> None:
    """Whatever happens in the sensors outside the truth, the target does not change."""
    here, there = draw_signals((0, 0), 20), draw_signals((0, 1), 20)
    _, target, _ = make_readings(plant, VALUE, plant.mix, here)
    used = {name for group in plant.truth.groups for name in group}
    rest = [at for at, name in enumerate(NAMES) if name not in used]
    _, same, _ = make_readings(plant, VALUE, plant.mix, exchanged(here, rest, there))
    np.testing.assert_array_equal(target, same)


@pytest.mark.parametrize("plant", TRUE, ids=lambda plant: plant.name)
def test_each_group_of_the_truth_moves_the_target(plant: Plant) -> None:
    """Another draw of any group that matters changes targets: all, or a tenth where it is rare."""
    here, there = draw_signals((0, 0), 20), draw_signals((0, 1), 20)
    _, target, _ = make_readings(plant, VALUE, plant.mix, here)
    for group in plant.truth.groups:
        places = [NAMES.index(name) for name in group]
        _, moved, _ = make_readings(plant, VALUE, plant.mix, exchanged(here, places, there))
        share = (moved != target).mean()
        assert share > (0.9 if plant.name != "rare" or group != make_group(7) else 0.1)


def test_the_base_target_is_the_sum_of_two_bumps() -> None:
    """Without noise, a target is the highest |reading| of sensor 2 plus that of sensor 5."""
    quiet = draw_signals((0, 0), 3)
    quiet = replace(quiet, noise=np.zeros_like(quiet.noise))
    readings, target, _ = make_readings(BASE, VALUE, BASE.mix, quiet)
    peaks = readings.sum(axis=1) / BUMP
    np.testing.assert_allclose(target, peaks[:, 2] + peaks[:, 5])
    assert set((readings != 0).sum(axis=1).ravel()) == {BUMP}
    assert (readings[:, STEPS:] == 0).all()


def test_a_forecast_is_a_later_reading_of_a_sensor_that_is_read() -> None:
    """The target stands in the table, four rows after its window, in sensor 0."""
    windows = draw_training(BASE, ASKS["forecast"], runs=5).windows
    np.testing.assert_array_equal(windows.readings[windows.last_row + 4, 0], windows.target)
    history = windows.values[:, -1, 0]
    rest = windows.target - history - draw_training(BASE, ASKS["forecast"], runs=5).amounts
    assert np.abs(rest).max() < 2  # scatter only
    assert Case("base", "forecast", "variate", 0).truth.right[-1] == {"s0"}


def test_an_event_is_an_amount_above_zero() -> None:
    """Events and values are asked of the same readings."""
    events, values = (draw_training(BASE, ASKS[name], runs=3) for name in ("event", "value"))
    np.testing.assert_array_equal(events.windows.target, values.amounts > 0)
    np.testing.assert_array_equal(events.windows.readings, values.windows.readings)


def test_sensors_move_together_as_much_as_is_said() -> None:
    """0.92 where two have a cause in common, 0.99 where one is the other, else nothing."""

    def correlation(plant: str, one: int, other: int) -> float:
        readings = draw_training(PLANTS[plant], VALUE, runs=100).windows.readings
        return float(np.corrcoef(readings.T)[one, other])

    assert correlation("correlated", 2, 3) == pytest.approx(0.92, abs=0.02)
    assert correlation("duplicate", 5, 6) == pytest.approx(0.99, abs=0.005)
    assert correlation("base", 2, 3) == pytest.approx(0, abs=0.03)


def test_a_product_has_no_linear_share() -> None:
    """In the interaction plant linear rules are no better than the training mean."""
    plant = PLANTS["interaction"]
    train, held = draw_training(plant, VALUE, 200).windows, draw_held_out(plant, VALUE, 0).windows
    found = fit_value_rules(train, held, NAMES)
    errors = {name: ((said - held.target) ** 2).mean() for name, said in found.items()}
    assert min(errors.values()) > 0.97 * errors["training mean"]


def test_shuffled_targets_belong_to_other_windows() -> None:
    """The same targets, none where it was."""
    as_made, shuffled = (
        draw_training(PLANTS[name], VALUE, 20).amounts for name in ("base", "shuffled")
    )
    np.testing.assert_array_equal(np.sort(as_made), np.sort(shuffled))
    assert (as_made == shuffled).mean() < 0.05


def test_runs_are_seeded_and_sides_apart() -> None:
    """A run does not depend on how many are drawn; held-out runs share no name with training."""
    few, many = draw_training(BASE, VALUE, 2).windows, draw_training(BASE, VALUE, 4).windows
    np.testing.assert_array_equal(few.values, many.values[: len(few)])
    held = draw_held_out(BASE, VALUE, 1)
    assert len(held.windows.group_names) == 64
    assert len(held.windows) == 640
    assert not held.windows.group_names & few.group_names
    assert (draw_held_out(BASE, VALUE, 2).amounts != held.amounts).all()


def test_drift_is_in_held_out_runs_only() -> None:
    """Training readings are the base plant's; held-out ones are 0.2 higher."""
    plant = PLANTS["drifted"]
    here, base = draw_training(plant, VALUE, 5).windows, draw_training(BASE, VALUE, 5).windows
    np.testing.assert_array_equal(here.readings, base.readings)
    apart = (
        draw_held_out(plant, VALUE, 0).windows.readings
        - draw_held_out(BASE, VALUE, 0).windows.readings
    )
    assert apart.mean() == pytest.approx(0.2, abs=0.02)
