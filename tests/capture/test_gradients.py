"""Attention times gradient equals that of explicit probabilities that keep their own gradient."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from captum.attr import LayerGradientXActivation
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    LlamaConfig,
    LlamaModel,
    PatchTSTConfig,
    PatchTSTModel,
    PreTrainedModel,
    T5Config,
    T5Model,
)

from generator.capture.gradients import GradientMap, extract_gradients
from generator.capture.inputs import model_input
from generator.capture.kernels import steps
from generator.errors import CaptureError

SMALL = {"vocab_size": 32, "hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 4}
TEXT = {**SMALL, "num_hidden_layers": 2, "pad_token_id": 0}
T5_SMALL = T5Config(vocab_size=32, d_model=16, d_kv=4, d_ff=16, num_layers=2, num_heads=4)
SERIES = PatchTSTConfig(
    num_input_channels=3,
    context_length=32,
    patch_length=8,
    patch_stride=8,
    num_hidden_layers=2,
    d_model=16,
    ffn_dim=16,
    num_attention_heads=2,
)


def text() -> dict[str, torch.Tensor]:
    mask = torch.ones(2, 6, dtype=torch.long)
    mask[1, 4:] = 0
    ids = torch.randint(1, 32, (2, 6), generator=torch.Generator().manual_seed(0))
    return {"input_ids": ids, "attention_mask": mask}


def pairs() -> dict[str, torch.Tensor]:
    return {**text(), "decoder_input_ids": text()["input_ids"][:, :4]}


def series() -> dict[str, torch.Tensor]:
    return {"past_values": torch.randn(2, 32, 3, generator=torch.Generator().manual_seed(0))}


def energy(output: Any) -> torch.Tensor:
    """One number a sample, of every position."""
    state: torch.Tensor = output.last_hidden_state
    slopes = torch.linspace(-1, 2, state[0].numel(), dtype=state.dtype).view(state[0].shape)
    return (slopes * state).sin().flatten(1).sum(-1)


def eager_maps(model: PreTrainedModel, data: dict[str, torch.Tensor]) -> list[tuple[Any, Any]]:
    """(A, dF/dA) of the library's own eager maps, in the order encoder, then decoder and cross."""
    output = model(**data, output_attentions=True)
    names = ("attentions", "encoder_attentions", "decoder_attentions", "cross_attentions")
    groups = [list(getattr(output, name, None) or ()) for name in names]
    maps = groups[0] or groups[1]
    for decoder, cross in zip(groups[2], groups[3], strict=True):
        maps += [decoder, cross]
    for one in maps:
        one.retain_grad()
    energy(output).sum().backward()
    return [(one.detach(), one.grad) for one in maps]


CASES = [
    (BertModel, BertConfig(**TEXT), text),
    (LlamaModel, LlamaConfig(**TEXT, num_key_value_heads=2), text),
    (T5Model, T5_SMALL, pairs),
    (PatchTSTModel, SERIES, series),
]


@pytest.mark.parametrize(("kind", "config", "data"), CASES)
@pytest.mark.parametrize("frozen", [False, True])
def test_every_figure_is_that_of_explicit_probabilities(
    kind: type[PreTrainedModel], config: Any, data: Callable[[], Any], frozen: bool
) -> None:
    """Causal, padded, shared key heads, cross-attention, channels as rows; trained and frozen."""
    torch.manual_seed(0)
    model = kind(config).eval()
    eager = kind._from_config(copy.deepcopy(config), attn_implementation="eager").eval()  # type: ignore[attr-defined]
    eager.load_state_dict(model.state_dict())
    exact = kind is not PatchTSTModel  # which makes float32 tensors of its own
    if exact:
        model, eager = model.double(), eager.double()
    model.requires_grad_(not frozen)
    got = extract_gradients(model, model_input(model, data()), energy).maps
    wanted = eager_maps(eager, data())
    assert len(got) == len(wanted)
    for one, (maps, slopes) in zip(got, wanted, strict=True):
        compare(one, (maps * slopes).flatten(0, -4), 1e-6 if exact else 1e-4)
    assert all(parameter.grad is None for parameter in model.parameters())


