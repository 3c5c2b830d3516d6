"""Stock PyTorch: what capture reads is what nn.MultiheadAttention itself returns when asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from generator.attention import AttentionWeights
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.errors import CaptureError


def extract(model: nn.Module, data: object, **asked: object) -> AttentionWeights:
    return extract_attention(model, model_input(model, data), Extraction(**asked))  # type: ignore[arg-type]


def encoder(**options: object) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, **options)  # type: ignore[arg-type]
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


def own_maps(model: nn.TransformerEncoder, x: torch.Tensor) -> np.ndarray:
    """(layers, samples, heads, queries, keys) by each layer's own attention, weights asked for."""
    model.eval()
    maps = []
    with torch.no_grad():
        for layer in model.layers:
            assert isinstance(layer, nn.TransformerEncoderLayer)
            inside = layer.norm1(x) if layer.norm_first else x
            _, weights = layer.self_attn(
                inside, inside, inside, need_weights=True, average_attn_weights=False
            )
            maps.append(weights)
            x = layer(x)
    return torch.stack(maps).numpy()


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_a_transformer_encoder_shows_its_true_maps(norm_first: bool, training: bool) -> None:
    """Every layer and head, in train or eval mode, fast path or not."""
    model = encoder(norm_first=norm_first).train(training)
    x = torch.randn(3, 9, 32)
    got = extract(model, x, all_heads=True, sample=1)
    assert got.get_shape() == (2, 4, 9, 9)
    assert got.layer_names == ("layers.0.self_attn", "layers.1.self_attn")
    assert got.captured_by == ("sdpa", "sdpa")
    assert model.training is training
    np.testing.assert_allclose(got.weights, own_maps(model, x)[:, 1], atol=1e-6)


@pytest.mark.parametrize("need_weights", [True, False])
def test_bare_multihead_attention_never_takes_the_batch_for_heads(need_weights: bool) -> None:
    """Three samples and four heads: the shape says four heads, the map is the samples' mean."""
    model, x = nn.MultiheadAttention(32, 4, batch_first=True), torch.randn(3, 8, 32)
    call = {"query": x, "key": x, "value": x, "need_weights": need_weights}
    got = extract(model, call, all_heads=True)
    _, expected = model(x, x, x, average_attn_weights=False)
    assert got.get_shape() == (1, 4, 8, 8)
    assert got.samples == 3
    np.testing.assert_allclose(got.weights[0], expected.mean(0).detach(), atol=1e-6)


def test_encoder_decoder_and_cross_attention_are_told_apart() -> None:
    """nn.Transformer has all three groups; cross attention is not square."""
    model = nn.Transformer(32, 4, 2, 3, 64, batch_first=True)
    call = {"src": torch.randn(2, 9, 32), "tgt": torch.randn(2, 5, 32)}
    assert extract(model, call, group="encoder").get_shape() == (2, 1, 9, 9)
    assert extract(model, call, group="decoder").get_shape() == (3, 1, 5, 5)
    cross = extract(model, call, group="cross")
    assert cross.get_shape() == (3, 1, 5, 9)
    assert cross.layer_names[0] == "decoder.layers.0.multihead_attn"


def test_padded_queries_are_left_out() -> None:
    """A padded key is seen by nobody, and its own query row does not count."""
    model, x = encoder(), torch.randn(2, 6, 32)
    padding = torch.zeros(2, 6, dtype=torch.bool)
    padding[1, 4:] = True
    one = extract(model, {"src": x, "src_key_padding_mask": padding}, sample=1)
    assert (one.weights[..., 4:] == 0).all()
    assert (one.weights[:, :, 4:] == 0).all()
    alone = extract(model, x[1:, :4])
    np.testing.assert_allclose(one.weights[:, :, :4, :4], alone.weights, atol=1e-6)
    both = extract(model, {"src": x, "src_key_padding_mask": padding})
    first = extract(model, {"src": x, "src_key_padding_mask": padding}, sample=0)
    np.testing.assert_allclose(both.weights[:, :, 4:], first.weights[:, :, 4:], atol=1e-7)
    np.testing.assert_allclose(
        both.weights[:, :, :4], (first.weights + one.weights)[:, :, :4] / 2, atol=1e-7
    )


