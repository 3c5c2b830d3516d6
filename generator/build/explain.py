"""One run, from its inputs to its record: the stages as one readable list.

In: a planned Run. Out: a RunRecord and its files in the store. Each stage takes only what the
one before it gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from generator.agents.registry import load_agent
from generator.attention import AttentionWeights
from generator.build.artifacts import write_artifacts
from generator.build.assessment import Population, assess_claims, score_model
from generator.build.plan import Run
from generator.build.settings import WINDOWS_AT_ONCE, describe_settings
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import ModelInput, model_input
from generator.claims.attention_measures import measure_model
from generator.datasets.dataset import read_dataset
from generator.datasets.description import describe_dataset
from generator.datasets.model_windows import adapt_to_model
from generator.datasets.row_labels import label_steps
from generator.datasets.windows import SensorTable, SensorWindows, cut_windows
from generator.errors import InputError
from generator.installed import list_versions
from generator.kinds import TokenKind
from generator.measures.record import record_attention
from generator.measures.summary import summarise
from generator.models.source import LoadedModel, load_model
from generator.models.threads import limit_threads
from generator.records import AgentRecord, DatasetRecord, ModelRecord, RunRecord
from generator.tokens.meaning import TokenMeaning, choose_meaning
from generator.tokens.names import name_tokens

ALL_HEADS_BYTES = 64_000_000  # more than this, and a report keeps head means only
SHOWN_TOP = 5


def explain(run: Run, entry: Path, stage: Callable[[str], None]) -> RunRecord:
    """Everything one report needs; its files are written below `entry / 'files'`.

    Raises:
        ReportsError, ValueError: what is wrong with the run's inputs, in one sentence.
    """
    stage("reading data")
    table = read_dataset(run.dataset, run.dataset_files, run.label_files, run.twin_files)
    windows = cut_windows(run.dataset, table)
    stage("loading model")
    model = load_model(run.model.source, run.model_folder, run.model_id)
    with limit_threads(model.parameters):
        return _explain_loaded(
            run, table, adapt_to_model(run.dataset, table, windows, model), model, entry, stage
        )


def _explain_loaded(
    run: Run,
    table: SensorTable,
    windows: SensorWindows,
    model: LoadedModel,
    entry: Path,
    stage: Callable[[str], None],
) -> RunRecord:
    stage("measuring held-out quality")
    good = score_model(run, table, model, windows)
    population = sample_population(run, windows.select_held(out=True))
    explained = population.explained
    stage("extracting attention")
    weights = extract_weights(model, explained)
    tokens = identify_tokens(run, model, weights)
    weights = add_token_names(table, model, tokens, weights)
    stage("summarising")
    summary = summarise(weights, min(SHOWN_TOP, weights.get_shape()[3]))
    data = record_dataset(run, table, windows, explained, model)
    stage("testing what is claimed")
    claims = assess_claims(run, table, model, good, population, data, tokens)
    record = RunRecord(
        id=run.id,
        key=run.key,
        model=record_model(model, tokens, weights),
        dataset=data,
        agent=record_agent(run),
        quality=good.quality,
        claims=claims,
        attention=record_attention(
            summary, {row.sensor.name: row.sensor for row in data.sensors}, tokens.coverage
        ),
        measures=measure_model(model, good.train, explained, weights, tokens.coverage),
        settings=describe_settings(run),
        versions=list_versions(),
    )
    stage("drawing and exporting")
    files = write_artifacts(entry / "files", record, summary, explained.labels, run.report.exports)
    return record.model_copy(update={"artifacts": files})


def sample_population(run: Run, held: SensorWindows) -> Population:
    """The seeded sample a report is about, of the windows it could be about.

    Raises:
        InputError: only windows before an event are asked for, and there is none.
    """
    able = select_explainable(run, held)
    choice = run.report.windows
    return Population(able.sample(choice.count, choice.seed), len(able))


def select_explainable(run: Run, held: SensorWindows) -> SensorWindows:
    """The held-out windows that a report could be about.

    Windows with too many readings that are not good are never explained.

    Raises:
        InputError: only windows before an event are asked for, and there is none.
    """
    choice = run.report.windows
    held = held.take(np.flatnonzero(held.doubtful <= run.thresholds.missing))
    if choice.of == "events":
        before = np.flatnonzero(held.target > 0)
        if held.classes or not len(before) or not np.isin(held.target, (0, 1)).all():
            raise InputError(
                f"report {run.id}: windows: {{of: events}} needs held-out windows that an event "
                f"follows; {run.dataset.target.column} has none"
            )
        held = held.take(before)
    return held


def record_dataset(
    run: Run,
    table: SensorTable,
    windows: SensorWindows,
    explained: SensorWindows,
    model: LoadedModel,
) -> DatasetRecord:
    """The dataset's record, with ranges of the sensors that the model reads."""
    return describe_dataset(
        run.dataset_id,
        run.dataset,
        run.dataset_digests,
        table,
        windows,
        explained,
        model.sensors,
        run.label_digests,
        run.thresholds.missing,
    )


