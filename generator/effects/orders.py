"""Rankings of a window's parts, graded: exchange part after part and see how far the answer moves.

The mean change over the first steps is the area over the perturbation curve (Samek et al. 2017,
section III). It says how well an order finds what this answer rests on, only beside the same figure
of chance and of the best order found. In: windows, donors, orders. Out: changes in sd(F).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from generator.effects.exchange import ExplainedWindows
from generator.effects.part import Part
from generator.effects.scalar import AT_ONCE, ExplainedScalar, evaluate_scalar

MOST_STEPS = 8
CHANCE_ORDERS = 10


@dataclass(frozen=True)
class Search:
    """Windows whose parts are exchanged in many orders.

    Attributes:
        donors: (windows, each, time, sensors) readings that stand in.
        parts: what is exchanged as one; together they are the window.
        known: changes that were measured before, by window and parts: orders meet often.
    """

    scalar: ExplainedScalar
    windows: ExplainedWindows
    donors: np.ndarray
    parts: Sequence[Part]
    known: dict[tuple[int, bytes], float] = field(default_factory=dict, repr=False, compare=False)

    @property
    def steps(self) -> int:
        """How many parts are exchanged: half of them, at most eight."""
        return min(MOST_STEPS, (len(self.parts) + 1) // 2)

    def change(self, chosen: np.ndarray) -> np.ndarray:
        """(windows,) mean |change| of F in sd(F) with these parts exchanged at once.

        `chosen` is (windows, parts) bool.
        """
        keys = [(at, row.tobytes()) for at, row in enumerate(chosen)]
        new = np.array([at for at, key in enumerate(keys) if key not in self.known], dtype=int)
        if len(new):
            self.known.update(
                zip([keys[at] for at in new], self._measure_windows(chosen, new), strict=True)
            )
        return np.array([self.known[key] for key in keys])

    def _measure_windows(self, chosen: np.ndarray, few: np.ndarray) -> np.ndarray:
        """The same of a few of the windows, measured."""
        each, windows = self.donors.shape[1], self.windows.take(few)
        values = np.repeat(windows.values[:, None], each, axis=1)
        for at, part in enumerate(self.parts):
            here = np.flatnonzero(chosen[few, at])
            mixed = values[here].reshape(-1, *values.shape[2:])
            part.put(mixed, self.donors[few[here]].reshape(mixed.shape))
            values[here] = mixed.reshape(-1, each, *values.shape[2:])
        flat = values.reshape(-1, *values.shape[2:])
        pair = np.repeat(windows.pair, each, axis=0)
        after = np.concatenate(
            [
                evaluate_scalar(self.scalar, flat[at : at + AT_ONCE], pair[at : at + AT_ONCE]).f
                for at in range(0, len(flat), AT_ONCE)
            ]
        )
        moved = np.abs(windows.before.f[:, None] - after.reshape(-1, each))
        return np.asarray(moved.mean(axis=1) / self.scalar.sd)

    def measure_drop(self, order: np.ndarray) -> np.ndarray:
        """(windows,) mean change over the steps of an order; (windows, parts), first one first."""
        chosen = np.zeros((len(self.windows), len(self.parts)), dtype=bool)
        total = np.zeros(len(self.windows))
        for step in range(self.steps):
            chosen[np.arange(len(chosen)), order[:, step]] = True
            total += self.change(chosen)
        return total / self.steps

    def measure_score_drop(self, score: np.ndarray) -> np.ndarray:
        """(windows,) the drop of the order of a (windows, parts) score, highest first."""
        return self.measure_drop(np.argsort(-score, axis=1, kind="stable"))

    def measure_chance_drop(self, seed: int) -> np.ndarray:
        """(windows,) mean drop of seeded random orders."""
        chance = np.random.default_rng(seed)
        shape = (len(self.windows), len(self.parts))
        drops = [self.measure_score_drop(chance.random(shape)) for _ in range(CHANCE_ORDERS)]
        return np.asarray(np.mean(drops, axis=0))

    def measure_single_parts(self) -> np.ndarray:
        """(windows, parts) the change when one part alone is exchanged."""
        return np.stack(
            [self.change(self._select_part(at)) for at in range(len(self.parts))], axis=1
        )

    def find_greedy_order(self) -> np.ndarray:
        """(windows, parts) an order that takes the part that moves the answer most at each step."""
        count = len(self.parts)
        chosen = np.zeros((len(self.windows), count), dtype=bool)
        order = []
        for _ in range(self.steps):
            moved = np.stack(
                [self.change(chosen | self._select_part(at)) for at in range(count)], axis=1
            )
            best = np.where(chosen, -np.inf, moved).argmax(axis=1)
            chosen[np.arange(len(chosen)), best] = True
            order.append(best)
        rest = np.argsort(chosen, axis=1, kind="stable")[:, : count - self.steps]
        return np.concatenate([np.stack(order, axis=1), rest], axis=1)

    def _select_part(self, at: int) -> np.ndarray:
        chosen = np.zeros((len(self.windows), len(self.parts)), dtype=bool)
        chosen[:, at] = True
        return chosen
