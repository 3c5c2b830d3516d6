"""Promises kept on measured data: a hydraulic test rig whose faults were set on purpose.

The reference is `attention_by_hand` (numpy, float64), polars and scikit-learn, the published class
counts, and what each fault does to the sensors; the data is read in place.
"""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

from generator.datasets.holdout import choose_held_out_groups
from tests.real.attention_by_hand import Readings, read_readings
from tests.real.plants.hydraulic_rig import BLOCKS
from tests.real.promises import (
    check_credit,
    check_digest,
    check_maps,
    check_verdict,
    read_kept_scores,
)
from tests.real.site_build import DATA, SiteBuild, load_numpy_model, sample_explained

pytestmark = pytest.mark.slow

HERE, CSV, LABELS = "hydraulic_rig", "hydraulic_rig_1hz.csv.gz", "hydraulic_rig_labels.csv.gz"
COOLER, PUMP = "cooler-by-sensor", "pump-by-sensor"
TARGETS = {COOLER: "cooler_condition_pct", PUMP: "pump_leakage_level"}
MODELS = {COOLER: "hydraulic-cooler", PUMP: "hydraulic-pump"}
PUBLISHED = {
    "cooler_condition_pct": {3: 732, 20: 732, 100: 741},
    "valve_condition_pct": {73: 360, 80: 360, 90: 360, 100: 1125},
    "pump_leakage_level": {0: 1221, 1: 492, 2: 492},
    "accumulator_bar": {90: 808, 100: 399, 115: 399, 130: 599},
    "not_stable_flag": {0: 1449, 1: 756},
}
CYCLES, LENGTH, SIDE = 2205, 60, "the last 30 % of each of 9 blocks of cycles"
CALCULATED = {"cooling_efficiency_pct", "cooling_power_kw", "efficiency_factor_pct"}


@pytest.fixture(scope="module")
def rig(made: SiteBuild) -> Readings:
    """The readings, read without the program."""
    assert made.records
    return read_readings(DATA / HERE / CSV)


@pytest.fixture(scope="module")
def labels(made: SiteBuild) -> Readings:
    """The labels of each cycle, read without the program."""
    assert made.records
    return read_readings(DATA / HERE / LABELS)


@pytest.fixture(scope="module")
def held() -> np.ndarray:
    """The numbers of the held-out cycles: the last 73 of each 245."""
    size = CYCLES // BLOCKS
    return np.flatnonzero(np.arange(CYCLES) % size >= math.ceil(0.7 * size))


def windows_of(rig: Readings, report: str, cycles: np.ndarray) -> np.ndarray:
    """(window, time, sensor): one load cycle each."""
    return rig.windows(
        cycles * LENGTH + LENGTH - 1, load_numpy_model(MODELS[report]).sensors, LENGTH
    )


def test_classes_are_as_many_as_published(labels: Readings) -> None:
    """Every label column has the published count of cycles of each state."""
    for name, counts in PUBLISHED.items():
        values, found = np.unique(labels.column(name), return_counts=True)
        assert dict(zip(values.astype(int), found, strict=True)) == counts


def test_faults_move_the_sensors_that_they_must(rig: Readings, labels: Readings) -> None:
    """A failing cooler warms the oil, a leaking pump delivers less: the rig's ground truth."""
    cycle = rig.column("cycle").astype(int)
    for sensor, target, expected in (
        ("temp_1_c", "cooler_condition_pct", {100: 36, 20: 45, 3: 55}),
        ("flow_1_l_min", "pump_leakage_level", {0: 6.60, 1: 5.79, 2: 5.61}),
        ("efficiency_factor_pct", "pump_leakage_level", {0: 59.2, 1: 51.5, 2: 49.5}),
    ):
        state = labels.column(target)[cycle]
        found = {level: rig.column(sensor)[state == level].mean() for level in expected}
        assert found == pytest.approx(expected, rel=0.02)


def test_one_window_is_one_whole_cycle(made: SiteBuild, rig: Readings, held: np.ndarray) -> None:
    """2,205 cycles of 60 rows: no window crosses one, and 73 of each 245 are held out."""
    frame = pl.DataFrame({"cycle": rig.column("cycle"), "second": rig.column("second")})
    each = frame.group_by("cycle").agg(pl.len(), pl.col("second").n_unique().alias("seconds"))
    assert each.height == CYCLES
    assert set(each["len"]) == set(each["seconds"]) == {LENGTH}
    assert (rig.column("cycle") == np.repeat(np.arange(CYCLES), LENGTH)).all()
    for report in TARGETS:
        dataset, quality = made.dataset(report), made.quality(report)
        assert (dataset.rows, dataset.groups) == (CYCLES * LENGTH, CYCLES)
        assert dataset.windows == quality.windows == quality.groups == len(held) == 9 * 73
        assert quality.overlap == 0
        trained = load_numpy_model(MODELS[report]).config["trained"]["groups"]
        assert sorted(map(int, trained)) == sorted(set(range(CYCLES)) - set(held))