def extract_weights(model: LoadedModel, windows: SensorWindows) -> AttentionWeights:
    """Mean maps over the windows; all heads where they fit, else their mean."""
    probe = extract_attention(
        model.module, _prepare_batch(model, windows.gather_values(np.arange(1))), Extraction()
    )
    layers, _, queries, keys = probe.get_shape()
    size = layers * probe.averaged_heads * queries * keys * np.dtype(np.float32).itemsize
    batches = [_prepare_batch(model, values) for values in windows.iter_batches(WINDOWS_AT_ONCE)]
    request = Extraction(all_heads=size <= ALL_HEADS_BYTES)
    return extract_attention(model.module, batches, request, probe.model_digest)


def _prepare_batch(model: LoadedModel, values: np.ndarray) -> ModelInput:
    return model_input(model.module, model.forward_input(values))


def add_token_names(
    table: SensorTable, model: LoadedModel, tokens: TokenMeaning, weights: AttentionWeights
) -> AttentionWeights:
    """The weights with the names their tokens can carry, and no others."""
    rows = label_steps(model.window, table.clock.step if table.clock.is_real else None)
    names = name_tokens(tokens.coverage, rows) if tokens.coverage else None
    sensors = tokens.kind is TokenKind.SENSORS
    return replace(
        weights,
        model_name=model.id,
        tokens=tokens.kind,
        feature_names=names if sensors else None,
        timestep_names=None if sensors else names,
    )


def identify_tokens(run: Run, model: LoadedModel, weights: AttentionWeights) -> TokenMeaning:
    """What the map's tokens are by the model's word, or by the manifest's where it has none.

    Raises:
        InputError: the manifest's statement is not the model's, or does not fit the map.
    """
    keys, meaning = weights.get_shape()[3], TokenMeaning(model.tokens, model.coverage)
    try:
        return choose_meaning(meaning, run.report.tokens, model.window, model.sensors, keys)
    except InputError as error:
        raise InputError(f"report {run.id}: {error}") from error


def record_model(
    model: LoadedModel, tokens: TokenMeaning, weights: AttentionWeights
) -> ModelRecord:
    """What pages and provenance say of the model."""
    layers, heads, _, _ = weights.get_shape()
    return ModelRecord(
        id=model.id,
        source=model.source,
        architecture=model.architecture,
        description=model.description,
        parameters=model.parameters,
        layers=layers,
        heads=max(heads, weights.averaged_heads),
        sha256=model.digest,
        files=model.files,
        tokens=tokens.kind,
        token_words=tokens.words,
        sensors=model.sensors,
        target=model.target,
        target_unit=model.target_unit,
        classes=model.classes,
        unread_rows=tokens.coverage.unread if tokens.coverage else 0,
        trained_on=model.trained_on,
        trained_sha256=model.trained_sha256,
    )


def record_agent(run: Run) -> AgentRecord | None:
    """Who uses the model, and what for; None for a model by itself."""
    if run.agent is None or run.agent_id is None:
        return None
    agent = load_agent(run.agent.agent, {"model": str(run.model_folder)})
    return AgentRecord(
        id=run.agent_id,
        agent=run.agent.agent,
        name=agent.name,
        senses=agent.senses,
        predicts=agent.predicts,
        intended_use=agent.intended_use,
        limits=tuple(agent.limits),
    )
