"""What attention times gradient costs beside the model's own forward and backward pass.

In: a BERT with random weights. Out: results/gradients.json and .md: CPU seconds on one thread and
extra peak memory, as ratios to the plain forward and backward in one run.

    python -m benchmarks.gradients
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from transformers import BertModel

from benchmarks.capture_cost import Way, measure_ways, write_tables
from benchmarks.extraction import VOCABULARY
from benchmarks.measuring import Work, settle
from generator.capture.gradients import extract_gradients
from generator.capture.inputs import model_input


def energy(output: Any) -> torch.Tensor:
    """One number of the whole output, whose gradient reaches every position."""
    state: torch.Tensor = output.last_hidden_state
    return (torch.linspace(-1, 1, state.shape[-1]) * state).sum()


def prepare_plain(model: BertModel, ids: np.ndarray) -> Work:
    """The model's own forward and backward pass, to the word embeddings."""

    def work() -> object:
        embedded = model.get_input_embeddings()(torch.from_numpy(ids))
        return torch.autograd.grad(energy(model(inputs_embeds=embedded)), embedded)

    return work


def prepare_eager(model: BertModel, ids: np.ndarray) -> Work:
    """The usual way: eager attention, every map kept with its gradient, then multiplied."""
    model.set_attn_implementation("eager")

    def work() -> object:
        embedded = model.get_input_embeddings()(torch.from_numpy(ids))
        output = model(inputs_embeds=embedded, output_attentions=True)
        slopes = torch.autograd.grad(energy(output), output.attentions)
        pairs = zip(output.attentions, slopes, strict=True)
        return [(a * g).clamp(min=0).mean(1) for a, g in pairs]

    return work


def prepare_capture(model: BertModel, ids: np.ndarray) -> Work:
    """Ours: five figures of every layer, in blocks."""
    given = model_input(model, ids)
    return lambda: extract_gradients(model, given, energy)


WAYS = (
    Way("plain forward and backward", prepare_plain),
    Way("eager maps that keep their gradient", prepare_eager),
    Way("capture: attention x gradient", prepare_capture),
)


def main(
    shapes: Annotated[list[str], typer.Option()] = ["512x4", "2048x2"],  # noqa: B006
    heads: int = 12,
    width: int = 768,
    rounds: int = 5,
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Measure every way at every positions x layers, batch 1, and write the tables."""
    write_tables(build_rows, shapes, heads, width, rounds, "gradients", output)


def build_rows(model: BertModel, positions: int, heads: int, rounds: int) -> list[dict[str, Any]]:
    """Every way at one shape."""
    del heads
    ids = np.random.default_rng(0).integers(0, VOCABULARY, (1, positions))
    return measure_ways(model, ids, WAYS, rounds)


if __name__ == "__main__":
    settle()
    typer.run(main)