def compare(one: GradientMap, product: torch.Tensor, tolerance: float) -> None:
    """Each figure of `product` = A dF/dA, (rows, heads, queries, keys) of two samples."""
    by_sample = product.reshape(2, -1, *product.shape[1:]).sum(1)
    figures = {
        "positive": product.clamp(min=0).mean((0, 1)),
        "signed": product.mean((0, 1)),
        "heads": by_sample.sum((2, 3)).abs().mean(0),
        "gathered": by_sample.sum((1, 3)).abs().mean(0),
        "used": by_sample.sum((1, 2)).abs().mean(0),
        "used_by_head": product.sum(2).reshape(2, -1, *product.sum(2).shape[1:]).abs().mean(0),
    }
    for name, wanted in figures.items():
        most = tolerance * float(wanted.abs().max())
        np.testing.assert_allclose(
            getattr(one, name), wanted, atol=most, rtol=10 * tolerance, err_msg=name
        )
    assert one.identity is None or one.identity < 1e-5


class Attends(nn.Module):
    """The kernel, or the same by hand; only the input has a gradient."""

    def __init__(self, *, by_hand: bool) -> None:
        super().__init__()
        self.by_hand, self.num_heads = by_hand, 2
        self.softmax = nn.Softmax(-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.by_hand:
            return F.scaled_dot_product_attention(x, x, x, scale=1.0)
        found: torch.Tensor = torch.einsum("bhqk,bhkd->bqhd", self.softmax(x @ x.mT), x)
        return found.transpose(1, 2)


@pytest.mark.parametrize("elements", [20, 10**6])
def test_kernel_and_hand_written_agree_in_any_blocks(
    monkeypatch: pytest.MonkeyPatch, elements: int
) -> None:
    """dF/dO V^T of the kernel is the gradient of the map that was written out."""
    monkeypatch.setattr(steps, "ELEMENTS", elements)
    monkeypatch.setattr(steps, "LONG", elements)
    x = torch.randn(3, 2, 7, 4, generator=torch.Generator().manual_seed(1))
    both = [
        extract_gradients(model, model_input(model, x), lambda out: out.pow(3).sum((1, 2, 3))).maps
        for model in (Attends(by_hand=False), Attends(by_hand=True))
    ]
    (kernel,), (hand,) = both
    for name in ("positive", "signed", "heads", "gathered", "used", "used_by_head"):
        np.testing.assert_allclose(getattr(kernel, name), getattr(hand, name), atol=1e-4)
    assert kernel.identity is not None
    assert kernel.identity < 1e-5


def test_the_signed_map_is_captums_gradient_times_activation() -> None:
    """Captum's layer gradient x activation at the softmax, mean over samples and heads."""
    x = torch.randn(2, 2, 5, 4, generator=torch.Generator().manual_seed(2))
    model = Attends(by_hand=True)
    given = model_input(model, x)
    (got,) = extract_gradients(model, given, lambda out: out.pow(2).sum((1, 2, 3))).maps
    theirs = LayerGradientXActivation(lambda one: model(one).pow(2).sum((1, 2, 3)), model.softmax)
    np.testing.assert_allclose(got.signed, theirs.attribute(x).detach().mean((0, 1)), atol=1e-5)


def test_half_precision_keeps_the_identity() -> None:
    """bfloat16: sum A dF/dA is o dF/do to the format's rounding."""
    torch.manual_seed(0)
    model = BertModel(BertConfig(**TEXT)).eval().to(torch.bfloat16)
    maps = extract_gradients(model, model_input(model, text()), energy).maps
    assert len(maps) == 2
    assert all(one.identity is not None and one.identity < 3e-2 for one in maps)


class Dropping(nn.Module):
    """Drops out inside the kernel, in eval mode too: its map is not what multiplied the values."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = F.scaled_dot_product_attention(x, x, x)
        return F.scaled_dot_product_attention(kept, x, x, dropout_p=0.4)


def test_a_map_that_is_not_what_ran_is_not_shown() -> None:
    """The identity fails: the call is named, the other is shown."""
    torch.manual_seed(0)
    x = torch.randn(2, 2, 6, 4)
    found = extract_gradients(Dropping(), model_input(Dropping(), x), lambda out: out.pow(2).sum())
    assert len(found.maps) == 1
    assert "from o dF/do, above" in found.gaps[0]


def test_a_gradient_that_is_no_number_is_not_shown() -> None:
    """The root of 0 has an infinite slope."""
    model = Attends(by_hand=False)
    given = model_input(model, torch.zeros(1, 2, 3, 4))
    with pytest.raises(CaptureError, match="not finite"):
        extract_gradients(model, given, lambda out: out.sqrt().sum())


class Latents(nn.Module):
    """Learned queries over embedded tokens that are changed in place."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.queries = nn.Embedding(9, 8), nn.Parameter(torch.randn(1, 1, 3, 8))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        tokens = self.table(ids)
        tokens *= 2.0
        tokens = F.scaled_dot_product_attention(tokens[:, None], tokens[:, None], tokens[:, None])
        pooled: torch.Tensor = F.scaled_dot_product_attention(self.queries, tokens, tokens)
        return pooled


@pytest.mark.parametrize("frozen", [False, True])
def test_learned_queries_and_changes_in_place_are_no_obstacle(frozen: bool) -> None:
    """Both layers are shown, whether the model is frozen or not."""
    torch.manual_seed(0)
    model = Latents().requires_grad_(not frozen)
    given = model_input(model, torch.arange(8).reshape(2, 4))
    found = extract_gradients(model, given, lambda out: out.pow(2).sum())
    assert [item.call.queries for item in found.maps] == [4, 3]
    assert found.gaps == ()


class Twice(nn.Module):
    """Two hand-written layers, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.num_heads = 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(2):
            x = (x @ x.mT).softmax(-1) @ x
        return x


def test_reading_one_layer_leaves_the_gradient_of_the_next() -> None:
    """The input's gradient is that of a plain backward pass, layer upon layer."""
    x = torch.randn(1, 2, 4, 8, generator=torch.Generator().manual_seed(4))
    first = extract_gradients(Twice(), model_input(Twice(), x), lambda out: out.pow(2).sum()).maps
    plain = x.clone().requires_grad_()
    maps = [(plain @ plain.mT).softmax(-1)]
    middle = maps[0] @ plain
    maps.append((middle @ middle.mT).softmax(-1))
    slopes = torch.autograd.grad((maps[1] @ middle).pow(2).sum(), maps)
    for one, a, g in zip(first, maps, slopes, strict=True):
        np.testing.assert_allclose(one.signed, (a * g).mean((0, 1)).detach(), atol=1e-5)


def test_inference_mode_is_named() -> None:
    """No gradients there: said so, not blamed on the number."""
    model = Attends(by_hand=False)
    given = model_input(model, torch.randn(1, 2, 3, 4))
    with torch.inference_mode(), pytest.raises(CaptureError, match="inference mode"):
        extract_gradients(model, given, lambda out: out.sum())


def test_what_depends_on_nothing_is_refused() -> None:
    """A constant, and an output cut from its graph."""
    model = Attends(by_hand=False)
    given = model_input(model, torch.randn(1, 2, 3, 4))
    with pytest.raises(CaptureError, match="does not depend on the input"):
        extract_gradients(model, given, lambda out: out.detach())
    linear = nn.Linear(4, 4)
    with pytest.raises(CaptureError, match="depends on no attention"):
        extract_gradients(linear, model_input(linear, torch.randn(1, 4)), lambda out: out)
