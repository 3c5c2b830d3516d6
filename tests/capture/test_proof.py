"""A map is shown only if it times the values gives what the model itself computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from generator.capture import mode
from generator.capture.calls import EVERY, AttentionCall, Block, Product
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.capture.kernels.sdpa import build_scaled_dot_product
from generator.capture.proof import TOLERANCES, Proof, Prover
from generator.errors import CaptureError
from generator.measures.record import record_attention
from generator.measures.summary import summarise

CALL = AttentionCall("layer.attention", 0, "sdpa", 2, 4, 100, 100)


class Drain:
    """A reader that only lets the blocks pass."""

    def read(self, call: AttentionCall, product: Product) -> None:
        """Take every block."""
        del call
        for _ in product.blocks():
            pass


def prove(product: Product) -> Proof:
    prover = Prover(Drain())
    prover.read(CALL, product)
    (found,) = prover.proofs
    assert found is not None
    return found


def kernel(
    dtype: torch.dtype = torch.float32, kv: int = 4, queries: int = 100, **options: object
) -> Product:
    """A call of torch's own kernel and what it returned."""
    torch.manual_seed(0)
    query, key = torch.randn(2, 4, queries, 8), torch.randn(2, kv, queries, 8)
    value = torch.randn(2, kv, queries, 6)
    given = (query.to(dtype), key.to(dtype), value.to(dtype))
    output = F.scaled_dot_product_attention(*given, enable_gqa=kv != 4, **options)  # type: ignore[arg-type]
    return build_scaled_dot_product(*given, enable_gqa=kv != 4, **options).with_output(output)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("kv", [4, 2, 1])
@pytest.mark.parametrize("causal", [False, True])
def test_the_kernels_own_output_is_reproduced(dtype: torch.dtype, kv: int, causal: bool) -> None:
    """In every dtype, with shared key heads, causal or not, the error is within rounding."""
    found = prove(kernel(dtype, kv, is_causal=causal))
    assert found.holds, found
    assert found.tolerance == TOLERANCES[dtype]


def test_a_long_call_is_proved_over_all_its_blocks() -> None:
    """Blocks of some queries of one row are compared with those queries of the output."""
    assert prove(kernel(queries=700)).holds
    product = kernel(queries=700)
    assert product.output is not None
    product.output[1, 3, 699] += 1.0
    assert not prove(product).holds


def test_a_wholly_masked_row_is_proved_as_zeros() -> None:
    """The kernel returns zeros where no key may be seen, and so does the map."""
    mask = torch.ones(100, 100, dtype=torch.bool)
    mask[7] = False
    assert prove(kernel(attn_mask=mask)).holds


@dataclass(frozen=True)
class Spoilt:
    """A product whose blocks are changed on the way."""

    product: Product
    change: Callable[[torch.Tensor], torch.Tensor]

    @property
    def value(self) -> torch.Tensor | None:
        """Unchanged."""
        return self.product.value

    @property
    def output(self) -> torch.Tensor | None:
        """Unchanged."""
        return self.product.output

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """Changed."""
        for block in self.product.blocks(rows):
            yield replace(block, values=self.change(block.values))


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_one_swapped_head_fails(dtype: torch.dtype) -> None:
    """Two heads exchanged: every number is a probability and the map is still refused."""
    assert not prove(Spoilt(kernel(dtype), lambda p: p[:, [1, 0, 2, 3]])).holds


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_a_dropped_mask_fails(dtype: torch.dtype) -> None:
    """The kernel was causal, the map is not."""
    causal = kernel(dtype, is_causal=True)
    assert not prove(replace(causal, causal=False)).holds  # type: ignore[type-var]


def test_a_map_that_is_not_a_number_fails() -> None:
    """NaN is never within a tolerance."""
    found = prove(Spoilt(kernel(), lambda p: p * torch.nan))
    assert not found.holds
    assert "not finite" in found.reason()


