"""Known causes: truth is made as it should be, by hand-made cases; one real grading has its shape.

No test wishes for a result: hits and misses stand in the table.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest
import torch
import yaml

from benchmarks.known_causes import eastman
from benchmarks.known_causes.causes import Cause, read_causes
from benchmarks.known_causes.fault_case import group_mask
from benchmarks.known_causes.grade import (
    count_held,
    first_rank,
    mean_roc_auc,
    rank_correlation,
    roc_auc,
)
from benchmarks.known_causes.noise import boiler_noise, instrument_noise, loop_noise
from benchmarks.known_causes.plants import PLANTS
from benchmarks.known_causes.subject import load_subjects
from benchmarks.known_causes.twin_grades import FaultRows, grade_fault
from benchmarks.known_causes.twins import compare_twins, mark_during
from examples.process_heat import natural_gas
from examples.process_heat.combustion_data import SENSORS
from examples.process_heat.thermal_data import INSTRUMENTS
from examples.process_heat.transmitters import Transmitter
from generator.datasets.windows import cut_windows
from generator.kinds import Verdict
from tests.conftest import ROOT

NOON = datetime(2026, 1, 5, 12)
LATER = datetime(2026, 1, 5, 13)


def test_a_fault_shows_where_it_moves_a_sensor_beyond_three_noises() -> None:
    """3.0 noises is not beyond; a lost reading and a run without a twin show nothing."""
    readings = np.array([[1.3, 5.0], [1.31, np.nan], [9.0, 9.0]])
    twins = np.array([[1.0, 5.0], [1.0, 5.0], [np.nan, np.nan]])
    noise = np.array([[0.1, 0.0], [0.1, 0.0], [np.nan, np.nan]])
    found = compare_twins(readings, twins, noise, {})
    assert found.visible.tolist() == [[False, False], [True, False], [False, False]]
    assert found.readings[2].tolist() == [9.0, 9.0]


def test_a_setpoint_shows_any_difference() -> None:
    """Without noise every difference is the fault's."""
    found = compare_twins(np.array([[1.0], [1.001]]), np.ones((2, 1)), np.zeros((2, 1)), {})
    assert found.visible.tolist() == [[False], [True]]


def test_what_happens_goes_on_in_its_own_run_from_start_to_end() -> None:
    """Without an end it goes on to the last row."""
    rows = pl.DataFrame({"run": ["a", "a", "b"], "timestamp": [NOON, LATER, LATER]})
    happened = pl.DataFrame(
        {
            "run": ["a", "b"],
            "kind": ["leak", "leak"],
            "start": [NOON, NOON],
            "end": [NOON, None],
        }
    )
    assert mark_during(rows, happened, "leak", "run").tolist() == [True, False, True]
    assert mark_during(rows, happened, "other", "run").tolist() == [False] * 3


def test_noise_is_what_the_transmitter_states() -> None:
    """Absolute and relative noise add, means have less, resolution counts as a uniform error."""
    plain = Transmitter("x", "", "", 0, 1, 0.3, 0.01, 0, 0, 0.0, 100)
    assert instrument_noise(plain, np.array([10.0])) == pytest.approx(0.4)
    assert instrument_noise(plain, np.array([10.0]), of=4) == pytest.approx(0.2)
    steps = replace(plain, noise=0.0, relative_noise=0.0, resolution=0.6)
    assert instrument_noise(steps, np.array([10.0])) == pytest.approx(0.6 / np.sqrt(12))


def test_calculated_sensors_carry_the_noise_of_what_they_are_calculated_from() -> None:
    """Excess air and efficiency scatter as their formulas do in seeded noisy oxygen."""
    rng, oxygen = np.random.default_rng(0), 3.0 + np.zeros(20_000)
    made = {
        "excess_air": natural_gas.excess_air(oxygen),
        "efficiency": natural_gas.boiler_efficiency(oxygen, 180.0, 20.0),
    }
    read = {name: np.full(len(oxygen), 50.0) for name in SENSORS} | made
    found = boiler_noise(read | {"oxygen_ppm": 1e4 * oxygen})
    noisy = oxygen + rng.normal(0, found["oxygen_ppm"][0] / 1e4, len(oxygen))
    stack, air = (at + rng.normal(0, by, len(oxygen)) for at, by in ((180.0, 0.5), (20.0, 0.2)))
    scatter = natural_gas.boiler_efficiency(noisy, stack, air).std()
    assert found["excess_air"][0] == pytest.approx(natural_gas.excess_air(noisy).std(), rel=0.05)
    assert found["efficiency"][0] == pytest.approx(scatter, rel=0.05)


def test_a_setpoint_has_no_noise() -> None:
    """The controller's own number is exact."""
    read = {name: np.ones(2) for name in ("load_demand", *_loop_sensors())}
    assert loop_noise(read)["load_demand"].tolist() == [0.0, 0.0]


def _loop_sensors() -> list[str]:
    return [one.sensor for one in INSTRUMENTS]


