"""A head's output replaced by its mean: against forwards written by hand that replace it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.flex_attention import flex_attention
from transformers import BertConfig, BertModel, PatchTSTConfig, PatchTSTModel

from generator.capture.ablation.ablate import OneHead, WholeCall, run_ablated, run_plain
from generator.capture.ablation.reference import measure_reference_means
from generator.capture.inputs import ModelInput, model_input
from generator.errors import CaptureError

T = torch.Tensor
HEADS, WIDTH = 2, 4
SIZE = HEADS * WIDTH


def drawn(*shape: int, seed: int = 0) -> T:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def ready(model: nn.Module) -> nn.Module:
    """Random weights, biases too, in float64."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    return model.double().eval()


class Attends(nn.Module):
    """Projections and an attention of its own, through the kernel or written out."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way, self.num_heads = way, HEADS
        self.qkv, self.out = nn.Linear(SIZE, 3 * SIZE), nn.Linear(SIZE, SIZE)

    def forward(self, x: T) -> T:
        query, key, value = self.qkv(x).unflatten(-1, (3, HEADS, WIDTH)).permute(2, 0, 3, 1, 4)
        found = self.mixed(query, key, value).transpose(1, 2).flatten(2)
        y: T = x + self.out(found)
        return y

    def mixed(self, query: T, key: T, value: T) -> T:
        if self.way == "kernel":
            return F.scaled_dot_product_attention(query, key, value)
        shares = (query @ key.mT / WIDTH**0.5).softmax(-1)
        if self.way == "einsum":
            return torch.einsum("bhqk,bhkd->bqhd", shares, value).transpose(1, 2)
        if self.way == "base":
            flat = [one.flatten(0, 1) for one in (query, shares, value)]
            return torch.baddbmm(*flat).unflatten(0, (-1, HEADS))
        return shares @ value


class Model(nn.Module):
    """Two attentions, a number at the end."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.one, self.two, self.end = Attends(way), Attends(way), nn.Linear(SIZE, 1)

    def forward(self, x: T) -> T:
        y: T = self.end(self.two(self.one(x))).sum((1, 2))
        return y


def outputs(layer: Attends, x: T) -> T:
    """(samples, heads, positions, width) by hand."""
    query, key, value = (one.unflatten(-1, (HEADS, WIDTH)) for one in layer.qkv(x).chunk(3, -1))
    scores = torch.einsum("bqhd,bkhd->bhqk", query, key) / WIDTH**0.5
    return torch.einsum("bhqk,bkhd->bhqd", scores.softmax(-1), value)


def by_hand(model: Any, x: T, reference: T, heads: list[int]) -> T:
    """The second layer's heads replaced by their mean over the reference set, written out."""
    with torch.no_grad():
        states = [x, reference]
        states = [
            s + model.one.out(outputs(model.one, s).transpose(1, 2).flatten(2)) for s in states
        ]
        own, theirs = (outputs(model.two, s) for s in states)
        own[:, heads] = theirs.mean(0)[heads]
        state = states[0] + model.two.out(own.transpose(1, 2).flatten(2))
        found: T = model.end(state).sum((1, 2))
        return found


@pytest.mark.parametrize("way", ["kernel", "product", "einsum"])
@pytest.mark.parametrize("heads", [[0], [1], [0, 1]])
def test_what_a_head_puts_out_is_its_mean(way: str, heads: list[int]) -> None:
    """One head, or the whole call; through the kernel and written out; reference in batches."""
    model = ready(Model(way))
    x, reference = drawn(3, 5, SIZE), drawn(7, 5, SIZE, seed=1)
    batches = [model_input(model, part) for part in reference.split(4)]
    means = measure_reference_means(model, batches)
    ablated = WholeCall("two") if len(heads) == 2 else OneHead("two", heads[0])
    found = run_ablated(model, model_input(model, x), means, ablated)
    torch.testing.assert_close(found, by_hand(model, x, reference, heads), atol=1e-9, rtol=1e-9)
    assert not torch.allclose(found, model(x))


def encoder_by_hand(layer: nn.TransformerEncoderLayer, x: T, replaced: Callable[[T], T]) -> T:
    """Torch's own layer written out, `replaced` applied to what its heads put out."""
    attention = layer.self_attn
    projected = x @ attention.in_proj_weight.T + attention.in_proj_bias
    query, key, value = (one.unflatten(-1, (HEADS, WIDTH)) for one in projected.chunk(3, -1))
    scores = torch.einsum("bqhd,bkhd->bhqk", query, key) / WIDTH**0.5
    heads = replaced(torch.einsum("bhqk,bkhd->bhqd", scores.softmax(-1), value))
    state = layer.norm1(x + attention.out_proj(heads.transpose(1, 2).flatten(2)))
    found: T = layer.norm2(state + layer.linear2(layer.linear1(state).relu()))
    return found


