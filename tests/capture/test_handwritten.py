"""Attention written by hand in any of the usual ways is read as what multiplied the values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from benchmarks.whole_maps import WholeMaps
from generator.capture.inputs import model_input
from generator.capture.proof import Proof, Prover
from generator.capture.running import run

SAMPLES, HEADS, TOKENS, WIDTH = 2, 3, 5, 4
Attend = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


class ByHand(nn.Module):
    """Query, key and value by linear layers, (samples, heads, tokens, width); then `attend`."""

    def __init__(self, attend: Attend) -> None:
        super().__init__()
        self.num_heads = HEADS
        self.q, self.k, self.v = (nn.Linear(HEADS * WIDTH, HEADS * WIDTH) for _ in range(3))
        self.attend = attend

    def parts(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [
            part(x).view(SAMPLES, TOKENS, HEADS, WIDTH).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        ]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.attend(*self.parts(x))


def captured(attend: Attend) -> tuple[WholeMaps, Prover, ByHand, torch.Tensor]:
    torch.manual_seed(0)
    model, x = ByHand(attend), torch.randn(SAMPLES, TOKENS, HEADS * WIDTH)
    whole = WholeMaps()
    prover = Prover(whole)
    plain = model.eval()(x)
    given = model_input(model, x)
    outputs: list[torch.Tensor] = []
    handle = model.register_forward_hook(lambda _m, _i, output: outputs.append(output))
    run(model, given, prover)
    handle.remove()
    assert torch.equal(outputs[0], plain)
    return whole, prover, model, x


def proof(prover: Prover) -> Proof:
    (found,) = prover.proofs
    assert found is not None
    return found


def expected(model: ByHand, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        q, k, _ = model.parts(x)
        return torch.softmax(torch.matmul(q, k.transpose(-1, -2)), -1)


def exponentials(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    scores = q @ k.mT
    return torch.exp(scores - scores.logsumexp(-1, keepdim=True)) @ v


def divided(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = torch.exp(q @ k.mT)
    return (weights / weights.sum(-1, keepdim=True)) @ v


def dots(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = torch.einsum("...qd,...kd->...qk", q, k).softmax(-1)
    return torch.einsum("...qk,...kd->...qd", weights, v)


def queries_first(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = torch.einsum("bhqd,bhkd->bqhk", q, k).softmax(-1)
    return torch.einsum("bqhk,bhkd->bqhd", weights, v)


def keys_first(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = torch.einsum("bhqd,bhkd->bhkq", q, k).softmax(2)
    return torch.einsum("bhkq,bhkd->bhqd", weights, v)


def turned(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return (v.mT @ (q @ k.mT).softmax(-1).mT).mT


def flattened(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    q, k, v = (part.reshape(-1, TOKENS, WIDTH) for part in (q, k, v))
    base = torch.zeros(SAMPLES * HEADS, 1, TOKENS)
    return torch.bmm(base.baddbmm(q, k.mT).softmax(-1), v)


def reflected(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return v.__rmatmul__((q @ k.mT).softmax(-1))


def written_out(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = (q[..., :, None, :] * k[..., None, :, :]).sum(-1).softmax(-1)
    return (weights[..., None] * v[..., None, :, :]).sum(dim=-2)


def put_into(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Results in tensors of the model's own, which are no operands."""
    scores, result = torch.empty(SAMPLES, HEADS, TOKENS, TOKENS), torch.empty(v.shape)
    if torch.is_grad_enabled():
        return (q @ k.mT).softmax(-1) @ v
    weights = torch.matmul(q, k.mT, out=scores).softmax(-1)
    return torch.matmul(weights, v, out=result)


@pytest.mark.parametrize(
    ("attend", "caught"),
    [
        (put_into, "softmax"),
        (exponentials, "row sums"),
        (divided, "row sums"),
        (dots, "softmax"),
        (queries_first, "softmax"),
        (keys_first, "softmax"),
        (turned, "softmax"),
        (flattened, "softmax"),
        (reflected, "softmax"),
        (written_out, "softmax"),
    ],
)
def test_every_way_of_writing_it_is_read(attend: Attend, caught: str) -> None:
    """One map of the right shape, equal to an explicit softmax, that proves itself."""
    whole, prover, model, x = captured(attend)
    assert [call.caught for call in whole.calls] == [caught]
    torch.testing.assert_close(whole.maps[0], expected(model, x), atol=1e-6, rtol=0)
    assert proof(prover).error < 1e-6


