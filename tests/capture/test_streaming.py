"""Only what is wanted is reduced; the last layer is known when the pass ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import torch
from torch import nn

from generator.capture.calls import EVERY, AttentionCall, Block
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import ModelInput, model_input
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.selection import CallSelection, Chooser


@dataclass
class Untouched:
    """A Product that counts how often it is read."""

    reads: list[int] = field(default_factory=list)
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None

    def blocks(self, rows: slice = EVERY) -> list[Block]:
        """One even map."""
        del rows
        self.reads.append(1)
        return [Block(0, 0, 0, torch.full((1, 1, 2, 2), 0.5))]


def call(name: str) -> AttentionCall:
    return AttentionCall(name, 0, "sdpa", 1, 1, 2, 2)


def read(wanted: CallSelection, names: list[str]) -> list[int]:
    """How often each call's blocks were taken."""
    reader = MeanReader(keep_heads=False, selection=wanted)
    reader.begin(ModelInput({"x": torch.zeros(1, 2)}, "x", integer=False))
    products = [Untouched() for _ in names]
    for name, product in zip(names, products, strict=True):
        reader.read(call(name), product)  # type: ignore[arg-type]
    found = reader.finish()
    assert [one.result is not None for one in found] == [bool(p.reads) for p in products]
    return [len(product.reads) for product in products]


NAMES = ["encoder.0", "encoder.1", "decoder.0", "decoder.0.encoder_attn", "decoder.1"]


@pytest.mark.parametrize(
    ("wanted", "reads"),
    [
        (CallSelection(), [1, 1, 1, 1, 1]),
        (CallSelection("encoder"), [1, 1, 0, 0, 0]),
        (CallSelection("decoder"), [0, 0, 1, 0, 1]),
        (CallSelection("cross"), [0, 0, 0, 1, 0]),
        (CallSelection("encoder", (1,)), [0, 1, 0, 0, 0]),
        (CallSelection("encoder", last=True), [0, 1, 0, 0, 0]),
        (CallSelection("decoder", last=True), [0, 0, 0, 0, 1]),
    ],
)
def test_calls_that_are_not_wanted_are_never_computed(
    wanted: CallSelection, reads: list[int]
) -> None:
    """Of an encoder-decoder: by group, by place in the group, the last of it."""
    assert read(wanted, NAMES) == reads


def test_a_model_without_an_encoder_has_its_own_attention() -> None:
    """Only decoder modules: they are the encoder group, as in the answer."""
    assert read(CallSelection("encoder"), ["decoder.0", "decoder.1"]) == [1, 1]


def test_a_chooser_starts_anew_with_every_pass() -> None:
    """Layers are counted from the first in each batch."""
    chooser = Chooser(CallSelection("encoder", (0,)))
    for _ in range(2):
        chooser.begin()
        assert [chooser.choose(call(name)) for name in NAMES[:2]] == ["read", "leave"]


class Three(nn.Module):
    """Three layers of torch's own attention."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.encoder(x)
        return found


@pytest.mark.parametrize("batches", [1, 3])
def test_the_last_layer_is_that_of_all_layers(batches: int) -> None:
    """`all_layers=False` over one or several batches: the same map, and its proof."""
    torch.manual_seed(0)
    model, x = Three(), torch.randn(6, 5, 16)
    given = [model_input(model, part) for part in x.chunk(batches)]
    whole = extract_attention(model, given, Extraction())
    last = extract_attention(model, given, Extraction(all_layers=False))
    assert last.layer_names == whole.layer_names[-1:]
    assert (last.weights[0] == whole.weights[-1]).all()
    assert len(last.proof) == 1
    assert last.proof[0] < 1e-6
