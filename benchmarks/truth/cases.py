"""The cases of the campaign: which kind of model, asked what, of which plant, at which seed.

In: patterns, seeds, a share. Out: Cases, in the order that lets training data be shared.
Never: a case drawn without a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from itertools import groupby
from random import Random

from benchmarks.truth.kinds import KINDS, Kind
from benchmarks.truth.plants import BASE, PLANTS, Plant
from benchmarks.truth.tasks import ASKS, Task
from benchmarks.truth.truths import Truth

VARIED = ("variate", "timestep-mean", "patches")
VARIED_ASK = "value"
SEEDS = 5


@dataclass(frozen=True)
class Case:
    """One model to be asked; its parts by name, so that a case can be written down."""

    plant: str
    ask: str
    kind: str
    seed: int

    def __str__(self) -> str:
        return f"{self.plant}/{self.ask}/{self.kind}/{self.seed}"

    @property
    def parts(self) -> tuple[Plant, Task, Kind]:
        """The plant, what is asked, and the kind of model."""
        return PLANTS[self.plant], ASKS[self.ask], KINDS[self.kind]

    @property
    def trained(self) -> Case:
        """The case whose model serves: of another plant, where training is the same."""
        return replace(self, plant=PLANTS[self.plant].trained_as or self.plant)

    @property
    def truth(self) -> Truth:
        """The groups that matter to its target."""
        plant, ask, _ = self.parts
        return plant.truth.add_right(ask.right)


def list_cases(patterns: Sequence[str] = ("*",), seeds: int = SEEDS) -> list[Case]:
    """Every kind asked everything of the base plant; some asked for the value of every other."""
    base = [(BASE.name, ask, kind) for ask in ASKS for kind in KINDS]
    others = [plant for plant in PLANTS if plant != BASE.name]
    varied = [(plant, VARIED_ASK, kind) for plant in others for kind in VARIED]
    every = [Case(*names, seed) for names in base + varied for seed in range(seeds)]
    return [case for case in every if any(fnmatch(str(case), one) for one in patterns)]


def group_cases(found: Iterable[Case]) -> list[list[Case]]:
    """The cases in stretches that read the same windows."""
    return [list(some) for _, some in groupby(found, lambda one: (one.plant, one.ask))]


def sample_cases(found: Iterable[Case], share: float, seed: int = 0) -> list[Case]:
    """A seeded share of some cases, one at least, in their order."""
    every = list(found)
    count = min(len(every), max(1, round(share * len(every))))
    picked = sorted(Random(seed).sample(range(len(every)), count))
    return [every[at] for at in picked]
