"""Hand-made runs for the tests of pages and site: plausible and failed. Never published.

Attention comes from a seeded generator through the program's own measures, so that every record is
consistent in itself; names, scores and ranges are made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from generator.attention import AttentionWeights
from generator.kinds import SensorKind, TokenKind
from generator.measures.record import record_attention
from generator.measures.summary import summarise
from generator.records import (
    Adequacy,
    AgentRecord,
    AttentionRecord,
    DatasetRecord,
    FileDigest,
    Interval,
    ModelRecord,
    Quality,
    RunFailure,
    RunRecord,
    Score,
    Sensor,
    SensorRange,
    SiteInfo,
)
from generator.words import token_sentence
from tests.site import claims_for_pages

SITE = SiteInfo(
    title="Process heat attention audit", organisation="Example Works", retention_years=10
)

SENSORS = (
    ("fuel_flow", "kg/h", "FT-101", "", 51.0, 96.4, 139.0),
    ("air_flow", "kg/h", "FT-102", "", 930.0, 1720.0, 2610.0),
    ("oxygen_ppm", "ppm", "AT-104", "dry", 12_400.0, 34_100.0, 71_000.0),
    ("co_ppm", "ppm", "AT-105", "dry, raw", 0.0, 22.1, 940.0),
    ("burner_temp", "degC", "TT-106", "", 912.0, 1044.0, 1139.0),
    ("efficiency", "%", "", "LHV", 88.9, 91.2, 92.8),
    ("nox_emission", "mg/Nm3", "AT-107", "dry, at 3 % O2", 61.0, 104.0, 158.0),
    ("excess_air", "%", "", "", 6.1, 19.7, 46.0),
)
NAMES = tuple(row[0] for row in SENSORS)


def make_digest(text: str) -> str:
    """A digest that looks like one and is the same each time."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def make_weights(
    names: Sequence[str], tokens: TokenKind, layers: int = 2, heads: int = 4, seed: int = 0
) -> AttentionWeights:
    """Valid attention in which the first few keys stand out; (layers, heads, n, n)."""
    rng = np.random.default_rng(seed)
    n, samples = len(names), 12
    pull = np.linspace(1.6, 0.0, n)[rng.permutation(n)]
    scores = rng.normal(0, 0.7, (layers, heads, n, n)) + pull
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    drift = 1 + 0.2 * rng.standard_normal((samples, layers, n))
    received = weights.mean(axis=(1, 2))[None] * np.abs(drift)
    sensors = tokens is TokenKind.SENSORS
    return AttentionWeights(
        weights=weights.astype(np.float32),
        feature_names=list(names) if sensors else None,
        timestep_names=None if sensors else list(names),
        tokens=tokens,
        samples=samples,
        received_by_sample=(received / received.sum(-1, keepdims=True)).astype(np.float32),
        layer_names=tuple(f"blocks.{i}.attention" for i in range(layers)),
        captured_by=("sdpa",) * layers,
        input_digest=make_digest("input"),
    )


def make_attention(weights: AttentionWeights) -> AttentionRecord:
    """The record of those weights, by the program's own measures."""
    sensors = {name: _make_sensor(name, unit, tag, basis) for name, unit, tag, basis, *_ in SENSORS}
    return record_attention(summarise(weights, top_k=3), sensors)


def make_dataset(name: str = "boiler-house", *, simulated: bool = True) -> DatasetRecord:
    """Eight combustion sensors over some weeks."""
    return DatasetRecord(
        id=name,
        file="combustion.parquet",
        sha256=make_digest(name),
        rows=51_840,
        time="Europe/Berlin",
        first="2026-01-12 00:00",
        last="2026-03-01 03:50",
        step="10 s",
        groups=48,
        group_word="run",
        gaps=0,
        windows=2113,
        explained=200,
        explained_events=5,
        explained_groups=14,
        explained_first="2026-02-15 00:00",
        explained_last="2026-03-01 03:50",
        window_length=64,
        window_span="10 min 40 s",
        stride=16,
        holdout="the last 30 % of runs (14 of 48)",
        target="co_breakthrough",
        target_words="CO above 200 ppm within the next 5 min",
        sensors=tuple(make_range(*row) for row in SENSORS),
        simulated=simulated,
        licence="CC-BY-4.0",
        credit="",
    )


def make_range(
    name: str, unit: str, tag: str, basis: str, low: float, mean: float, high: float
) -> SensorRange:
    return SensorRange(
        sensor=_make_sensor(name, unit, tag, basis),
        low=low,
        mean=mean,
        high=high,
        missing=155,
        explained_low=low * 1.1,
        explained_high=high * 0.96,
        outside_training=0.004 if name == "co_ppm" else 0.0,
    )


def _make_sensor(name: str, unit: str, tag: str, basis: str) -> Sensor:
    return Sensor(
        name=name,
        unit=unit,
        basis=basis,
        tag=tag,
        kind=SensorKind.MEASURED if tag else SensorKind.CALCULATED,
        derived_from=() if tag else ("oxygen_ppm",),
    )


