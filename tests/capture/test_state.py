"""The model is left as it was found, and its output does not change."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.modules import module as global_hooks

from generator.capture.calls import LayerMap
from generator.capture.inputs import model_input
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.running import run


class Watched(nn.Module):
    """A small encoder that remembers its last output and may fail on demand."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.output, self.fails = torch.empty(0), False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.output = self.encoder(x)
        if self.fails:
            raise RuntimeError("sensor frozen")
        return self.output


def capture(model: nn.Module, x: torch.Tensor) -> list[LayerMap]:
    given = model_input(model, x)
    reader = MeanReader(keep_heads=False)
    reader.begin(given)
    run(model, given, reader)
    return [one.result for one in reader.finish() if one.result is not None]


def hooks_left() -> int:
    return len(global_hooks._global_forward_hooks) + len(global_hooks._global_forward_pre_hooks)


def test_the_output_is_bit_identical() -> None:
    """The captured forward returns the very bits of a plain one."""
    model, x = Watched().eval(), torch.randn(2, 6, 16)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad():
            plain = model(x)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    capture(model, x)
    assert torch.equal(model.output, plain)


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_left_behind(fails: bool) -> None:
    """Hooks, modes, training flags, random state and the fast path are as before, also on error."""
    model, x = Watched(), torch.randn(2, 6, 16)
    model.encoder.layers[0].eval()
    model.fails = fails
    flags = [m.training for m in model.modules()]
    state = torch.get_rng_state()
    if fails:
        with pytest.raises(RuntimeError, match="sensor frozen"):
            capture(model, x)
    else:
        capture(model, x)
    assert [m.training for m in model.modules()] == flags
    assert torch.equal(torch.get_rng_state(), state)
    assert hooks_left() == 0
    assert torch.backends.mha.get_fastpath_enabled()
    assert not any(p.grad is not None for p in model.parameters())


def test_a_model_in_training_is_read_with_dropout_off() -> None:
    """In training mode or not, the same input gives the same maps, bit for bit."""
    model, x = Watched(), torch.randn(2, 6, 16)
    training, evaluating = capture(model.train(), x), capture(model.eval(), x)
    pairs = zip(training, evaluating, strict=True)
    assert all((a.values == b.values).all() for a, b in pairs)