def shared_values(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """All heads weigh the values of the first: these have no axis for heads."""
    return torch.einsum("bhij,bjd->bhid", (q @ k.mT).softmax(-1), v[:, 0])


def mixed(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Half of two softmaxes each, of which one is turned: rows sum to 1."""
    return (0.5 * (q @ k.mT).softmax(-1) + 0.5 * (q @ k.flip(-2).mT).softmax(-1).flip(-1)) @ v


def test_heads_may_share_their_values() -> None:
    """An einsum whose values lack the heads: every head's map, proved."""
    whole, prover, model, x = captured(shared_values)
    torch.testing.assert_close(whole.maps[0], expected(model, x), atol=1e-6, rtol=0)
    assert proof(prover).holds


def test_a_mixture_of_softmaxes_is_read_by_its_rows() -> None:
    """Two maps added up before the product: what multiplied the values, as last resort."""
    whole, prover, model, x = captured(mixed)
    assert [call.caught for call in whole.calls] == ["row sums"]
    torch.testing.assert_close(whole.maps[0], expected(model, x), atol=1e-6, rtol=0)
    assert proof(prover).holds


def relu_weights(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    weights = torch.relu(q @ k.mT) + 1e-6
    return (weights / weights.sum(-1, keepdim=True)) @ v


def test_weights_without_exponentials_are_read_too() -> None:
    """Scores cut off at zero and divided by their sum: rows that sum to 1."""
    whole, prover, model, x = captured(relu_weights)
    q, k, _ = model.parts(x)
    weights = torch.relu(q @ k.mT) + 1e-6
    wanted = (weights / weights.sum(-1, keepdim=True)).detach()
    torch.testing.assert_close(whole.maps[0], wanted, atol=1e-6, rtol=0)
    assert proof(prover).holds


def summed_over_queries(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return (q @ k.mT).softmax(-1).mT @ v


def gated(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(q @ k.mT) @ v


def linear(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return q.softmax(-1) @ (k.softmax(-2).mT @ v)


def selected(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    best = (q @ k.mT).argmax(-1)
    return nn.functional.one_hot(best, TOKENS).to(v.dtype) @ v


@pytest.mark.parametrize("attend", [summed_over_queries, gated, linear, selected])
def test_what_is_no_attention_over_keys_is_not_read(attend: Attend) -> None:
    """Sums over queries, gates, linear attention and mere selections give no map."""
    assert captured(attend)[0].maps == []


def chunks(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Two chunks of two tokens, heads before chunks, as block-sparse code has them."""
    q, k, v = (p[:, :, :4].reshape(SAMPLES * HEADS, 2, 2, WIDTH) for p in (q, k, v))
    weights = torch.einsum("bcxd,bcyd->bcxy", q, k).softmax(-1)
    return torch.einsum("bcxy,bcyd->bcxd", weights, v)


def test_chunks_after_the_heads_become_rows() -> None:
    """(samples x heads, chunks, 2, 2): heads stay heads, every chunk is a row of its sample."""
    whole, prover, model, x = captured(chunks)
    q, k, _ = (part[:, :, :4].reshape(SAMPLES, HEADS, 2, 2, WIDTH) for part in model.parts(x))
    wanted = (q @ k.mT).softmax(-1).transpose(1, 2).reshape(SAMPLES * 2, HEADS, 2, 2).detach()
    torch.testing.assert_close(whole.maps[0], wanted, atol=1e-6, rtol=0)
    assert proof(prover).holds


def grouped(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Three query heads that share one key head, as axes of their own."""
    q, k, v = q[:, None], k[:, :1, None], v[:, :1, None]
    return (q @ k.mT).softmax(-1) @ v


def test_heads_on_two_axes_become_one() -> None:
    """(samples, 1 key head, 3 query heads, 5, 5) is (samples, 3, 5, 5)."""
    whole, prover, model, x = captured(grouped)
    q, k, _ = model.parts(x)
    wanted = (q @ k[:, :1].mT).softmax(-1).detach()
    torch.testing.assert_close(whole.maps[0], wanted, atol=1e-6, rtol=0)
    assert proof(prover).holds


def twice_stochastic(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Attention, and beside it a mixing matrix whose rows sum to 1."""
    mixing = torch.exp(v @ v.mT)
    return (mixing / mixing.sum(-1, keepdim=True)) @ ((q @ k.mT).softmax(-1) @ v)


def test_the_last_resort_is_not_taken_where_a_softmax_was_read() -> None:
    """One map: that of the softmax."""
    whole = captured(twice_stochastic)[0]
    assert [call.caught for call in whole.calls] == ["softmax"]
