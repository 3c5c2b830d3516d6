"""One record of every measure: what is there is right, what is not says why."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertModel,
    PatchTSTConfig,
    PatchTSTModel,
    T5Config,
    T5Model,
)

from generator.attention import AttentionWeights
from generator.capture.extract import Extraction, extract_attention
from generator.capture.gradients import GradientMaps, extract_gradients
from generator.capture.inputs import ModelInput, model_input
from generator.kinds import TokenKind
from generator.measures.ablation_importance import measure_ablation_importance
from generator.measures.catalogue import MEASURES
from generator.measures.evidence import ValueArrays
from generator.measures.measure import Measure
from generator.measures.measurements import measure_attention
from generator.measures.read_out import ClsRow, LastRow, MeanOfRows
from generator.records import AttentionMeasurements
from tests.meaning.masks import FULL, PADDED, draw_attention

ALL_HEADS = Extraction(all_heads=True)


def by_hand(mask: np.ndarray = FULL, **known: Any) -> AttentionWeights:
    """Two layers, three heads, four positions."""
    return AttentionWeights(weights=draw_attention(mask).astype(np.float32), mask=mask, **known)


def missing(measurements: AttentionMeasurements) -> set[str]:
    return {one.measure for one in measurements.measurements if one.missing}


def number(output: Any) -> torch.Tensor:
    """One for each sample, of every position."""
    state: torch.Tensor = output.last_hidden_state
    slopes = torch.linspace(-1, 2, state[0].numel()).view(state[0].shape)
    return (slopes * state).sin().flatten(1).sum(1)


def bert() -> tuple[BertModel, ModelInput]:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=32,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=16,
    )
    model = BertModel(config).eval()
    ids = torch.randint(1, 32, (1, 6), generator=torch.Generator().manual_seed(0))
    return model, model_input(model, ids)


def everything() -> tuple[AttentionWeights, GradientMaps, AttentionMeasurements]:
    """Bert, with all that can be given."""
    model, given = bert()
    weights = extract_attention(model, given, ALL_HEADS)
    gradients = extract_gradients(model, given, number)
    draw = np.random.default_rng(0)
    measurements = measure_attention(
        weights,
        gradients,
        read_out=ClsRow(0),
        blocks=np.array([0, 0, 1, 1, 2, 2]),
        values=ValueArrays(draw.normal(size=(2, 4, 6, 3)), draw.normal(size=(2, 4, 3, 5))),
        ablation=measure_ablation_importance(model, given, [given], number),
    )
    return weights, gradients, measurements


def test_every_measure_is_listed_once_in_one_order() -> None:
    """Maps alone: what needs more says what it needs, and nothing is left out."""
    measurements = measure_attention(by_hand())
    names = [one.name for one in MEASURES]
    assert [one.measure for one in measurements.measurements] == names
    assert len(set(names)) == len(names)
    needs = {"value_norm", "rollout", "flow", "relevance", "gather", "used", "used_by_series"}
    assert missing(measurements) == needs | {"head_importance", "head_ablation", "layer_ablation"}
    assert "needs the gradient" in measurements.of("used").missing
    assert "how the model reads its last layer" in measurements.of("rollout").missing
    assert "each has its own claim" in measurements.of("layer_ablation").missing


@pytest.mark.parametrize("measure", MEASURES, ids=[one.name for one in MEASURES])
def test_a_measure_says_what_it_is(measure: Measure) -> None:
    """A sentence that ends, a formula, and a paper with its year or that it is our own."""
    assert measure.title[0].isupper()
    assert measure.meaning.endswith(".")
    assert measure.formula
    assert re.search(r"[A-Z].* (19|20)\d\d|^own definition", measure.source)


def test_with_all_that_can_be_given_all_is_there() -> None:
    """But a share of series, which this model does not read one by one."""
    _, _, measurements = everything()
    assert missing(measurements) == {"used_by_series"}
    shapes = {one.measure: one.shape for one in measurements.measurements if not one.missing}
    positions = {name for name, shape in shapes.items() if shape == (6,)}
    assert len(positions) == 12
    assert {name for name, shape in shapes.items() if shape == (2, 4)} == {
        *("head_class", "redundancy", "effective_rank", "head_importance", "head_ablation")
    }
    assert shapes["layer_ablation"] == (2,)
    for one in measurements.measurements:
        assert len(one.words or one.values) == int(np.prod(one.shape)) * (not one.missing)


def test_measurements_are_the_measures_numbers() -> None:
    """Typed again from the maps: received, off-diagonal, entropy, rollout, relevance, heads."""
    weights, gradients, measurements = everything()
    maps = weights.weights.astype(float)
    expected = {
        "received": maps.mean((0, 1, 2)),
        "off_diagonal": 1 - np.diagonal(maps.mean((0, 1))),
        "entropy": -(maps * np.log(maps)).sum(-1).mean((0, 1)),
    }
    rolled, owed = np.eye(6), np.eye(6)
    for one, gradient in zip(maps.mean(1), gradients.maps, strict=True):
        rolled = (0.5 * one + 0.5 * np.eye(6)) @ rolled
        owed = owed + gradient.positive @ owed
    expected |= {"rollout": rolled[0], "relevance": owed[0]}
    expected["head_importance"] = np.ravel([one.heads for one in gradients.maps])
    expected["gather"] = sum(one.gathered for one in gradients.maps)
    for measure, values in expected.items():
        np.testing.assert_allclose(measurements.of(measure).values, values, rtol=1e-5, atol=1e-7)


def test_the_read_out_is_in_the_note_and_changes_the_measurement() -> None:
    """The same maps read at another position are another measurement."""
    first = measure_attention(by_hand(), read_out=ClsRow(0)).of("rollout")
    last = measure_attention(by_hand(), read_out=LastRow()).of("rollout")
    mean = measure_attention(by_hand(), read_out=MeanOfRows()).of("rollout")
    assert first.note == "Read out: position 0; through the 2 layers shown."
    assert len({first.values, last.values, mean.values}) == 3


def test_padding_is_none_and_never_0() -> None:
    """In every measurement of positions."""
    measurements = measure_attention(by_hand(PADDED), read_out=LastRow())
    placed = [one for one in measurements.measurements if one.axis]
    assert len(placed) == 8
    assert all([v is None for v in one.values] == [False] * 3 + [True] for one in placed)


def test_the_record_survives_json() -> None:
    """Written and read again it is equal, holds no number that JSON has not, and keeps its keys."""
    measurements = measure_attention(by_hand(PADDED), read_out=LastRow())
    text = measurements.model_dump_json()
    assert "NaN" not in text
    assert AttentionMeasurements.model_validate_json(text) == measurements
    assert [one["measure"] for one in json.loads(text)["figures"]] == [m.name for m in MEASURES]


def test_averaged_heads_have_no_measurements_of_heads() -> None:
    """Said with what to do; entropy says that it is of means."""
    model, given = bert()
    measurements = measure_attention(extract_attention(model, given, Extraction()))
    for measure in ("head_class", "redundancy", "effective_rank"):
        assert "read them with all heads" in measurements.of(measure).missing
    assert "means over 4 heads" in measurements.of("entropy").note
    assert measurements.of("focus").note == ""  # measured head by head while the model ran


def test_series_read_one_by_one_are_told_apart_by_gradients_only() -> None:
    """PatchTST, explained by its second series alone: all that was used is that series'."""
    config = PatchTSTConfig(
        num_input_channels=3,
        context_length=32,
        patch_length=8,
        patch_stride=8,
        num_hidden_layers=2,
        d_model=16,
        ffn_dim=16,
        num_attention_heads=2,
    )
    torch.manual_seed(0)
    model = PatchTSTModel(config).eval()
    data = torch.randn(2, 32, 3, generator=torch.Generator().manual_seed(0))
    given = model_input(model, data)
    weights = extract_attention(model, given, ALL_HEADS)
    gradients = extract_gradients(
        model, given, lambda out: out.last_hidden_state[:, 1].pow(3).flatten(1).sum(1)
    )
    measurements = measure_attention(replace(weights, tokens=TokenKind.PATCHES), gradients)
    series = measurements.of("used_by_series")
    np.testing.assert_allclose(series.values, [0, 1, 0], atol=1e-6)
    assert series.sensors.yes
    used = measurements.of("used")
    assert not used.missing
    assert not used.sensors.yes
    assert "see what was used of each series" in used.sensors.reason
    assert used.steps.yes
    assert not measurements.of("received").sensors.yes