@pytest.mark.parametrize("batch_first", [True, False])
def test_torchs_encoder_layers_are_replaced(batch_first: bool) -> None:
    """The stock encoder: head 1 of its second layer is the mean of another batch."""
    layer = nn.TransformerEncoderLayer(SIZE, HEADS, 16, batch_first=batch_first)
    model: Any = ready(nn.TransformerEncoder(layer, 2, enable_nested_tensor=False))
    x, reference = drawn(3, 5, SIZE), drawn(4, 5, SIZE, seed=1)
    given = [
        model_input(model, one if batch_first else one.transpose(0, 1)) for one in (x, reference)
    ]
    means = measure_reference_means(model, given[1:])
    found = run_ablated(model, given[0], means, OneHead("layers.1.self_attn", 1))
    kept: list[T] = []
    with torch.no_grad():
        first = [
            encoder_by_hand(model.layers[0], one, lambda heads: heads) for one in (x, reference)
        ]
        encoder_by_hand(model.layers[1], first[1], lambda heads: kept.append(heads) or heads)

        def replaced(heads: T) -> T:
            return torch.stack([heads[:, 0], kept[0].mean(0)[1].expand_as(heads[:, 1])], 1)

        expected = encoder_by_hand(model.layers[1], first[0], replaced)
    expected = expected if batch_first else expected.transpose(0, 1)
    torch.testing.assert_close(found, expected, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("need_weights", [True, False])
def test_torchs_attention_module_is_replaced_whether_it_shows_weights_or_not(
    need_weights: bool,
) -> None:
    """Both of its ways to compute; all heads: only the mean is left, the same for each sample."""
    model = ready(nn.MultiheadAttention(SIZE, HEADS, batch_first=True))
    x, reference = drawn(3, 5, SIZE), drawn(4, 5, SIZE, seed=1)

    def given(one: T) -> ModelInput:
        named = {"query": one, "key": one, "value": one, "need_weights": need_weights}
        return model_input(model, named)

    means = measure_reference_means(model, [given(reference)])
    found = run_ablated(model, given(x), means, WholeCall(""))[0]
    with torch.no_grad():
        expected = model(reference, reference, reference)[0].mean(0).expand(3, -1, -1)
    torch.testing.assert_close(found, expected, atol=1e-9, rtol=1e-9)


def test_padding_is_in_no_mean() -> None:
    """Bert, padded reference: the slice before its output matrix, replaced by a hook, agrees."""
    config = BertConfig(
        vocab_size=32,
        hidden_size=SIZE,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        intermediate_size=16,
    )
    model: Any = ready(BertModel(config))
    ids = torch.randint(1, 32, (3, 6), generator=torch.Generator().manual_seed(0))
    mask = torch.ones(3, 6, dtype=torch.long)
    mask[1, 4:] = 0
    given = model_input(model, {"input_ids": ids, "attention_mask": mask})
    means = measure_reference_means(model, [given])
    found = run_ablated(model, given, means, OneHead("encoder.layer.1.attention.self", 0))
    dense = model.encoder.layer[1].attention.output.dense

    def hook(_: nn.Module, inputs: tuple[T, ...]) -> tuple[T]:
        real = mask[..., None]
        mean = (inputs[0] * real).sum(0) / real.sum(0)
        return (torch.cat([mean[:, :WIDTH].expand(3, -1, -1), inputs[0][..., WIDTH:]], -1),)

    handle = dense.register_forward_pre_hook(hook)
    with torch.no_grad():
        expected = model(input_ids=ids, attention_mask=mask).last_hidden_state
    handle.remove()
    torch.testing.assert_close(found.last_hidden_state, expected, atol=1e-9, rtol=1e-9)


def test_each_channel_has_a_mean_of_its_own() -> None:
    """PatchTST makes a batch row of each channel: a whole call replaced leaves channels apart."""
    config = PatchTSTConfig(
        num_input_channels=3,
        context_length=32,
        patch_length=8,
        patch_stride=8,
        num_hidden_layers=1,
        d_model=SIZE,
        ffn_dim=16,
        num_attention_heads=HEADS,
    )
    torch.manual_seed(0)
    model: Any = PatchTSTModel(config).eval()
    data = drawn(4, 32, 3).float()
    given = model_input(model, data)
    means = measure_reference_means(model, [given])
    (only,) = means.calls
    kept: list[T] = []
    projection = model.encoder.layers[0].self_attn.out_proj
    handle = projection.register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0]))
    model(past_values=data)
    handle.remove()
    expected = kept[0].reshape(4, 3, -1, HEADS, WIDTH).mean(0).transpose(1, 2)
    torch.testing.assert_close(only.values.float(), expected, atol=1e-6, rtol=1e-5)
    found = run_ablated(model, given, means, WholeCall(only.call.name)).last_hidden_state
    replace = projection.register_forward_pre_hook(
        lambda *_: (expected.transpose(1, 2).flatten(2).repeat(4, 1, 1),)
    )
    with torch.no_grad():
        torch.testing.assert_close(found, model(past_values=data).last_hidden_state)
    replace.remove()


