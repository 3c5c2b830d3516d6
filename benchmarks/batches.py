"""What the guide's loop over batches costs: with the cache, from the cache, without, the usual way.

In: the shape of a BERT with random weights. Out: results/batches.json and .md: CPU seconds per
batch on one thread and the extra peak memory of each loop, results of all batches held.

    python -m benchmarks.batches
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from transformers import BertModel

from benchmarks.extraction import VOCABULARY, WARM_UP, Ids, make_bert
from benchmarks.measuring import Cost, Work, measure, measure_in_turn, run_in_child, settle
from benchmarks.tables import read_environment, write
from generator.capture.digests import model_digest
from generator.doors.visualizer import AttentionVisualizer

FIRST, SECOND, OFF = "first pass, caching on", "second pass, from the cache", "caching off"
USUAL = "eager, output_attentions=True, mean over heads and samples"
DIGEST = "model digest, once a batch"


def read_usual_maps(model: BertModel, ids: Ids) -> np.ndarray:
    """(layers, queries, keys): the way the library documents, then a mean."""
    with torch.no_grad():
        found = model(torch.from_numpy(ids), output_attentions=True).attentions
    return np.stack([layer.mean(dim=(0, 1)).numpy() for layer in found])


def prepare_usual(model: BertModel, batches: Sequence[Ids]) -> Work:
    """The usual loop; the kernel is changed to one that gives its maps."""
    model.set_attn_implementation("eager")
    read_usual_maps(model, batches[0][:, :WARM_UP])
    return lambda: [read_usual_maps(model, ids) for ids in batches]


def prepare_loop(model: BertModel, batches: Sequence[Ids], *, caching: bool) -> Work:
    """The guide's loop, head means."""
    seen = AttentionVisualizer(model, enable_caching=caching)
    AttentionVisualizer(model).extract_attention_weights(batches[0][:, :WARM_UP])
    return lambda: [seen.extract_attention_weights(ids).weights for ids in batches]


def prepare_twice(model: BertModel, batches: Sequence[Ids]) -> list[Work]:
    """The same loop two times, with one cache."""
    loop = prepare_loop(model, batches, caching=True)
    return [loop, loop]


def measure_costs(model: BertModel, batches: Sequence[Ids]) -> dict[str, Cost]:
    """Each way's cost for all batches."""
    first, second = measure_in_turn(lambda: prepare_twice(model, batches))
    return {
        FIRST: first,
        SECOND: second,
        OFF: measure(lambda: prepare_loop(model, batches, caching=False)),
        USUAL: measure(lambda: prepare_usual(model, batches)),
        DIGEST: measure(lambda: lambda: [model_digest(model) for _ in batches]),
    }


def build_rows(found: dict[str, Cost], batches: int) -> list[dict[str, Any]]:
    """The table."""
    theirs = found[USUAL].cpu_s
    return [
        {
            "loop": name,
            "CPU s a batch": cost.cpu_s / batches,
            "÷ usual": cost.cpu_s / theirs if theirs else None,
            "extra peak MB": cost.peak_mb,
        }
        for name, cost in found.items()
    ]


def difference(model: BertModel, ids: Ids) -> float:
    """The largest difference between our head means of a batch and the usual ones."""
    mine = AttentionVisualizer(model).extract_attention_weights(ids).weights[:, 0]
    model.set_attn_implementation("eager")
    return float(np.abs(mine - read_usual_maps(model, ids)).max())


def main(
    layers: int = 12,
    heads: int = 12,
    width: int = 768,
    positions: Annotated[list[int], typer.Option()] = [128, 512],  # noqa: B006
    batches: Annotated[list[int], typer.Option()] = [16, 1],  # noqa: B006
    size: int = 8,
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Measure every loop at every number of positions, and write the tables."""
    torch.set_num_threads(1)
    facts = read_environment()
    model = make_bert(layers, heads, width, max(positions))
    facts["model"] = f"BERT, {layers} layers, {heads} heads, width {width}, random weights"
    facts["rounds"] = 1
    facts["largest difference from the usual way's means"] = differs = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for length, count in zip(positions, batches, strict=True):
        title = f"{count} × {size} samples, {length} positions"
        rng = np.random.default_rng(0)
        ids = [rng.integers(0, VOCABULARY, (size, length)) for _ in range(count)]
        differs[title] = run_in_child(lambda one=ids[0]: difference(model, one))  # type: ignore[misc]
        tables[title] = build_rows(measure_costs(model, ids), count)
        write(output, "batches", facts, tables)  # what is measured stays, whatever comes next


if __name__ == "__main__":
    settle()
    typer.run(main)