def crossing() -> tuple[T5Model, ModelInput, GradientMaps]:
    torch.manual_seed(0)
    config = T5Config(vocab_size=32, d_model=16, d_kv=4, d_ff=16, num_layers=2, num_heads=4)
    model = T5Model(config).eval()
    ids = torch.randint(1, 32, (1, 6), generator=torch.Generator().manual_seed(0))
    given = model_input(model, {"input_ids": ids, "decoder_input_ids": ids[:, :4]})
    return model, given, extract_gradients(model, given, number)


def test_cross_attention_is_never_taken_for_self_attention() -> None:
    """No diagonal, no rollout, no flow; relevance goes through both sequences by rules 6, 7, 10."""
    model, given, gradients = crossing()
    weights = extract_attention(model, given, Extraction(all_heads=True, group="cross"))
    measurements = measure_attention(weights, gradients, read_out=LastRow())
    for measure in ("off_diagonal", "rollout", "flow"):
        assert measurements.of(measure).missing == "Its queries and keys are not one sequence."
    assert set(measurements.of("head_class").words) <= {"vertical", "mixed"}
    maps = [one.positive.astype(float) for one in gradients.maps]
    ii, qq, qi = np.eye(6), np.eye(4), np.zeros((4, 6))
    for one in maps[:2]:
        ii = ii + one @ ii

    def hat(matrix: np.ndarray) -> np.ndarray:
        less = matrix - np.eye(len(matrix))
        sums = less.sum(-1, keepdims=True)
        return np.asarray(less / np.where(sums == 0, 1, sums) + np.eye(len(matrix)))

    for itself, across in (maps[2:4], maps[4:6]):
        qq, qi = qq + itself @ qq, qi + itself @ qi
        qi = qi + hat(qq).T @ across @ hat(ii)
    np.testing.assert_allclose(measurements.of("relevance").values, qi[3], rtol=1e-5)


