"""The laws of the heating loop against hand calculation, steam tables and textbook limits."""

from __future__ import annotations

import numpy as np
import pytest

from examples.process_heat import thermal_laws as law


@pytest.mark.parametrize(
    ("celsius", "density"),
    [(4.0, 1000.0), (20.0, 998.2), (40.0, 992.2), (60.0, 983.2), (80.0, 971.8), (110.0, 951.0)],
)
def test_density_of_water(celsius: float, density: float) -> None:
    """Density agrees with steam tables within 0.1 %."""
    assert law.water_density(celsius) == pytest.approx(density, rel=1e-3)


def test_heat_by_hand() -> None:
    """60 m3/h cooled from 105 to 45 degC bring 1.163 x 0.9902 x 60 x 60 = 4,146 kW."""
    assert law.heat(60.0, 105.0, 45.0) == pytest.approx(1.163 * 0.9902 * 60 * 60, rel=1e-3)


def test_heat_exchanger_by_hand() -> None:
    """Three transfer units at a capacity ratio of one half: 1 - e^-1.5 over 1 - e^-1.5 / 2."""
    expected = (1 - np.exp(-1.5)) / (1 - 0.5 * np.exp(-1.5))
    assert law.effectiveness(150.0, 50.0, 100.0) == pytest.approx(expected)


def test_heat_exchanger_limits() -> None:
    """No conductance exchanges nothing, an endless one all, and more is never less."""
    conductances = np.linspace(0.01, 2000, 50)
    effects = [law.effectiveness(float(ua), 60.0, 160.0) for ua in conductances]
    assert effects[0] == pytest.approx(0, abs=1e-3)
    assert effects[-1] == pytest.approx(1, abs=1e-6)
    assert (np.diff(effects) >= 0).all()


def test_heat_exchanger_is_counter_flow() -> None:
    """The heat that the effectiveness gives is UA times the mean logarithmic difference."""
    ua, hot, cold, hot_in, cold_in = 235.0, 60.0, 160.0, 100.0, 42.0
    given = law.effectiveness(ua, hot, cold) * hot * (hot_in - cold_in)
    hot_end = hot_in - (cold_in + given / cold)
    cold_end = (hot_in - given / hot) - cold_in
    assert given == pytest.approx(ua * (hot_end - cold_end) / np.log(hot_end / cold_end))


def test_pump_obeys_the_affinity_laws() -> None:
    """At 1.5 times the speed: 1.5 times the flow, 2.25 times the head, 3.375 times the power."""
    flows = [law.flow_at(speed, law.LOOP_RESISTANCE) for speed in (50.0, 75.0)]
    heads = [law.pump_head(speed, flow) for speed, flow in zip((50.0, 75.0), flows, strict=True)]
    powers = [law.hydraulic_power(flow, head) for flow, head in zip(flows, heads, strict=True)]
    assert flows[1] / flows[0] == pytest.approx(1.5)
    assert heads[1] / heads[0] == pytest.approx(1.5**2)
    assert powers[1] / powers[0] == pytest.approx(1.5**3)


@pytest.mark.parametrize("bypass", [0.0, 0.25])
def test_pump_and_loop_meet(bypass: float) -> None:
    """At the flow of a speed, the pump's head is the loop's pressure drop K V^2."""
    resistance = law.loop_resistance(bypass)
    flow = law.flow_at(63.0, resistance)
    assert law.pump_head(63.0, flow) == pytest.approx(resistance * flow**2)
    assert law.speed_for(flow, resistance) == pytest.approx(63.0)


def test_power_by_hand() -> None:
    """90 m3/h against 3.6 bar is 9 kW."""
    assert law.hydraulic_power(90.0, 3.6) == pytest.approx(9.0)


def test_bypass_lowers_resistance() -> None:
    """A second path beside the exchanger makes the loop easier to flow through."""
    shares = np.linspace(0, 1, 11)
    assert (np.diff(law.loop_resistance(shares)) < 0).all()
    assert law.loop_resistance(0.0) == pytest.approx(3.5 / 90**2)


@pytest.mark.parametrize(("flow", "minutes"), [(20.0, 40), (40.0, 20), (80.0, 10)])
def test_pipe_delays_by_volume_over_flow(flow: float, minutes: int) -> None:
    """A step leaves the 13.3 m3 pipe after 40, 20 and 10 minutes at 20, 40 and 80 m3/h."""
    pipe = law.Pipe(13.3, 40.0, 0.0, 8.0)
    out = [pipe.push(flow / 60, 60.0) for _ in range(60)]
    assert int(np.argmax(np.array(out) > 50)) == pytest.approx(minutes, abs=1)
    assert out[-1] == pytest.approx(60.0)


def test_pipe_loses_no_heat_inside() -> None:
    """What goes in and what comes out differ by what the pipe holds: degrees times volume."""
    rng = np.random.default_rng(1)
    pipe, volumes, temperatures = law.Pipe(5.0, 40.0, 0.0, 8.0), rng.random(200), rng.random(200)
    out = [pipe.push(v, 60 * t) for v, t in zip(volumes, temperatures, strict=True)]
    came_in, went_out = np.sum(volumes * 60 * temperatures), np.sum(volumes * out)
    held = sum(volume * celsius for volume, celsius in pipe._parcels)
    assert came_in + 5.0 * 40.0 == pytest.approx(went_out + held)
    assert sum(volume for volume, _ in pipe._parcels) == pytest.approx(5.0)


def test_pipe_cools_towards_the_soil() -> None:
    """At 40 m3/h and 90 degC a loss of 0.12 kW/K takes 9.8 kW: 0.22 K."""
    pipe = law.Pipe(13.3, 40.0, 0.12, 8.0)
    left = pipe.cool(90.0, 40.0)
    assert 90.0 - left == pytest.approx(0.12 * 82 / (1.163 * 0.965 * 40), rel=0.01)
