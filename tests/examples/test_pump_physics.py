"""The pump's waveforms and faults against formulas: tones, RMS, and what each fault moves first."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from examples.process_heat.combustion_plan import Event
from examples.process_heat.pump_data import SENSORS, simulate_readings
from examples.process_heat.pump_machine import (
    FULL_FLOW_M3_H,
    FULL_HEAD_BAR,
    SUCTION_BAR,
    Machine,
    draw_fault_severity,
    efficiency_ratio,
    run_machine,
)
from examples.process_heat.pump_plan import (
    A_DAY,
    WARM_UP,
    LifePlan,
    plan_life,
    remove_faults,
)
from examples.process_heat.pump_signals import Signals, draw_rough_acceleration, simulate_signals
from examples.process_heat.pump_waveform import (
    POINTS,
    RATE,
    bearing_tones,
    bursts,
    emission_db,
    envelope_spectrum,
    velocity_rms,
)

QUIET_LIFE = 12
ONSET, FULL = 2 * A_DAY, 8 * A_DAY
TIME = np.arange(POINTS) / RATE


@cache
def course(kind: str) -> tuple[LifePlan, Machine, Signals]:
    """One quiet life with this fault from day 2, full at day 8; 'healthy' has none."""
    quiet = replace(remove_faults(plan_life(QUIET_LIFE)), neighbours=(), dry_grease=(), stops=())
    fault = None if kind == "healthy" else Event(kind, "", ONSET, FULL, 1.0)
    plan = replace(quiet, fault=fault)
    machine = run_machine(plan)
    return plan, machine, simulate_signals(plan, machine)


def gained(kind: str) -> dict[str, np.ndarray]:
    """(sample,) each sensor's reading less its healthy twin's, from day 0."""
    faulty, healthy = simulate_readings(*course(kind)), simulate_readings(*course("healthy"))
    return {name: (faulty[name] - healthy[name])[WARM_UP:] for name in SENSORS}


def at_full(kind: str) -> dict[str, float]:
    """Mean gain of each sensor over the two days after the fault is full."""
    return {
        name: float(np.nanmean(gain[FULL : FULL + 2 * A_DAY]))
        for name, gain in gained(kind).items()
    }


def first_day(gain: np.ndarray, floor: float) -> float:
    """Day on which the mean of three hours first passes the floor."""
    smooth = np.convolve(np.nan_to_num(gain), np.ones(18) / 18, "same")
    return float(np.argmax(smooth > floor)) / A_DAY


def test_velocity_of_a_known_sine() -> None:
    """10 m/s2 peak at 159.155 Hz is 10 mm/s peak, 7.071 mm/s RMS."""
    wave = 10 * np.sin(2 * np.pi * 159.155 * TIME + 0.3)
    assert velocity_rms(wave) == pytest.approx(10 / np.sqrt(2), rel=2e-3)


def test_velocity_is_band_limited() -> None:
    """A tone above 1,000 Hz and a standing offset leave less than 0.5 % of themselves."""
    wave = 2 * np.pi * 1150 * np.sin(2 * np.pi * 1150 * TIME)
    assert velocity_rms(wave) < 5e-3 * 1000 / np.sqrt(2)


def test_white_acceleration_has_the_velocity_asked_for() -> None:
    """The rough part of the waveform has, over many samples, the velocity RMS it is given."""
    wave = draw_rough_acceleration(np.full((300, 3), 2.0), np.random.default_rng(0))
    mean_square = np.mean(velocity_rms(wave) ** 2)
    assert np.sqrt(mean_square) == pytest.approx(2.0, rel=0.1)


def test_emission_in_decibel() -> None:
    """100 microvolt RMS is 40 dB(AE), ten times as much 20 dB more."""
    assert emission_db(np.full(POINTS, 100.0)) == pytest.approx(40.0)
    assert emission_db(np.full(POINTS, 1000.0)) == pytest.approx(60.0)


def test_bearing_tones_by_hand() -> None:
    """At 24.75 turns a second a 6314 passes 76.1 balls outside and 121.9 inside, cage 9.52."""
    tones = bearing_tones(24.75)
    assert tones.outer == pytest.approx(4 * 24.75 * (1 - 25.4 / 110))
    assert (tones.outer, tones.inner, tones.cage) == pytest.approx((76.14, 121.86, 9.518), abs=0.01)
    assert tones.outer + tones.inner == pytest.approx(8 * 24.75)


def test_the_envelope_shows_the_bearing_tone() -> None:
    """The highest line of the impacts' envelope stands at the outer race's tone."""
    outer = bearing_tones(24.75).outer
    train = bursts(np.array([0.4]), np.array([outer]), 0.002)[0]
    hertz, height = envelope_spectrum(train)
    assert hertz[np.argmax(height)] == pytest.approx(float(outer), abs=RATE / POINTS)


def test_efficiency_by_hand() -> None:
    """Full flow against 4.9 bar is 54.4 kW; at 112.7 A and 0.93 that is 0.75 of the power."""
    hydraulic = FULL_FLOW_M3_H / 3600 * FULL_HEAD_BAR * 1e5
    current = hydraulic / 0.75 / (np.sqrt(3) * 400 * 0.93)
    found = efficiency_ratio(np.array([SUCTION_BAR + FULL_HEAD_BAR]), np.array([current]))
    assert hydraulic == pytest.approx(54_444, abs=1)
    assert found == pytest.approx([0.75])


def test_affinity_laws() -> None:
    """In a healthy life head follows the square of the speed, and current its cube."""
    _, machine, _ = course("healthy")
    head = np.polyfit(np.log(machine.speed), np.log(machine.pressure - SUCTION_BAR), 1)[0]
    current = np.polyfit(np.log(machine.speed), np.log(machine.current), 1)[0]
    assert head == pytest.approx(2.0, abs=0.1)
    assert current == pytest.approx(3.0, abs=0.15)


def test_zones_of_healthy_and_failed_machines() -> None:
    """Healthy: zone A, under 1.4 mm/s. With a full fault of rotor or bearing: zone D, over 4.5."""
    _, _, healthy = course("healthy")
    assert np.median(healthy.vibration[WARM_UP:], axis=0).max() < 1.4
    for kind, axis in (("unbalance", 0), ("bearing", 0), ("misalignment", 2)):
        worst = course(kind)[2].vibration[WARM_UP + FULL :, axis]
        assert np.median(worst[np.argsort(worst)[-200:]]) > 4.5, kind


def test_unbalance_steps_radially() -> None:
    """Unbalance: x and y jump together at the onset; z, emission, temperature stay."""
    gain, full = gained("unbalance"), at_full("unbalance")
    for axis in ("vibration_x", "vibration_y"):
        before, after = gain[axis][ONSET - 18 : ONSET], gain[axis][ONSET : ONSET + 18]
        assert np.nanmean(np.abs(before)) < 0.05
        assert np.nanmean(after) > 0.5
        assert full[axis] > 1.5
    assert abs(full["vibration_z"]) < 0.05
    assert abs(full["acoustic_emission"]) < 0.2
    assert abs(full["temperature"]) < 0.2


def test_bearing_sounds_days_before_it_shakes_and_warms() -> None:
    """Bearing: emission two days before vibration, vibration before temperature."""
    gain = gained("bearing")
    sounds = first_day(gain["acoustic_emission"], 3.0)
    shakes = first_day(gain["vibration_x"], 0.3)
    warms = first_day(gain["temperature"], 3.0)
    assert 2 < sounds < shakes - 2
    assert shakes < warms < 8.5


def test_misalignment_is_axial_and_twice_a_turn() -> None:
    """Misalignment: z gains more than three times what x does, at twice a turn; emission stays."""
    full = at_full("misalignment")
    assert full["vibration_z"] > 3 * full["vibration_x"] > 0
    assert abs(full["acoustic_emission"]) < 0.2
    faulty, healthy = course("misalignment")[1], course("healthy")[1]
    assert np.array_equal(faulty.once, healthy.once)
    assert (faulty.twice[-A_DAY:, 2] > healthy.twice[-A_DAY:, 2] + 1).all()


def test_cavitation_sounds_pulsates_and_takes_less_power() -> None:
    """Cavitation: emission and pressure noise up; pressure, current and efficiency down."""
    full, (_, machine, signals) = at_full("cavitation"), course("cavitation")
    pulsation = (signals.pressure - machine.pressure)[WARM_UP:]
    ratio = simulate_readings(*course("cavitation"))["efficiency_ratio"][WARM_UP:]
    assert full["acoustic_emission"] > 10
    assert full["efficiency_ratio"] < -0.08
    assert full["electrical_current"] < -3
    assert full["pressure"] < -0.3
    assert np.std(pulsation[FULL:]) > 5 * np.std(pulsation[:ONSET])
    assert np.nanstd(np.diff(ratio[FULL:])) > 3 * np.nanstd(np.diff(ratio[:ONSET]))


@pytest.mark.parametrize("kind", ["bearing", "unbalance", "misalignment", "cavitation"])
def test_severity_grows_from_the_onset(kind: str) -> None:
    """Severity is 0 before the onset, never falls, and is 1 once full."""
    severity = draw_fault_severity(course(kind)[0])
    assert not severity[: WARM_UP + ONSET].any()
    assert (np.diff(severity) >= -1e-12).all()
    assert severity[WARM_UP + FULL] == pytest.approx(1.0)