def make_model(name: str, tokens: TokenKind, sensors: Sequence[str] = NAMES) -> ModelRecord:
    """A small transformer for the combustion data."""
    return ModelRecord(
        id=name,
        source="safetensors",
        architecture="variate-transformer"
        if tokens is TokenKind.SENSORS
        else "timestep-transformer",
        description="Warns of carbon monoxide in the flue gas of a boiler five minutes ahead.",
        parameters=28_641,
        layers=2,
        heads=4,
        sha256=make_digest(name),
        files=(FileDigest(name="model.safetensors", size=117_264, sha256=make_digest("weights")),),
        tokens=tokens,
        token_words=token_sentence(tokens),
        sensors=tuple(sensors),
        target="co_breakthrough",
        target_unit="probability",
        trained_on="combustion.parquet, runs 1 to 34",
        trained_sha256=make_digest("training data"),
    )


def make_quality(*, beats: bool = True) -> Quality:
    """Held-out scores of an event warning."""
    auc, precision = (0.957, 0.713) if beats else (0.871, 0.402)
    return Quality(
        task="event",
        windows=2113,
        groups=14,
        events=97,
        scores=(
            Score(
                measure="ROC AUC",
                unit="",
                better="higher",
                model=auc,
                rules={"last CO value": 0.842, "lowest oxygen": 0.889, "logistic on slopes": 0.903},
                best_rule="logistic on slopes",
                beats_rule=beats,
            ),
            Score(
                measure="average precision",
                unit="",
                better="higher",
                model=precision,
                rules={"last CO value": 0.31, "lowest oxygen": 0.402, "logistic on slopes": 0.481},
                best_rule="logistic on slopes",
                beats_rule=beats,
            ),
        ),
        mean_error=None,
        overlap=0,
        words="On 14 held-out runs the model ranks warnings better than every simple rule tried."
        if beats
        else "On 14 held-out runs a simple rule ranks warnings better than the model.",
        adequacy=make_adequacy(beats=beats),
    )


def make_adequacy(*, beats: bool = True) -> Adequacy:
    """How far the model of those scores is ahead of the best rule, or behind it."""
    ahead = Interval(estimate=5.4, low=3.1, high=7.7)
    return Adequacy(
        measure="ROC AUC",
        rule="logistic on slopes",
        ahead=ahead if beats else Interval(estimate=-3.2, low=-5.1, high=-1.3),
        unit="points",
        needed=5.0,
        periods=14,
        passed=beats,
        words="The model is 5.4 points (95 % range 3.1 to 7.7) ahead of the best simple rule in "
        "ROC AUC."
        if beats
        else claims_for_pages.BEHIND,
    )


def make_agent() -> AgentRecord:
    """The combustion agent."""
    return AgentRecord(
        id="GL-018",
        agent="combustion-optimizer",
        name="Unified combustion optimiser",
        senses="fuel, air, flue gas and burner of a 1.9 MW gas-fired boiler",
        predicts="CO above 200 ppm within the next 5 min",
        intended_use="Shows an engineer where to look when a warning was given.",
        limits=("Not for alarms, trips or set-points.", "Not for emission figures."),
    )


VERSIONS = {"attention-reports": "0.1.0", "numpy": "2.4.1", "torch": "2.13.0"}


def make_sensor_run(name: str = "gl-018-boiler-house") -> tuple[RunRecord, AttentionWeights]:
    """A run whose tokens are sensors, with its weights."""
    weights = make_weights(NAMES, TokenKind.SENSORS)
    record = RunRecord(
        id=name,
        key=make_digest(name),
        model=make_model("combustion", TokenKind.SENSORS),
        dataset=make_dataset(),
        agent=make_agent(),
        quality=make_quality(),
        claims=claims_for_pages.make_held_record(),
        attention=make_attention(weights),
        settings={"windows": "200, seed 0", "tokens": "sensors"},
        versions=VERSIONS,
    )
    return record, weights


def make_timestep_run(name: str = "timesteps-boiler-house") -> tuple[RunRecord, AttentionWeights]:
    """A run whose tokens are time steps: no sensor may be named in its ranking."""
    names = [f"−{(63 - i) * 10 // 60}:{(63 - i) * 10 % 60:02d}" for i in range(64)]
    weights = make_weights(names, TokenKind.TIMESTEPS, seed=3)
    record = RunRecord(
        id=name,
        key=make_digest(name),
        model=make_model("combustion-timesteps", TokenKind.TIMESTEPS),
        dataset=make_dataset(),
        quality=make_quality(beats=False),
        claims=claims_for_pages.make_not_assessed_record(),
        attention=make_attention(weights),
        settings={"windows": "200, seed 0"},
        versions=VERSIONS,
    )
    return record, weights


def make_failed_run(name: str = "patchtst-boiler-house") -> RunRecord:
    """A run that has a reason in place of a result."""
    message = (
        "model combustion-patchtst: model.safetensors is missing in its folder; "
        "put the weights there, or take the report out of the manifest"
    )
    return RunRecord(
        id=name,
        key=make_digest(name),
        dataset=make_dataset(),
        versions=VERSIONS,
        failure=RunFailure(stage="model", message=message),
    )
