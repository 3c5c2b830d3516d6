"""What could be shown wrongly is refused, said, or measured row by row before it is averaged."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from generator import AttentionVisualizer, AttentionWeights
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.errors import CaptureError
from generator.kinds import TokenKind
from generator.measures.summary import summarise


def extract(model: nn.Module, data: object, **asked: object) -> AttentionWeights:
    return extract_attention(model, model_input(model, data), Extraction(**asked))  # type: ignore[arg-type]


class Switched(nn.Module):
    """Causal or not by an argument; sharp or not by an attribute; shifted by a hidden buffer."""

    shift: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.sharpness = 1.0
        self.register_buffer("shift", torch.zeros(8), persistent=False)

    def forward(self, x: torch.Tensor, causal: bool = False) -> torch.Tensor:
        x = (x + self.shift)[:, None]
        return F.scaled_dot_product_attention(x * self.sharpness, x, x, is_causal=causal)


def test_the_cache_knows_plain_arguments_attributes_and_hidden_buffers() -> None:
    """Each of them changes the maps, so each is read anew; the digest of the input differs too."""
    model, x = Switched(), torch.randn(1, 4, 8)
    reader = AttentionVisualizer(model)
    open_, causal = (reader.extract_attention_weights({"x": x, "causal": c}) for c in (False, True))
    assert open_.input_digest != causal.input_digest
    assert np.triu(causal.weights[0, 0], 1).max() == 0 < np.triu(open_.weights[0, 0], 1).max()
    model.sharpness = 5.0
    sharp = reader.extract_attention_weights({"x": x, "causal": False})
    model.shift += 1.0
    shifted = reader.extract_attention_weights({"x": x, "causal": False})
    found = [w.weights.tobytes() for w in (open_, causal, sharp, shifted)]
    assert len(set(found)) == 4


def test_every_array_of_a_kept_answer_is_protected() -> None:
    """Later answers share the arrays: none can be written; settings are copies."""
    reader = AttentionVisualizer(Switched())
    first = reader.extract_attention_weights(torch.ones(1, 4, 8))
    first.settings["group"] = "spoilt"
    for array in (first.weights, first.received_by_sample, first.focus_by_head, first.mask):
        assert array is not None
        assert not array.flags.writeable
    assert reader.extract_attention_weights(torch.ones(1, 4, 8)).settings["group"] == "encoder"


class Unread(nn.Module):
    """Attention by gates: weights between 0 and 1 that no row of adds up to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.mix(x) @ x.transpose(1, 2)) @ x


class Mixed(nn.Module):
    """Three layers named like attention, of which one can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.attention0, self.attention2 = Unread(), Unread()
        self.attention1 = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.attention0(x)
        x = self.attention1(x, x, x)[0]
        return self.attention2(x)


def test_layers_nobody_could_read_are_named_not_dropped() -> None:
    """One of three layers read: an error that names the other two, unless layers are chosen."""
    with pytest.raises(CaptureError, match=r"in them: attention0, attention2\..*0: attention1"):
        extract(Mixed(), torch.randn(2, 4, 8))
    chosen = extract(Mixed(), torch.randn(2, 4, 8), layers=(0,))
    assert chosen.layer_names == ("attention1",)
    assert chosen.gaps == ("attention0", "attention2")


class ReadOut(nn.Module):
    """A first token that looks at all others and that nobody may look at."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool)
        mask[:, 0] = False
        return F.scaled_dot_product_attention(x[:, None], x[:, None], x[:, None], attn_mask=mask)


def test_a_token_nobody_looks_at_keeps_its_own_row() -> None:
    """Only the caller's mask says what is padding."""
    got = extract(ReadOut(), torch.randn(2, 4, 8)).weights[0, 0]
    np.testing.assert_allclose(got.sum(-1), 1, atol=1e-6)
    assert (got[:, 0] == 0).all()


def silent_encoder() -> nn.TransformerEncoder:
    """An encoder whose queries and keys are zero: attention is uniform over what is visible."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    for part in model.layers:
        nn.init.zeros_(part.self_attn.in_proj_weight)
    return model


def test_uniform_attention_has_lift_one_however_samples_are_padded() -> None:
    """Four samples, three of them padded differently: lift 1 and focus 0 at every position."""
    padding = torch.zeros(4, 6, dtype=torch.bool)
    padding[1, 4:], padding[2, 3:], padding[3, 5:] = True, True, True
    got = extract(silent_encoder(), {"src": torch.randn(4, 6, 8), "src_key_padding_mask": padding})
    summary = summarise(got)
    np.testing.assert_allclose(summary.lift, 1, atol=1e-6)
    np.testing.assert_allclose(summary.focus, 0, atol=1e-6)


def test_focus_is_taken_before_samples_and_heads_are_averaged() -> None:
    """Two samples that look at opposite keys are focused, though their mean map is even."""
    x = torch.zeros(2, 2, 8)
    x[0, 0, 0] = x[1, 1, 0] = 40.0
    model = Switched()
    got = extract(model, x)
    each = [extract(model, x, sample=i).focus_by_head for i in (0, 1)]
    assert got.focus_by_head is not None
    np.testing.assert_allclose(got.focus_by_head, np.mean(np.stack(each), axis=0), atol=1e-6)
    from_mean = summarise(AttentionWeights(weights=got.weights)).layer_importance
    assert summarise(got).layer_importance > from_mean + 0.2


def test_head_means_still_know_every_heads_focus() -> None:
    """return_all_heads=False averages the maps, not the focus: equal to that of all heads."""
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    x = torch.randn(3, 5, 16)
    one = summarise(extract(model, x)).head_importance
    every = summarise(extract(model, x, all_heads=True)).head_importance
    assert one[0].shape == (4,)
    np.testing.assert_allclose(one[0], every[0], atol=1e-6)


def test_cross_attention_names_keys_only() -> None:
    """Four queries over four keys of another sequence: the queries do not get the keys' names."""
    model = nn.Transformer(16, 2, 1, 1, 32, batch_first=True)
    call = {"src": torch.randn(1, 4, 16), "tgt": torch.randn(1, 4, 16)}
    reader = AttentionVisualizer(model, feature_names=list("abcd"))
    summary = reader.get_attention_summary(reader.extract_attention_weights(call, group="cross"))
    assert summary.names == list("abcd")
    assert summary.query_names == [f"position_{i}" for i in range(4)]


