"""torch's flex_attention, and compiled models: read as they would run by themselves."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

from benchmarks.whole_maps import WholeMaps
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.capture.proof import Prover
from generator.capture.running import run
from generator.errors import CaptureError

warnings.filterwarnings("ignore", message=".*flex_attention called without torch.compile.*")
Mod = Callable[..., torch.Tensor]
SMALL = {
    "vocab_size": 32,
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "pad_token_id": 0,
}


def biased(
    score: torch.Tensor, b: torch.Tensor, h: torch.Tensor, q: torch.Tensor, k: torch.Tensor
) -> torch.Tensor:
    """A slope for each head, and a cap."""
    del b
    return 2.0 * torch.tanh((score + (h + 1) * 0.1 * (k - q)) / 2.0)


def earlier(b: torch.Tensor, h: torch.Tensor, q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """Causal, and the third key of the second sample is padding."""
    del h
    return (k <= q) & ~((b == 1) & (k == 2))


TABLE = torch.randn(6, 5, 5, generator=torch.Generator().manual_seed(3))


def looked_up(
    score: torch.Tensor, b: torch.Tensor, h: torch.Tensor, q: torch.Tensor, k: torch.Tensor
) -> torch.Tensor:
    """A learned bias for each head and pair."""
    del b
    return score + TABLE[h, q, k]


class Flexible(nn.Module):
    """Six query heads, two key heads."""

    def __init__(self, score_mod: Mod | None, mask_mod: Mod | None) -> None:
        super().__init__()
        self.score_mod, self.mask_mod = score_mod, mask_mod

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = x[:, :6], x[:, 6:8], x[:, 8:]
        size = (x.shape[0], None, x.shape[2], x.shape[2])
        mask = self.mask_mod and create_block_mask(self.mask_mod, *size, device="cpu")
        found = flex_attention(q, k, v, self.score_mod, mask, enable_gqa=True, scale=0.5)
        assert isinstance(found, torch.Tensor)
        return found


@pytest.mark.parametrize("score_mod", [None, biased, looked_up])
@pytest.mark.parametrize("mask_mod", [None, earlier])
def test_score_and_mask_functions_are_applied(score_mod: Mod | None, mask_mod: Mod | None) -> None:
    """Shared key heads, a scale, a bias with a cap and a mask: an explicit softmax, proved."""
    torch.manual_seed(0)
    model, x = Flexible(score_mod, mask_mod), torch.randn(2, 10, 5, 8)
    whole = WholeMaps()
    prover = Prover(whole)
    run(model, model_input(model, x), prover)
    q, k = x[:, :6].double(), x[:, 6:8].repeat_interleave(3, 1).double()
    scores = q @ k.mT * 0.5
    b, h, i, j = torch.meshgrid(*(torch.arange(n) for n in scores.shape), indexing="ij")
    scores = scores if score_mod is None else score_mod(scores, b, h, i, j)
    scores = scores if mask_mod is None else scores.masked_fill(~mask_mod(b, h, i, j), -torch.inf)
    torch.testing.assert_close(whole.maps[0].double(), scores.softmax(-1), atol=1e-6, rtol=0)
    assert whole.calls[0].caught == "flex"
    assert prover.proofs[0] is not None
    assert prover.proofs[0].error < 1e-6


class OneKey(nn.Module):
    """Keys and values of one row for every query row."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = create_block_mask(earlier, x.shape[0], None, x.shape[2], x.shape[2], device="cpu")
        found = flex_attention(x, x[:1], x[:1], block_mask=mask)
        assert isinstance(found, torch.Tensor)
        return found


def test_one_row_of_keys_may_serve_all_queries() -> None:
    """Broadcast keys count once for every row."""
    x = torch.randn(2, 2, 5, 8)
    whole = WholeMaps()
    prover = Prover(whole)
    run(OneKey(), model_input(OneKey(), x), prover)
    assert whole.maps[0].shape == (2, 2, 5, 5)
    assert prover.proofs[0] is not None
    assert prover.proofs[0].holds


@pytest.mark.parametrize(
    ("kind", "config"),
    [(BertModel, BertConfig(**SMALL)), (LlamaModel, LlamaConfig(**SMALL, num_key_value_heads=2))],
)
def test_hugging_face_models_under_flex_attention(kind: type, config: object) -> None:
    """The same maps as under the library's own eager attention, padding included."""
    torch.manual_seed(0)
    model = kind._from_config(copy.deepcopy(config), attn_implementation="flex_attention")
    eager = kind._from_config(config, attn_implementation="eager").eval()
    eager.load_state_dict(model.state_dict())
    mask = torch.ones(2, 6, dtype=torch.long)
    mask[1, 4:] = 0
    data = {"input_ids": torch.randint(1, 32, (2, 6)), "attention_mask": mask}
    asked = Extraction(all_heads=True, sample=1)
    got = extract_attention(model, model_input(model, data), asked)
    with torch.no_grad():
        theirs = torch.stack(eager(**data, output_attentions=True).attentions)[:, 1]
    np.testing.assert_allclose(got.weights[:, :, :4], theirs[:, :, :4], atol=1e-5)
    assert got.captured_by == ("flex", "flex")


class Layers(nn.Module):
    """Two encoder layers, of which the second may be compiled by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.second: nn.Module = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.second(self.first(x))
        return found


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled_models_are_read_as_they_were_written(whole: bool, backend: str) -> None:
    """The whole model or one layer compiled: maps, names and output of the plain model."""
    torch.manual_seed(0)
    model, x = Layers().eval(), torch.randn(2, 4, 16)
    plain = extract_attention(model, model_input(model, x), Extraction())
    if whole:
        compiled: nn.Module = torch.compile(model, backend=backend)  # type: ignore[assignment]
    else:
        model.second = torch.compile(model.second, backend=backend)  # type: ignore[assignment]
        compiled = model
    with torch.no_grad():
        before = compiled(x)
    got = extract_attention(compiled, model_input(compiled, x), Extraction())
    assert got.layer_names == plain.layer_names
    np.testing.assert_allclose(got.weights, plain.weights, atol=1e-6)
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), before, atol=0, rtol=0)


def test_traced_models_are_refused_in_words() -> None:
    """TorchScript hides its operations: one line, and what to do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        holder = nn.Sequential(torch.jit.trace(nn.Linear(4, 4), torch.randn(1, 4)))
    given = model_input(nn.Identity(), torch.randn(1, 4))
    with pytest.raises(CaptureError, match=r"0 is scripted or traced .* pass the PyTorch model"):
        run(holder, given, WholeMaps())


def test_exported_programs_are_refused_in_words() -> None:
    """An exported graph runs lowered operations that no function mode sees."""
    program = torch.export.export(nn.MultiheadAttention(4, 2), (torch.randn(3, 1, 4),) * 3)
    given = model_input(nn.Identity(), torch.randn(1, 4))
    with pytest.raises(CaptureError, match="is an exported graph"):
        run(program.module(), given, WholeMaps())


def test_traced_by_fx_is_read() -> None:
    """A symbolic trace calls the same functions: read like the original."""
    torch.manual_seed(0)

    class Plain(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.scaled_dot_product_attention(x, x, x)

    x = torch.randn(1, 2, 4, 8)
    graph = torch.fx.symbolic_trace(Plain())
    whole = WholeMaps()
    run(graph, model_input(Plain(), x), whole)
    assert whole.maps[0].shape == (1, 2, 4, 4)
