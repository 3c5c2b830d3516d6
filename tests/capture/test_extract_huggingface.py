"""Hugging Face models as they come: our maps equal their own eager `output_attentions`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from generator.attention import AttentionWeights
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from tests.capture.families import FAMILIES, Family, make_padded, make_token_ids

PAIRS = [(family, group) for family in FAMILIES for group in family.groups]


def extract(family: Family, attention: str | None, group: str, sample: int) -> AttentionWeights:
    model = family.model(attention)
    asked = Extraction(all_heads=True, group=group, sample=sample)
    return extract_attention(model, model_input(model, family.inputs()), asked)


def own_maps(family: Family, group: str) -> torch.Tensor:
    """(layers, rows, heads, queries, keys) that the eager model itself returns."""
    with torch.no_grad():
        output = family.model("eager")(**family.inputs(), output_attentions=True)
    return torch.stack(output[family.groups[group]])


def without_padding(family: Family, maps: np.ndarray) -> np.ndarray:
    """Rows of padded queries, which eager leaves summing to 1, set to zero as capture has them."""
    mask = family.inputs().get("attention_mask")
    if mask is not None:
        maps = maps * mask[1].numpy()[None, None, :, None]
    return maps


@pytest.mark.parametrize("attention", [None, "eager"], ids=["default", "eager"])
@pytest.mark.parametrize(("family", "group"), PAIRS, ids=lambda v: getattr(v, "name", v))
def test_maps_are_the_models_own(family: Family, group: str, attention: str | None) -> None:
    """Default attention or eager, every layer and head, padded sample: equal to 1e-5."""
    got = extract(family, attention, group, sample=1)
    reference = own_maps(family, group)
    rows = reference.shape[1] // 3
    expected = reference[:, rows : 2 * rows].mean(1).numpy()
    np.testing.assert_allclose(got.weights, without_padding(family, expected), atol=1e-5)
    assert got.validate(atol=1e-4), got.problems(atol=1e-4)


def test_sinks_are_missing_mass_not_an_error() -> None:
    """GPT-OSS rows sum to less than 1; the missing part is stated and the weights are valid."""
    family = next(f for f in FAMILIES if f.name == "GptOss")
    got = extract(family, None, "encoder", sample=0)
    assert got.missing_mass is not None
    np.testing.assert_allclose(got.weights.sum(-1) + got.missing_mass, 1, atol=1e-6)
    assert got.weights.sum(-1).min() < 0.9


def test_channels_in_the_batch_axis_are_counted() -> None:
    """PatchTST puts three channels of each sample in its batch: said, never taken for heads."""
    family = next(f for f in FAMILIES if f.name == "PatchTST")
    got = extract(family, None, "encoder", sample=2)
    assert got.rows_per_sample == 3
    assert got.get_shape() == (2, 4, 6, 6)


def test_inputs_as_arrays() -> None:
    """An integer array is ids; a float array is embeddings or past values."""
    bert = next(f for f in FAMILIES if f.name == "Bert").model()
    ids = make_token_ids().numpy().astype(np.int32)
    by_name = extract_attention(
        bert, model_input(bert, {"input_ids": make_token_ids()}), Extraction()
    )
    by_array = extract_attention(bert, model_input(bert, ids), Extraction())
    np.testing.assert_array_equal(by_array.weights, by_name.weights)
    embedded = np.random.default_rng(0).normal(size=(2, 6, 32))
    assert model_input(bert, embedded).main == "inputs_embeds"
    assert model_input(bert, embedded).arguments["inputs_embeds"].dtype == torch.float32
    patchtst = next(f for f in FAMILIES if f.name == "PatchTST").model()
    given = model_input(patchtst, np.zeros((2, 24, 3)))
    assert given.main == "past_values"
    assert given.arguments["past_observed_mask"].all()


def test_a_missing_argument_is_named() -> None:
    """Nothing is guessed: the error lists what the forward needs."""
    import transformers

    config = transformers.TimeSeriesTransformerConfig(
        prediction_length=4, context_length=8, lags_sequence=[1, 2], num_time_features=1, d_model=16
    )
    model = transformers.TimeSeriesTransformerModel(config)
    with pytest.raises(ValueError, match=r"needs past_time_features.*pass a mapping"):
        model_input(model, np.zeros((2, 10)))


def test_what_has_no_attention_is_refused() -> None:
    """Mamba has no attention matrix: an error says so, no empty or uniform map is shown."""
    import transformers

    config = transformers.MambaConfig(hidden_size=16, num_hidden_layers=1, vocab_size=64)
    model = transformers.MambaModel(config)
    with pytest.raises(ValueError, match="no attention matrix was computed"):
        extract_attention(model, model_input(model, make_padded()["input_ids"]), Extraction())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_recomputed_in_float32(dtype: torch.dtype) -> None:
    """A half-precision model's maps are within its precision of the float32 model's."""
    family = next(f for f in FAMILIES if f.name == "Bert")
    model = family.model()
    whole = extract_attention(model, model_input(model, make_token_ids()), Extraction())
    model.to(dtype)
    half = extract_attention(model, model_input(model, make_token_ids()), Extraction())
    assert half.weights.dtype == np.float32
    np.testing.assert_allclose(half.weights, whole.weights, atol=5e-3)