class Flexible(nn.Module):
    """torch's flex_attention."""

    def forward(self, x: T) -> T:
        found: T = flex_attention(x, x, x)
        return found


@pytest.mark.filterwarnings("ignore:flex_attention called without")
def test_flex_attention_is_replaced() -> None:
    """All that it puts out is the mean."""
    model, x = Flexible(), drawn(3, 2, 5, 4).float()
    given = model_input(model, x)
    found = run_ablated(model, given, measure_reference_means(model, [given]), WholeCall(""))
    with torch.no_grad():
        torch.testing.assert_close(found, model(x).mean(0).expand_as(found))


def test_the_model_is_as_before() -> None:
    """No hook, no changed weight, training flags and outputs as they were."""
    model = ready(Model("kernel"))
    model.one.train()
    x = drawn(3, 5, SIZE)
    given = model_input(model, x)
    before = [one.clone() for one in model.state_dict().values()]
    plain = run_plain(model, given)
    means = measure_reference_means(model, [given])
    run_ablated(model, given, means, WholeCall("one"))
    assert [m.training for m in (model, model.one, model.two)] == [False, True, False]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert all(torch.equal(a, b) for a, b in zip(before, model.state_dict().values(), strict=True))
    torch.testing.assert_close(run_plain(model, given), plain, atol=0, rtol=0)
    torch.testing.assert_close(plain, model(x).detach())


def test_an_output_that_is_not_seen_as_it_is_is_refused_by_name() -> None:
    """A product added to a base: the part that attention gave is not the model's own tensor."""
    model = ready(Model("base"))
    given = model_input(model, drawn(3, 5, SIZE))
    means = measure_reference_means(model, [given])
    with pytest.raises(CaptureError, match=r"two: read by softmax, .* cannot be replaced"):
        run_ablated(model, given, means, WholeCall("two"))


def test_what_is_not_there_is_named() -> None:
    """A call, a head, a position, an input of another length, an empty set, no attention."""
    model = ready(Model("kernel"))
    given = model_input(model, drawn(3, 5, SIZE))
    means = measure_reference_means(model, [given])
    with pytest.raises(CaptureError, match="'three'; this model has: one, two"):
        run_ablated(model, given, means, WholeCall("three"))
    with pytest.raises(ValueError, match=r"two has heads 0\.\.1"):
        run_ablated(model, given, means, OneHead("two", 2))
    longer = model_input(model, drawn(3, 6, SIZE))
    with pytest.raises(CaptureError, match="give both inputs of one shape"):
        run_ablated(model, longer, means, WholeCall("two"))
    with pytest.raises(CaptureError, match="another batch ran"):
        measure_reference_means(model, [given, longer])
    with pytest.raises(ValueError, match="reference set is empty"):
        measure_reference_means(model, [])
    linear = nn.Linear(4, 4)
    with pytest.raises(CaptureError, match="no attention was computed on the reference set"):
        measure_reference_means(linear, [model_input(linear, torch.ones(1, 4))])


class Padded(nn.Module):
    """Takes a mask of padding and hides nothing: enough to tell what is real."""

    def forward(self, x: T, attention_mask: T) -> T:
        found: T = F.scaled_dot_product_attention(x, x, x)
        return found


def test_a_position_without_a_reference_is_refused() -> None:
    """Only padding there in the reference set; padded in both, it keeps its own."""
    model, x = Padded(), drawn(2, 2, 4, 3)
    short, whole = torch.ones(2, 4), torch.ones(2, 4)
    short[:, 3] = 0
    given = [model_input(model, {"x": x, "attention_mask": mask}) for mask in (short, whole)]
    means = measure_reference_means(model, given[:1])
    with pytest.raises(CaptureError, match=r"only padding at positions \[3\]"):
        run_ablated(model, given[1], means, WholeCall(""))
    found = run_ablated(model, given[0], means, WholeCall(""))
    plain = run_plain(model, given[0])
    torch.testing.assert_close(found[:, :, 3], plain[:, :, 3], atol=0, rtol=0)
    torch.testing.assert_close(found[:, :, :3], plain.mean(0)[:, :3].expand(2, -1, -1, -1))


class Branching(nn.Module):
    """Attends only where its input says so."""

    def forward(self, x: T) -> T:
        found: T = F.scaled_dot_product_attention(x, x, x) if bool(x.sum() > 0) else x
        return found


def test_a_call_that_did_not_run_is_told() -> None:
    """Nothing was replaced, so nothing is returned as if it were."""
    model, x = Branching(), torch.ones(2, 2, 4, 3)
    means = measure_reference_means(model, [model_input(model, x)])
    with pytest.raises(CaptureError, match="did not run on this input"):
        run_ablated(model, model_input(model, -x), means, WholeCall(""))