Form = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
FORMS: dict[str, Form] = {
    "matmul": torch.matmul,
    "@": lambda p, v: p @ v,
    "bmm": lambda p, v: torch.bmm(p.flatten(0, 1), v.flatten(0, 1)),
    "baddbmm": lambda p, v: torch.baddbmm(
        torch.ones(8, 5, 6), p.flatten(0, 1), v.flatten(0, 1), beta=0.5, alpha=2.0
    ),
    "einsum": lambda p, v: torch.einsum("bhqk,bhkd->bqhd", p, v),
    "einsum, keys first": lambda p, v: torch.einsum("bnij,jbnd->ibnd", p, v.permute(2, 0, 1, 3)),
    "values on the left": lambda p, v: v.transpose(-1, -2) @ p.transpose(-1, -2),
}


class Written(nn.Module):
    """Attention by hand, its product written in one of the usual forms."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query = x.unflatten(-1, (4, 6)).transpose(1, 2)
        scores = query @ (query * 2).transpose(-1, -2)
        return self.form(scores.softmax(-1), query)


def extract(model: nn.Module, **asked: object) -> tuple[float, ...]:
    torch.manual_seed(1)
    given = model_input(model, torch.randn(2, 5, 24))
    return extract_attention(model, given, Extraction(**asked)).proof  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_hand_written_products_are_proved_in_every_form(form: str) -> None:
    """matmul, @, bmm, baddbmm, einsum, and values on the left give a proof within rounding."""
    (error,) = extract(Written(FORMS[form]))
    assert 0 <= error <= TOLERANCES[torch.float32]


def test_a_product_not_over_the_keys_is_no_attention() -> None:
    """A softmax multiplied along its queries weighs no keys: nothing is read of it."""
    with pytest.raises(CaptureError, match="no attention matrix was computed"):
        extract(Written(lambda p, v: torch.einsum("bhqk,bhqd->bhkd", p, v)))


def test_without_the_proof_nothing_is_measured() -> None:
    """`prove=False` leaves the field empty instead of a made-up number."""
    assert extract(Written(torch.matmul), prove=False) == ()


class Two(nn.Module):
    """Two attentions, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.MultiheadAttention(24, 4, batch_first=True)
        self.second = nn.MultiheadAttention(24, 4, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.first(x, x, x, need_weights=False)[0]
        return x + self.second(x, x, x, need_weights=False)[0]


def test_a_wrong_map_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says layer, error and tolerance; a right layer may be chosen, with a gap named."""
    right = build_scaled_dot_product
    calls: list[int] = []

    def second_wrong(*args: object, **kwargs: object) -> Product:
        calls.append(1)
        product = right(*args, **kwargs)  # type: ignore[arg-type]
        return replace(product, scale=product.scale * (3 if len(calls) % 2 == 0 else 1))

    monkeypatch.setattr(mode, "build_scaled_dot_product", second_wrong)
    with pytest.raises(CaptureError, match=r"second: self-proof error .* is above 1e-05"):
        extract(Two())
    with pytest.raises(CaptureError, match="second: self-proof"):
        extract(Two(), layers=(1,))
    model = Two()
    got = extract_attention(
        model, model_input(model, torch.randn(2, 5, 24)), Extraction(layers=(0,))
    )
    assert got.layer_names == ("first",)
    assert got.gaps == ()  # the other layer was not reduced, so nothing is known of it
    assert len(got.proof) == 1


def test_the_worst_of_all_batches_is_told() -> None:
    """A right batch after a wrong one does not wash it clean."""
    prover = Prover(Drain())
    for product in (kernel(), Spoilt(kernel(), lambda p: p.flip(1)), kernel()):
        prover.begin()
        prover.read(CALL, product)
    assert len(prover.proofs) == 1
    assert not prover.proofs[0].holds


def test_each_layer_of_a_record_carries_its_own_proof() -> None:
    """The page's rows have the numbers of the extraction, and none where none was measured."""
    model, x = Two(), torch.randn(2, 5, 24)
    for asked in (Extraction(), Extraction(prove=False)):
        got = extract_attention(model, model_input(model, x), asked)
        rows = record_attention(summarise(got)).layers
        assert tuple(row.proof for row in rows) == (got.proof or (None, None))
