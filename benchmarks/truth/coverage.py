"""How often an interval that says 95 % holds the true mean effect: a simulation, cell by cell.

In: a function of (values, blocks) to (estimate, low, high). Out: Cells. The effects of a block are
an AR(1) row, as those of windows that overlap; blocks are independent.
Never: an interval of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import cast

import numpy as np
import typer

from benchmarks.tables import Row, read_environment, write
from benchmarks.truth.signals import draw_wander

BLOCKS = (10, 15, 20, 30)
MEMORIES = (0.0, 0.9, 0.98)
EACH, LEAST, MOST = 8, 2, 20
Interval = Callable[[np.ndarray, np.ndarray], tuple[float, float, float]]


@dataclass(frozen=True)
class Law:
    """How single effects are distributed: a function of a standard normal, and its mean."""

    of: Callable[[np.ndarray], np.ndarray]
    mean: float


LAWS = {
    "normal": Law(lambda normal: 0.3 + normal, 0.3),
    "half-normal": Law(np.abs, float(np.sqrt(2 / np.pi))),
    "log-normal": Law(np.exp, float(np.exp(0.5))),
}
SIZES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "equal": lambda _random, blocks: np.full(blocks, EACH),
    "unequal": lambda random, blocks: random.integers(LEAST, MOST + 1, blocks),
}


@dataclass(frozen=True)
class Setting:
    """What one cell simulates: independent blocks, memory within them, their sizes, the law."""

    blocks: int
    memory: float
    sizes: str
    law: str


@dataclass(frozen=True)
class Cell:
    """What came of it: shares of repetitions, and the mean width in standard deviations.

    An interval that is too high lies wholly above the truth: that is what supports false claims.
    """

    setting: Setting
    covered: float
    too_high: float
    too_low: float
    width: float


SETTINGS = [Setting(*one) for one in product(BLOCKS, MEMORIES, SIZES, LAWS)]


def simulate_all(interval: Interval, repetitions: int, seed: int = 0) -> list[Cell]:
    """Every cell, each from a seed of its own."""
    return [
        simulate_setting(one, interval, repetitions, np.random.default_rng([seed, number]))
        for number, one in enumerate(SETTINGS)
    ]


def simulate_setting(
    setting: Setting, interval: Interval, repetitions: int, random: np.random.Generator
) -> Cell:
    """One cell; a limit that is not a number covers nothing."""
    drawn = [interval(*effects) for effects in draw_samples(setting, repetitions, random)]
    _, low, high = np.array(drawn, dtype=np.float64).T
    law = LAWS[setting.law]
    spread = law.of(np.random.default_rng(0).normal(size=100_000)).std()
    return Cell(
        setting=setting,
        covered=float(((low <= law.mean) & (law.mean <= high)).mean()),
        too_high=float((low > law.mean).mean()),
        too_low=float((high < law.mean).mean()),
        width=float((high - low).mean() / spread),
    )


def draw_samples(
    setting: Setting, repetitions: int, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(windows,) effects and (windows,) blocks, so many times."""
    for _ in range(repetitions):
        sizes = SIZES[setting.sizes](random, setting.blocks)
        normal = draw_wander(random, (int(sizes.max()), setting.blocks), setting.memory)
        there = np.arange(len(normal))[None] < sizes[:, None]
        yield LAWS[setting.law].of(normal.T[there]), np.repeat(np.arange(setting.blocks), sizes)


def build_rows(found: list[Cell]) -> list[Row]:
    """One row per number of blocks, memory and sizes, one column per law."""
    by_setting = {one.setting: one for one in found}
    return [
        {
            "blocks": blocks,
            "AR(1) within": memory,
            "sizes": sizes,
            **{law: by_setting[Setting(blocks, memory, sizes, law)].covered for law in LAWS},
        }
        for blocks, memory, sizes in product(BLOCKS, MEMORIES, SIZES)
    ]


def count_misses(found: list[Cell]) -> list[Row]:
    """By number of blocks and law: how often an interval lies wholly above or below the truth."""
    table = []
    for blocks, law in product(BLOCKS, LAWS):
        some = [one for one in found if (one.setting.blocks, one.setting.law) == (blocks, law)]
        row: Row = {
            "blocks": blocks,
            "law": law,
            "covered": float(np.mean([one.covered for one in some])),
            "least covered": min(one.covered for one in some),
            "wholly above": float(np.mean([one.too_high for one in some])),
            "wholly below": float(np.mean([one.too_low for one in some])),
            "mean width, sd": float(np.mean([one.width for one in some])),
        }
        table.append(row)
    return table


def main(
    interval: str = typer.Argument(help="module:function of (values, blocks)"),
    repetitions: int = 2000,
    seed: int = 0,
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Simulate every cell for an interval, and write the tables."""
    module, name = interval.split(":")
    found = simulate_all(cast(Interval, getattr(import_module(module), name)), repetitions, seed)
    facts = read_environment() | {"interval": name, "repetitions": repetitions, "seed": seed}
    tables = {"Coverage of 95 %": build_rows(found), "By blocks and law": count_misses(found)}
    write(output, "interval_coverage", facts, tables)


if __name__ == "__main__":
    typer.run(main)
