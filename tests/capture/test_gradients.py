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

from generator.capture import steps
from generator.capture.gradients import GradientMap, extract_gradients
from generator.capture.inputs import model_input
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
    got = extract_gradients(model, model_input(model, data()), energy)
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
    }
    for name, wanted in figures.items():
        most = tolerance * float(wanted.abs().max())
        np.testing.assert_allclose(
            getattr(one, name), wanted, atol=most, rtol=10 * tolerance, err_msg=name
        )
    assert np.isnan(one.identity) or one.identity < 1e-5


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
        extract_gradients(model, model_input(model, x), lambda out: out.pow(3).sum((1, 2, 3)))
        for model in (Attends(by_hand=False), Attends(by_hand=True))
    ]
    (kernel,), (hand,) = both
    for name in ("positive", "signed", "heads", "gathered", "used"):
        np.testing.assert_allclose(getattr(kernel, name), getattr(hand, name), atol=1e-4)
    assert kernel.identity < 1e-5


def test_the_signed_map_is_captums_gradient_times_activation() -> None:
    """Captum's layer gradient x activation at the softmax, mean over samples and heads."""
    x = torch.randn(2, 2, 5, 4, generator=torch.Generator().manual_seed(2))
    model = Attends(by_hand=True)
    (got,) = extract_gradients(model, model_input(model, x), lambda out: out.pow(2).sum((1, 2, 3)))
    theirs = LayerGradientXActivation(lambda one: model(one).pow(2).sum((1, 2, 3)), model.softmax)
    np.testing.assert_allclose(got.signed, theirs.attribute(x).detach().mean((0, 1)), atol=1e-5)


def test_half_precision_keeps_the_identity() -> None:
    """bfloat16: sum A dF/dA is o dF/do to the format's rounding."""
    torch.manual_seed(0)
    model = BertModel(BertConfig(**TEXT)).eval().to(torch.bfloat16)
    for one in extract_gradients(model, model_input(model, text()), energy):
        assert one.identity < 3e-2


def test_what_depends_on_nothing_is_refused() -> None:
    """A constant, and an output cut from its graph."""
    model = Attends(by_hand=False)
    given = model_input(model, torch.randn(1, 2, 3, 4))
    with pytest.raises(CaptureError, match="does not depend on the input"):
        extract_gradients(model, given, lambda out: out.detach())
    linear = nn.Linear(4, 4)
    with pytest.raises(CaptureError, match="depends on no attention"):
        extract_gradients(linear, model_input(linear, torch.randn(1, 4)), lambda out: out)