def test_the_cut_is_the_manifests(held: np.ndarray) -> None:
    """The program holds out the same cycles as the arithmetic here."""
    names = [str(cycle) for cycle in range(CYCLES)]
    assert choose_held_out_groups(names, 0.3, BLOCKS) == {str(cycle) for cycle in held}


@pytest.mark.parametrize("report", TARGETS)
def test_every_class_stands_on_both_sides(
    made: SiteBuild, labels: Readings, held: np.ndarray, report: str
) -> None:
    """Class counts of record and polars agree, and each class is trained on and asked about."""
    known = np.setdiff1d(np.arange(CYCLES), held)
    state = labels.column(TARGETS[report]).astype(int)
    found = {
        int(entry.name): (entry.training, entry.windows) for entry in made.quality(report).classes
    }
    expected = {
        level: ((state[known] == level).sum(), (state[held] == level).sum())
        for level in PUBLISHED[TARGETS[report]]
    }
    assert found == expected
    assert min(min(counts) for counts in found.values()) >= 90


@pytest.mark.parametrize("report", TARGETS)
def test_published_attention_is_the_softmax_of_the_raw_weights(
    made: SiteBuild, rig: Readings, held: np.ndarray, report: str
) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5."""
    check_maps(made, report, MODELS[report], windows_of(rig, report, sample_explained(held)))


@pytest.mark.parametrize("report", TARGETS)
def test_the_models_figures_are_scikit_learns(
    made: SiteBuild, rig: Readings, labels: Readings, held: np.ndarray, report: str
) -> None:
    """Balanced accuracy, F1, accuracy and recalls are those of a float64 forward pass."""
    model = load_numpy_model(MODELS[report])
    levels = np.array([int(name) for name in model.config["target"]["classes"]])
    said = levels[model.predict(windows_of(rig, report, held)).argmax(axis=1)]
    truth = labels.column(TARGETS[report])[held].astype(int)
    quality = made.quality(report)
    expected = {
        "balanced accuracy": balanced_accuracy_score(truth, said),
        "macro F1": f1_score(truth, said, average="macro"),
        "accuracy": accuracy_score(truth, said),
    }
    assert {score.measure: score.model for score in quality.scores} == pytest.approx(expected)
    recalls = recall_score(truth, said, labels=levels, average=None)
    found = {int(entry.name): entry.recall for entry in quality.classes}
    assert found == pytest.approx(dict(zip(levels, recalls, strict=True)))
    kept = read_kept_scores(MODELS[report], SIDE)[MODELS[report]]
    assert kept["balanced_accuracy"] == pytest.approx(expected["balanced accuracy"], abs=1e-5)


@pytest.mark.parametrize("report", TARGETS)
def test_verdict_and_sentence_follow_the_figures(made: SiteBuild, report: str) -> None:
    """Whether a simple rule wins stands in the record and on the page, either way."""
    check_verdict(made, report)


def test_computed_channels_are_marked_and_credit_stands_on_the_page(made: SiteBuild) -> None:
    """Three channels are calculated, the rest measured; ZeMA and the licence are named."""
    for report in TARGETS:
        sensors = [entry.sensor for entry in made.dataset(report).sensors]
        assert {sensor.name for sensor in sensors if sensor.kind == "calculated"} == CALCULATED
        assert len(sensors) == 17
        assert all(sensor.unit for sensor in sensors)
        said = [
            "N. Helwig, E. Pignanelli, A. Schuetze",
            "ZeMA gGmbH",
            "UCI data set 447",
            "CC-BY-4.0",
        ]
        check_credit(made, report, MODELS[report], said)


def test_the_data_is_the_file_of_the_data_sheet(made: SiteBuild) -> None:
    """Record and model name the digest made of both files', which are those of the data sheet."""
    both = {
        "data": check_digest(HERE, CSV),
        "labels": check_digest(HERE, LABELS),
    }
    canonical = json.dumps(both, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(canonical).hexdigest()
    for report, model in MODELS.items():
        dataset = made.dataset(report)
        assert (dataset.sha256, dataset.label_file, dataset.label_join) == (digest, LABELS, "cycle")
        assert load_numpy_model(model).config["trained"]["sha256"] == digest