class Latents(nn.Module):
    """Five learned queries, shared by all samples, over the tokens: the plain kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(1, 1, 5, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.scaled_dot_product_attention(self.latents, x[:, None], x[:, None])


def test_queries_of_another_length_make_it_cross_attention() -> None:
    """Broadcast queries count once for every sample."""
    got = extract(Latents(), torch.randn(3, 7, 8), group="cross")
    assert got.get_shape() == (1, 1, 5, 7)
    assert got.samples == 3


def test_the_samples_axis_is_not_guessed_from_the_order_of_a_mapping() -> None:
    """Mask first or source first: the same sample."""
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    model, x = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), torch.randn(8, 4, 16)
    mask = torch.zeros(4, 4)
    one = extract(model, {"mask": mask, "src": x}, sample=1)
    other = extract(model, {"src": x, "mask": mask}, sample=1)
    np.testing.assert_array_equal(one.weights, other.weights)
    assert one.rows_per_sample == 1


def test_sequence_first_layers_know_their_batch() -> None:
    """Stock layers with batch_first=False: the second axis holds the samples."""
    layer = nn.TransformerEncoderLayer(16, 2, 32)
    model, x = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), torch.randn(4, 6, 16)
    got = extract(model, x, sample=5)
    assert (got.get_shape(), got.rows_per_sample) == ((1, 1, 4, 4), 1)
    np.testing.assert_allclose(got.weights, extract(model, x[:, 5:]).weights, atol=1e-6)
    assert extract(model, x[:, 0]).samples == 1


class Router(nn.Module):
    """Attention, and a mixture of experts whose router ends in a softmax and a product."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.route, self.experts = nn.Linear(8, 4), nn.Parameter(torch.randn(4, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.attention(x, x, x)[0]
        return self.route(x).softmax(-1) @ self.experts


def test_a_router_is_no_layer_of_attention() -> None:
    """Its softmax is of a linear layer, not of queries times keys."""
    got = extract(Router(), torch.randn(2, 4, 8))
    assert got.layer_names == ("attention",)


def test_batches_add_up_to_the_whole() -> None:
    """Three forward passes over parts give what one over all gives."""
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    model, x = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), torch.randn(7, 5, 16)
    parts = [model_input(model, part) for part in x.split(3)]
    got = extract_attention(model, parts, Extraction(all_heads=True))
    whole = extract(model, x, all_heads=True)
    np.testing.assert_allclose(got.weights, whole.weights, atol=1e-6)
    assert got.samples == 7
    assert got.input_shape == (7, 5, 16)
    np.testing.assert_allclose(got.received_by_sample, whole.received_by_sample, atol=1e-6)


def test_text_tokens_take_no_sensor_names() -> None:
    """Vocabulary ids are no sensors, whatever the counts."""
    from transformers import BertConfig, BertModel

    config = BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        vocab_size=9,
    )
    reader = AttentionVisualizer(BertModel(config), feature_names=list("abcd"))
    with pytest.raises(ValueError, match="tokens are text"):
        reader.extract_attention_weights(np.array([[1, 2, 3, 4]]))
    plain = AttentionVisualizer(BertModel(config)).extract_attention_weights(np.array([[1, 2]]))
    assert plain.tokens is TokenKind.TEXT


def test_eight_bit_buffers_and_scripted_models_are_told_apart() -> None:
    """A float8 buffer has a digest; a scripted model is refused in words."""
    model = Switched()
    model.register_buffer("scale", torch.ones(3).to(torch.float8_e4m3fn))
    assert len(extract(model, torch.randn(1, 4, 8)).model_digest) == 64
    traced = torch.jit.trace(nn.Linear(8, 8), torch.randn(1, 8))
    with pytest.raises(ValueError, match="is scripted or traced"):
        model_input(traced, torch.randn(1, 8))


def test_a_compiled_model_has_the_names_and_digest_of_the_original() -> None:
    """`torch.compile` wraps the model; neither layer names nor the digest show it."""
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    model, x = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), torch.randn(2, 4, 16)
    compiled = torch.compile(model, backend="eager")
    plain, wrapped = extract(model, x), extract(compiled, x)
    assert wrapped.layer_names == plain.layer_names
    assert wrapped.model_digest == plain.model_digest
    np.testing.assert_allclose(wrapped.weights, plain.weights, atol=1e-6)
