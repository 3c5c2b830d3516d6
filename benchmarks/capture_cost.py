"""What capture alone costs beside the model's own forward pass, with its reducers named.

In: a BERT with random weights at several lengths and depths. Out: results/capture_cost.json and
.md: CPU seconds on one thread and extra peak memory, as ratios to the plain pass in one run.

    python -m benchmarks.capture_cost
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import torch
import typer
from transformers import BertModel

from benchmarks.extraction import VOCABULARY, make_bert, prepare_plain, prepare_usual
from benchmarks.measuring import Cost, Work, measure, settle
from benchmarks.tables import read_environment, write
from generator.capture.inputs import model_input
from generator.capture.proof import Prover
from generator.capture.reduce.focus import Focus
from generator.capture.reduce.mean_map import HeadMean
from generator.capture.reduce.received import ReceivedSums
from generator.capture.reduce.reduction import Frame, Reduction
from generator.capture.reduce.thumbnail import Thumbnails
from generator.capture.running import run
from generator.capture.streaming import JointReduction, StreamingReader

Make = Callable[[Frame], Reduction[Any]]
WARM_UP = 8
EAGER_BYTES = 12 << 30  # eager keeps layers x heads x n x n floats; beyond this it is not tried


@dataclass(frozen=True)
class Way:
    """One row: its name and what it does with the model and its input."""

    name: str
    prepare: Callable[[BertModel, np.ndarray], Work]


def reduce_small(frame: Frame) -> Reduction[Any]:
    """Received attention, focus, and a picture of every head."""
    return JointReduction(ReceivedSums(frame), Focus(frame), Thumbnails(frame))


def reduce_with_means(frame: Frame) -> Reduction[Any]:
    """The same, and the head-mean map."""
    return JointReduction(ReceivedSums(frame), Focus(frame), Thumbnails(frame), HeadMean(frame))


def prepare_capture(make: Make, *, proved: bool) -> Callable[[BertModel, np.ndarray], Work]:
    """One pass under capture."""

    def prepare(model: BertModel, ids: np.ndarray) -> Work:
        given = model_input(model, ids)

        def work() -> object:
            reader = StreamingReader(make)
            reader.begin(given)
            prover = Prover(reader)
            run(model, given, prover if proved else reader)
            return reader.finish()

        return work

    return prepare


def list_ways(layers: int, heads: int, positions: int) -> list[Way]:
    """The rows of one shape; head means only where they are small."""
    found = [Way("plain forward", prepare_plain)]
    if 4 * layers * heads * positions**2 <= EAGER_BYTES:
        found.append(Way("eager, output_attentions=True", prepare_usual))
    kinds: list[tuple[str, Make]] = [("received, focus, 256² thumbnails", reduce_small)]
    if positions <= 512:
        kinds.append(("the same and head means", reduce_with_means))
    for name, make in kinds:
        found.append(Way(f"capture: {name}", prepare_capture(make, proved=False)))
        found.append(Way(f"capture, self-proof: {name}", prepare_capture(make, proved=True)))
    return found


def build_rows(model: BertModel, positions: int, heads: int, rounds: int) -> list[dict[str, Any]]:
    """The table of one shape."""
    ids = np.random.default_rng(0).integers(0, VOCABULARY, (1, positions))
    return measure_ways(
        model, ids, list_ways(model.config.num_hidden_layers, heads, positions), rounds
    )


def measure_ways(
    model: BertModel, ids: np.ndarray, chosen: Sequence[Way], rounds: int
) -> list[dict[str, Any]]:
    """Some ways in turn, round after round; ratios to the first are medians of the rounds' own."""
    found: dict[str, list[Cost]] = {way.name: [] for way in chosen}
    for _ in range(rounds):
        for way in chosen:
            found[way.name].append(measure(lambda way=way: _warm_up(way, model, ids)))  # type: ignore[misc]
    base = found[chosen[0].name]
    return [_build_row(name, costs, base) for name, costs in found.items()]


def _warm_up(way: Way, model: BertModel, ids: np.ndarray) -> Work:
    way.prepare(model, ids[:, :WARM_UP])()
    return way.prepare(model, ids)


def _build_row(name: str, costs: list[Cost], base: list[Cost]) -> dict[str, Any]:
    ratios = [
        one.cpu_s / other.cpu_s for one, other in zip(costs, base, strict=True) if other.cpu_s
    ]
    peak = median(one.peak_mb for one in costs)
    return {
        "way": name,
        "CPU s": median(one.cpu_s for one in costs),
        "÷ plain": median(ratios) if ratios else None,
        "lowest": min(ratios, default=None),
        "highest": max(ratios, default=None),
        "extra peak MB": peak,
        "above plain MB": peak - median(one.peak_mb for one in base),
    }


def main(
    shapes: Annotated[list[str], typer.Option()] = ["512x12", "2048x2", "8192x1"],  # noqa: B006
    heads: int = 12,
    width: int = 768,
    rounds: int = 5,
    name: str = "capture_cost",
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Measure every way at every positions x layers, batch 1, and write the tables."""
    write_tables(build_rows, shapes, heads, width, rounds, name, output)


def write_tables(
    measuring: Callable[[BertModel, int, int, int], list[dict[str, Any]]],
    shapes: Sequence[str],
    heads: int,
    width: int,
    rounds: int,
    name: str,
    output: Path,
) -> None:
    """A table for each shape, of what `measuring` (model, positions, heads, rounds) returns."""
    torch.set_num_threads(1)
    facts = read_environment()
    facts["model"] = f"BERT, {heads} heads, width {width}, random weights, batch 1"
    facts["rounds"] = rounds
    tables = {}
    for shape in shapes:
        positions, layers = (int(number) for number in shape.split("x"))
        model = make_bert(layers, heads, width, positions)
        title = f"{positions} positions, {layers} layers"
        tables[title] = measuring(model, positions, heads, rounds)
    write(output, name, facts, tables)


if __name__ == "__main__":
    settle()
    typer.run(main)