class HandWritten(nn.Module):
    """softmax(QK^T) V spelled out, heads in the batch axis, dropout and a gate after softmax."""

    num_heads = 4

    def __init__(self, gate: bool = False) -> None:
        super().__init__()
        self.mix, self.gate, self.kept = nn.Linear(32, 96), gate, torch.empty(0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        q, k, v = (
            t.reshape(batch, length, 4, 8).transpose(1, 2).reshape(batch * 4, length, 8)
            for t in self.mix(x).chunk(3, -1)
        )
        weights = F.dropout(
            torch.softmax(q @ k.transpose(1, 2) / 8**0.5, dim=-1), 0.1, self.training
        )
        if self.gate:
            weights = weights * torch.tensor([1.0, 0.0, 1.0, 1.0]).repeat(batch)[:, None, None]
        self.kept = weights.unflatten(0, (batch, 4))
        mixed: torch.Tensor = torch.bmm(weights, v)
        return mixed


@pytest.mark.parametrize("gate", [False, True])
def test_hand_written_attention_is_followed_to_its_product(gate: bool) -> None:
    """What is shown is what multiplied the values, after any gate on the probabilities."""
    model, x = HandWritten(gate), torch.randn(2, 5, 32)
    got = extract(model, x, all_heads=True, sample=1)
    np.testing.assert_allclose(got.weights[0], model.kept[1].detach(), atol=1e-7)
    assert got.captured_by == ("softmax",)


class Kernel(nn.Module):
    """Calls the fused kernel itself, without a head axis."""

    def __init__(self, heads: int | None) -> None:
        super().__init__()
        if heads:
            self.num_heads = heads

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.scaled_dot_product_attention(x, x, x)


def test_a_kernel_call_without_heads_is_one_head() -> None:
    """(samples, positions, width) straight into the kernel: one head per sample."""
    assert extract(Kernel(None), torch.randn(3, 5, 8), all_heads=True).get_shape() == (1, 1, 5, 5)


class FoldedHeads(nn.Module):
    """Heads folded into the batch axis, and nothing says how many."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        folded = x.unflatten(-1, (4, 2)).movedim(2, 1).flatten(0, 1)
        return F.scaled_dot_product_attention(folded, folded, folded)


def test_unknown_heads_are_refused_not_guessed() -> None:
    """Six rows for three samples could be heads or windows: an error that names the module."""
    with pytest.raises(CaptureError, match="nothing says how many are heads"):
        extract(FoldedHeads(), torch.randn(3, 5, 8))


class Classifier(nn.Module):
    """A softmax that is no attention: class probabilities and a router's gate."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.softmax(self.score(x), dim=-1)


def test_a_class_head_is_no_attention() -> None:
    """A model without attention is refused by name, with what to do; nothing is made up."""
    with pytest.raises(CaptureError, match="Classifier: no attention matrix was computed"):
        extract(Classifier(), torch.randn(2, 5, 8))


class Pyramid(nn.Module):
    """Two layers of attention over different lengths."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.scaled_dot_product_attention(x, x, x)
        return F.scaled_dot_product_attention(x[:, ::2], x[:, ::2], x[:, ::2])


def test_layers_of_unequal_shape_must_be_chosen() -> None:
    """They cannot be stacked: the error lists the shapes and names layers=."""
    x = torch.randn(2, 6, 8)
    with pytest.raises(ValueError, match=r"0: \(1, 6, 6\); 1: \(1, 3, 3\).*layers=\[\.\.\.\]"):
        extract(Pyramid(), x)
    assert extract(Pyramid(), x, layers=(1,)).get_shape() == (1, 1, 3, 3)


def test_last_layer_and_head_mean_are_what_they_say() -> None:
    """all_layers=False is the last layer; the head mean is the mean of the heads."""
    model, x = encoder(), torch.randn(2, 7, 32)
    whole = extract(model, x, all_heads=True).weights
    np.testing.assert_allclose(extract(model, x).weights, whole.mean(1, keepdims=True), atol=1e-7)
    np.testing.assert_array_equal(
        extract(model, x, all_layers=False, all_heads=True).weights, whole[1:]
    )


def test_received_by_sample_is_each_samples_column_mean() -> None:
    """(samples, layers, keys), head mean, one sample at a time."""
    model, x = encoder(), torch.randn(3, 7, 32)
    got = extract(model, x).received_by_sample
    assert got is not None
    one = extract(model, x, sample=2).weights
    np.testing.assert_allclose(got[2], one[:, 0].mean(axis=1), atol=1e-6)