def test_a_group_shows_in_a_span_what_any_of_its_sensors_shows() -> None:
    """Two sensors of three, spans of two rows."""
    seen = np.zeros((1, 4, 3), dtype=bool)
    seen[0, 1, 0] = seen[0, 2, 2] = True
    assert group_mask(seen, (0, 1), np.array([0, 2])).tolist() == [[True, False]]
    assert group_mask(seen, (1, 2), np.array([0, 2])).tolist() == [[False, True]]


def test_statistics_are_those_made_by_hand() -> None:
    """Area 3 of 4 pairs; ties half; ranks count from the largest; nothing to compare is None."""
    effects, right = np.array([4.0, 1.0, 3.0, 2.0]), np.array([True, False, False, True])
    assert roc_auc(effects, right) == 0.75
    assert roc_auc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
    assert roc_auc(effects, np.zeros(4, dtype=bool)) is None
    assert mean_roc_auc(np.stack([effects, effects]), np.stack([right, right & False])) == 0.75
    assert first_rank([1.0, 5.0, 3.0], [True, False, True]) == 2
    assert rank_correlation(np.arange(4.0), -np.arange(4.0)) == -1
    assert rank_correlation(np.arange(4.0), np.zeros(4)) is None
    verdicts = [Verdict.SUPPORTED, Verdict.WEAK, Verdict.SUPPORTED]
    assert str(count_held(verdicts, [True, True, False])) == "1 of 2"


def test_every_expected_sensor_is_one_of_its_plant() -> None:
    """No expectation is misspelt: each names sensors that a manifest or the data has."""
    spec = _sensors("reports.yaml") | _sensors("tests/real/reports.yaml")
    spec[eastman.DATASET] = set(eastman.SENSORS)
    for dataset, known in read_causes().items():
        for cause in known.causes.values():
            assert {*cause.sensors, *cause.never} <= spec[dataset]


def _sensors(file: str) -> dict[str, set[str]]:
    read = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["datasets"]
    return {name: set(one["sensors"]) for name, one in read.items()}


def test_a_group_is_expected_by_one_sensor_and_forbidden_by_all() -> None:
    """A group that holds a sensor which may be named is not forbidden."""
    cause = Cause(sensors=("a",), never=("b", "c"))
    assert cause.names(("a", "b"))
    assert not cause.names(("b",))
    assert cause.forbids(("b", "c"))
    assert not cause.forbids(("a", "b"))


def test_chunks_hold_one_state_and_leave_gaps() -> None:
    """15 rows of each 20; rows before a run's fault are without fault; none crosses its start."""
    rows = pl.DataFrame({"fault": [4] * 200, **{name: [0.0] * 200 for name in eastman.SENSORS}})
    found = eastman.cut_chunks(rows)
    counted = found.group_by("chunk", maintain_order=True).agg(pl.len(), pl.col("fault").n_unique())
    assert len(counted) == 10
    assert counted["len"].to_list() == [15] * 10
    assert counted["fault"].to_list() == [1] * 10
    assert found["fault"].to_list() == [0] * 120 + [4] * 30


@pytest.mark.skipif(not eastman.DATA.exists(), reason=f"{eastman.DATA.name} is not here")
def test_chunks_take_turns() -> None:
    """Of two chunks in a row the first trains and the second is held out, in every state."""
    windows = cut_windows(*eastman.read_runs())
    train, held = windows.select_held(out=False), windows.select_held(out=True)
    assert train.class_counts.tolist() == held.class_counts.tolist()
    assert not train.group_names & held.group_names


@pytest.fixture(scope="module")
def grading() -> FaultRows:
    """One fault of the pump, on a few windows."""
    torch.set_num_threads(1)
    [subject] = load_subjects(ROOT / "reports.yaml", ("gl-013-circulation-pump",))
    [plant] = [one for one in PLANTS if one.dataset == subject.dataset]
    cause = read_causes()[subject.dataset].causes["cavitation"]
    return grade_fault(subject, plant.truth(subject.table), "cavitation", cause, 12)


def test_a_grading_has_a_row_in_each_table(grading: FaultRows) -> None:
    """Summary, shown, spans and twins have one row; groups have one each; shares are shares."""
    assert [len(rows) for rows in vars(grading).values()][:4] == [1, 1, 1, 1]
    assert not grading.few
    assert len(grading.groups) > 1
    for row in grading.groups:
        assert 0 <= row["visible in windows"] <= 1
        assert row["twin effect, sd(F)"] >= 0
        assert {row["verdict"], row["were the gate passed"]} <= {each.value for each in Verdict}


def test_a_sensor_the_fault_never_touches_has_no_twin_effect(grading: FaultRows) -> None:
    """Its own twin reads the same, so that exchanging it changes nothing."""
    untouched = [row for row in grading.groups if row["visible in windows"] == 0]
    assert all(row["twin effect, sd(F)"] < 1e-3 for row in untouched)
