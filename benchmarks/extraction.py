"""What reading attention costs beside the model's own forward pass.

In: the shape of a BERT with random weights. Out: results/extraction.json and .md: CPU seconds on
one thread and extra peak memory of each way, with ratios to the plain pass and to the usual way
(eager attention, `output_attentions=True`), all measured in one run.

    python -m benchmarks.extraction
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import torch
import typer
from transformers import BertConfig, BertModel

from benchmarks.measuring import Cost, Work, measure, run_in_child, settle
from benchmarks.tables import read_environment, write
from generator.capture.digests import model_digest
from generator.capture.inputs import model_input
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.running import run
from generator.doors.visualizer import AttentionVisualizer

VOCABULARY = 30522
WARM_UP = 8  # positions; loads code, keeps the heap as it was
PLAIN, USUAL = "plain forward", "eager, output_attentions=True"
Ids = np.ndarray
"""(samples, positions) int64 token ids."""


@dataclass(frozen=True)
class Way:
    """One row: what is done, in words, and how; `prepare` gets the model and its input."""

    name: str
    words: str
    prepare: Callable[[BertModel, Ids], Work]


def prepare_plain(model: BertModel, ids: Ids) -> Work:
    """The model's own pass, with the kernel it has by default (sdpa)."""
    return lambda: _run_forward(model, ids)


def prepare_usual(model: BertModel, ids: Ids) -> Work:
    """The way the library documents: another kernel, and every map of every head kept."""
    model.set_attn_implementation("eager")
    return lambda: _run_forward(model, ids, output_attentions=True).attentions


def _run_forward(model: BertModel, ids: Ids, **options: Any) -> Any:
    with torch.no_grad():
        return model(torch.from_numpy(ids), **options)


def prepare_capture(*, heads: bool) -> Callable[[BertModel, Ids], Work]:
    """The pass with capture alone: no digest, no cache."""

    def prepare(model: BertModel, ids: Ids) -> Work:
        given = model_input(model, ids)
        reader = MeanReader(keep_heads=heads)
        return lambda: (reader.begin(given), run(model, given, reader), reader.finish())

    return prepare


def prepare_extraction(*, heads: bool, caching: bool) -> Callable[[BertModel, Ids], Work]:
    """The public call, digests included; with caching, the first call."""

    def prepare(model: BertModel, ids: Ids) -> Work:
        seen = AttentionVisualizer(model, enable_caching=caching)
        return lambda: seen.extract_attention_weights(ids, return_all_heads=heads)

    return prepare


def prepare_cached(model: BertModel, ids: Ids) -> Work:
    """The same call a second time, found in the cache."""
    call = prepare_extraction(heads=False, caching=True)(model, ids)
    call()
    return call


WAYS = (
    Way(PLAIN, "sdpa, nothing read", prepare_plain),
    Way(USUAL, "the usual way: all heads kept", prepare_usual),
    Way("capture, head means", "the pass alone, no digest", prepare_capture(heads=False)),
    Way("capture, all heads", "the pass alone, no digest", prepare_capture(heads=True)),
    Way(
        "extract, head means",
        "public call, no cache: digests of model and input included",
        prepare_extraction(heads=False, caching=False),
    ),
    Way("extract, all heads", "the same", prepare_extraction(heads=True, caching=False)),
    Way(
        "extract, head means, first call with cache",
        "digests included",
        prepare_extraction(heads=False, caching=True),
    ),
    Way("extract, head means, second call", "a cache hit: digests only", prepare_cached),
    Way("model digest", "SHA-256 of every weight", lambda model, _: lambda: model_digest(model)),
    Way(
        "input digest",
        "SHA-256 of the token ids",
        lambda model, ids: lambda: model_input(model, ids).digest(),
    ),
)


def measure_costs(model: BertModel, ids: Ids, rounds: int) -> dict[str, list[Cost]]:
    """Each way's costs, the ways taken in turn so that a busy moment meets all alike."""
    found: dict[str, list[Cost]] = {way.name: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            found[way.name].append(measure(lambda way=way: _warm_up(way, model, ids)))  # type: ignore[misc]
    return found


def _warm_up(way: Way, model: BertModel, ids: Ids) -> Work:
    way.prepare(model, ids[:, :WARM_UP])()
    return way.prepare(model, ids)


def build_rows(found: dict[str, list[Cost]]) -> list[dict[str, Any]]:
    """The table: medians over rounds; a ratio is the median of the rounds' own ratios."""
    return [
        {
            "way": way.name,
            "what it is": way.words,
            "CPU s": median(one.cpu_s for one in found[way.name]),
            "lowest": min(one.cpu_s for one in found[way.name]),
            "highest": max(one.cpu_s for one in found[way.name]),
            "÷ plain": _ratio(found[way.name], found[PLAIN]),
            "÷ usual": _ratio(found[way.name], found[USUAL]),
            "extra peak MB": median(one.peak_mb for one in found[way.name]),
        }
        for way in WAYS
    ]


def _ratio(ours: list[Cost], theirs: list[Cost]) -> float | None:
    """None where the other's clock did not tick (tiny shapes only)."""
    pairs = [a.cpu_s / b.cpu_s for a, b in zip(ours, theirs, strict=True) if b.cpu_s]
    return median(pairs) if pairs else None


def difference(model: BertModel, ids: Ids) -> float:
    """The largest difference between our maps of all heads and the usual way's."""
    ours = AttentionVisualizer(model).extract_attention_weights(ids, return_all_heads=True)
    model.set_attn_implementation("eager")
    theirs = torch.cat(_run_forward(model, ids, output_attentions=True).attentions).numpy()
    return float(np.abs(ours.weights - theirs).max())


def make_bert(layers: int, heads: int, width: int, positions: int) -> BertModel:
    """A BERT of that shape with seeded random weights, in eval mode."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=VOCABULARY,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        hidden_size=width,
        intermediate_size=4 * width,
        max_position_embeddings=positions,
    )
    model: BertModel = BertModel(config)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def main(
    layers: int = 12,
    heads: int = 12,
    width: int = 768,
    positions: Annotated[list[int], typer.Option()] = [128, 512],  # noqa: B006
    rounds: int = 7,
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Measure every way at every number of positions, batch 1, and write the tables."""
    torch.set_num_threads(1)
    facts = read_environment()
    model = make_bert(layers, heads, width, max(positions))
    tables: dict[str, list[dict[str, Any]]] = {}
    differs: dict[str, float] = {}
    for count in positions:
        ids = np.random.default_rng(0).integers(0, VOCABULARY, (1, count))
        differs[f"{count} positions"] = run_in_child(lambda ids=ids: difference(model, ids))  # type: ignore[misc]
        tables[f"{count} positions"] = build_rows(measure_costs(model, ids, rounds))
    facts["model"] = f"BERT, {layers} layers, {heads} heads, width {width}, random weights, batch 1"
    facts["rounds"] = rounds
    facts["largest difference from the usual way's maps"] = differs
    write(output, "extraction", facts, tables)


if __name__ == "__main__":
    settle()
    typer.run(main)
