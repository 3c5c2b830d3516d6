"""What the pages weigh and cost to make, beside BertViz's head_view of the same maps.

In: the shape of a model; the maps are softmax of N(0, 3), peaked like those of trained heads.
Out: results/pages.json and .md: bytes, CPU seconds on one thread and extra peak memory of each
page and, where there is a browser, what opening them takes without a network.

    python -m benchmarks.pages
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import torch
import typer

from benchmarks import site_report
from benchmarks.measuring import Work, measure, settle
from benchmarks.opening import DRAWN, explain_missing, open_page
from benchmarks.tables import read_environment, write
from generator.attention import AttentionWeights
from generator.exports.html import write_html
from generator.figures import maps
from generator.measures.summary import summarise

MB = 1e6
OPENED_MB = 400  # a larger page is made and weighed, but not opened
EVERY, MEANS = "every head", "head means"
BERTVIZ, SITE = "BertViz head_view", "our site of one report"


@dataclass(frozen=True)
class Way:
    """One row: how a page is made.

    `make` writes everything about some maps below an empty folder; `page` is the file a reader
    then opens, `drawn` the selector of its finished figure ('' where it has none).
    `lifted`: every head is written, however large.
    """

    name: str
    shows: str
    weights: AttentionWeights
    make: Callable[[AttentionWeights, Path], object]
    page: str
    drawn: str = DRAWN
    lifted: bool = False


def draw_maps(layers: int, heads: int, positions: int) -> AttentionWeights:
    """Softmax of N(0, 3): (layers, heads, positions, positions) float32, seeded."""
    scores = np.random.default_rng(0).normal(0, 3, (layers, heads, positions, positions))
    weights = torch.from_numpy(scores).float().softmax(-1).numpy()
    return AttentionWeights(weights=weights, model_name="bert-shape")


def head_means(weights: AttentionWeights) -> AttentionWeights:
    """What a build keeps of maps that are too large to keep every head."""
    means = weights.weights.mean(axis=1, keepdims=True)
    return replace(weights, weights=means, averaged_heads=weights.weights.shape[1])


def write_bertviz(weights: AttentionWeights, folder: Path) -> None:
    """BertViz's head_view, returned and written to a file."""
    from bertviz import head_view  # an extra; asked for only here

    layers = [torch.from_numpy(layer)[None] for layer in weights.weights]
    tokens = [f"position_{index}" for index in range(weights.get_shape()[3])]
    made = head_view(layers, tokens, html_action="return")
    (folder / "head_view.html").write_text(made.data, encoding="utf-8")


def write_standalone(weights: AttentionWeights, folder: Path) -> None:
    """The summary of the maps, and its stand-alone page."""
    write_html(summarise(weights), folder / "report.html")


def write_site(weights: AttentionWeights, folder: Path) -> None:
    """Every file of a report (maps, pictures, tables, stand-alone page) and the site around it."""
    record = site_report.write_report(weights, folder / "files")
    site_report.build(record, folder / "files", folder / "site")
    shutil.rmtree(folder / "files")


def list_ways(weights: AttentionWeights) -> Iterator[Way]:
    """BertViz's page first, where it is installed; then ours, as built and with every head."""
    if find_spec("bertviz"):
        import_module("bertviz")  # before the clock starts, as our own code is
        yield Way(BERTVIZ, EVERY, weights, write_bertviz, "head_view.html", "")
    if maps.keeps_heads(weights):
        yield from _list_ours(partial(Way, shows=EVERY, weights=weights))
        return
    yield from _list_ours(partial(Way, shows=MEANS, weights=head_means(weights)))
    yield from _list_ours(
        partial(Way, shows=f"{EVERY} (limit lifted)", weights=weights, lifted=True)
    )


def _list_ours(way: Callable[..., Way]) -> Iterator[Way]:
    yield way(name="our stand-alone page", make=write_standalone, page="report.html")
    yield way(name=SITE, make=write_site, page=f"site/{site_report.PAGE.as_posix()}")


def measure_way(way: Way, folder: Path, rounds: int) -> dict[str, Any]:
    """A way's weight and cost; what it made last stays in `folder`."""
    costs = []
    for _ in range(rounds):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        costs.append(measure(lambda: _prepare_work(way, folder)))
    return {
        "page": way.name,
        "shows": way.shows,
        "MB": site_report.size_below(folder) / MB,
        "CPU s": median(one.cpu_s for one in costs),
        "extra peak MB": median(one.peak_mb for one in costs),
    }


def _prepare_work(way: Way, folder: Path) -> Work:
    if way.lifted:  # in this process only, and it ends with the measurement
        maps.ALL_HEADS_BYTES = 2**62
    return lambda: way.make(way.weights, folder)


def add_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with BertViz's figures as multiples of each; None where it was not measured."""
    first = rows[0] if rows[0]["page"] == BERTVIZ else None
    return [
        {**one, **{f"BertViz ÷ {of}": first and first[of] / one[of] for of in COMPARED}}
        for one in rows
    ]


COMPARED = ("MB", "CPU s", "extra peak MB")


def measure_opening(way: Way, made: Path) -> dict[str, Any]:
    """What a browser says of a page."""
    seen = open_page(made / way.page, way.drawn)
    return {
        "page": way.name,
        "shows": way.shows,
        "result": "figure drawn" if seen.drawn_s else f"{seen.shapes} shapes drawn",
        "load s": seen.load_s,
        "drawn s": seen.drawn_s,
        "CPU s": seen.cpu_s,
        "elements": seen.elements,
        "heap MB": seen.heap_mb,
        "MB read": seen.file_bytes / MB,
        "outside requests": len(seen.outside),
        "console": "; ".join(dict.fromkeys(seen.messages))[:120] or "nothing",
    }


def measure_size(
    weights: AttentionWeights, home: Path, rounds: int
) -> dict[str, list[dict[str, Any]]]:
    """The tables of one size: weight and cost, a report's parts on the site, opening."""
    made = [(way, home / str(index)) for index, way in enumerate(list_ways(weights))]
    tables = {
        "weight and cost": add_ratios([measure_way(way, folder, rounds) for way, folder in made])
    }
    tables["a report on the site, MB"] = [
        {"shows": way.shows, **site_report.measure_parts(folder / "site")}
        for way, folder in made
        if way.name == SITE
    ]
    if not explain_missing():
        tables["opened in a browser, network cut off"] = [
            measure_opening(way, folder)
            for way, folder in made
            if (folder / way.page).stat().st_size <= OPENED_MB * MB
        ]
    return tables


def main(
    layers: int = 12,
    heads: int = 12,
    positions: Annotated[list[int], typer.Option()] = [128, 512],  # noqa: B006
    rounds: int = 3,
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Make every page at every number of positions and write the tables."""
    torch.set_num_threads(1)
    facts = read_environment()
    tables: dict[str, list[dict[str, Any]]] = {}
    for count in positions:
        with tempfile.TemporaryDirectory() as name:
            found = measure_size(draw_maps(layers, heads, count), Path(name), rounds)
        tables |= {f"{count} positions: {title}": rows for title, rows in found.items()}
    facts["maps"] = f"{layers} layers, {heads} heads, softmax of N(0, 3)"
    facts["rounds"] = rounds
    facts["not measured"] = "; ".join(_list_left_out()) or "nothing"
    write(output, "pages", facts, tables)


def _list_left_out() -> Iterator[str]:
    if not find_spec("bertviz"):
        yield "BertViz (not installed: pip install bertviz)"
    if explain_missing():
        yield f"opening pages ({explain_missing()})"


if __name__ == "__main__":
    settle()
    typer.run(main)