def test_the_groups_of_an_encoder_decoder_have_their_own_relevance() -> None:
    """The decoder's is to itself; the encoder's is told where it reaches the output."""
    model, given, gradients = crossing()
    asked = [Extraction(all_heads=True, group=group) for group in ("decoder", "encoder")]
    decoder, encoder = (
        measure_attention(extract_attention(model, given, one), gradients, read_out=LastRow())
        for one in asked
    )
    assert len(decoder.of("relevance").values) == 4
    assert "by cross-attention" in encoder.of("relevance").missing
    assert len(encoder.of("used").values) == 6


def test_layers_that_are_shown_are_the_layers_that_are_measured() -> None:
    """One layer of two: gather, heads and ablation are of that layer; another model's are not."""
    model, given = bert()
    second = extract_attention(model, given, Extraction(all_heads=True, layers=(1,)))
    gradients = extract_gradients(model, given, number)
    other = torch.randint(1, 32, (3, 6), generator=torch.Generator().manual_seed(1))
    ablation = measure_ablation_importance(model, given, [model_input(model, other)], number)
    measurements = measure_attention(second, gradients, ablation=ablation)
    np.testing.assert_allclose(
        measurements.of("gather").values, gradients.maps[1].gathered, rtol=1e-5
    )
    assert measurements.of("head_importance").shape == (1, 4)
    np.testing.assert_allclose(
        measurements.of("head_ablation").values, ablation.heads[1], rtol=1e-6
    )
    np.testing.assert_allclose(
        measurements.of("layer_ablation").values, ablation.layers[1:], rtol=1e-6
    )
    unread = measure_attention(replace(second, layer_names=("elsewhere",)), gradients)
    assert "No gradient was read of elsewhere" in unread.of("used").missing
    strange = replace(second, layer_names=("elsewhere",))
    told = measure_attention(strange, ablation=ablation).of("head_ablation")
    assert told.missing == "It was not measured of the layers shown: elsewhere."


def test_sinks_without_values_are_candidates_only() -> None:
    """The note says so, and what even attention alone would do."""
    measurements = measure_attention(by_hand())
    assert "Candidates only" in measurements.of("sinks").note
    mask = np.tril(FULL)
    even = (mask / mask.sum(-1, keepdims=True))[None, None].astype(np.float32)
    told = measure_attention(AttentionWeights(weights=even)).of("sinks")
    assert told.values == (1.0, 1.0, 0.0, 0.0)
    assert "Even attention alone would make 2 positions candidates." in told.note
    _, _, whole = everything()
    assert "Confirmed" in whole.of("sinks").note


def test_what_takes_long_is_left_with_its_reason() -> None:
    """Flow of 96 positions, ranks and pairs of heads of thousands."""
    weights = np.random.default_rng(0).dirichlet(np.ones(96), size=(2, 4, 96)).astype(np.float32)
    measurements = measure_attention(AttentionWeights(weights=weights), read_out=LastRow())
    assert "takes too long for 96 positions" in measurements.of("flow").missing
    assert not measurements.of("effective_rank").missing
    long = np.full((1, 2, 1100, 1100), 1 / 1100, dtype=np.float32)
    told = measure_attention(AttentionWeights(weights=long))
    assert "takes too long for 2 heads of 1100 x 1100" in told.of("effective_rank").missing


def test_what_is_no_attention_is_refused() -> None:
    """With the reasons; so is a read-out of a position that is not there."""
    with pytest.raises(ValueError, match="rows sum to more than 1"):
        measure_attention(AttentionWeights(weights=np.ones((1, 1, 2, 2))))
    with pytest.raises(ValueError, match="position 3 is none of the real queries"):
        measure_attention(by_hand(PADDED), read_out=ClsRow(3))
