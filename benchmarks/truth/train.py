"""Trains the models of the campaign that are not kept yet: `python -m benchmarks.truth.train`.

In: which cases, a device, a folder. Out: a folder for each model, and a line on stdout.
Never: a model trained again that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
import typer

from benchmarks.truth.cases import SEEDS, Case, group_cases, list_cases, sample_cases
from benchmarks.truth.model_store import KEPT, folder_of, load_or_train, read_note


def main(
    cases_like: list[str] = typer.Option(["*"], "--cases", help="plant/ask/kind/seed, with *"),  # noqa: B008
    seeds: int = SEEDS,
    share: float = 1.0,
    device: str = "cpu",
    at_once: int = 1,
    output: Path = KEPT,
) -> None:
    """Train what is missing; those that learn from the same windows in one process."""
    asked = sample_cases(list_cases(cases_like, seeds), share)
    needed = dict.fromkeys(case.trained for case in asked)
    missing = [case for case in needed if not folder_of(case, output).exists()]
    work = partial(train_cases, output=output, device=device)
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        for lines in pool.map(work, group_cases(missing)):
            print("\n".join(lines), flush=True)


def train_cases(some: Sequence[Case], output: Path, device: str) -> list[str]:
    """A line for each model that is there now."""
    torch.set_num_threads(1)
    found = []
    for case in some:
        model = load_or_train(case, output, device)
        seconds = read_note(case, output).seconds
        found.append(f"{case}: {model.parameters:,} weights, {seconds:.1f} s")
    return found


if __name__ == "__main__":
    typer.run(main)
