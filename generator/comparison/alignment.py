"""What two models' positions have in common: which may be set beside each other, or why none may.

In: two sides. Out: Alignment, the places of the shared positions in both, or a reason in one
sentence. Never: a name matched across kinds of token, a special token taken for a position, or a
guess that two positions are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.comparison.side import Side
from generator.kinds import TokenKind
from generator.words import token_meaning


@dataclass(frozen=True)
class Alignment:
    """The same positions in both models; `reason` where there are none."""

    places_a: tuple[int, ...] = ()
    places_b: tuple[int, ...] = ()
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    reason: str = ""

    @property
    def comparable(self) -> bool:
        """Whether anything may be set beside each other."""
        return not self.reason


def align(a: Side, b: Side) -> Alignment:
    """Sensors by name, time steps where both models see the same ones; nothing else."""
    if a.tokens is not b.tokens:
        return Alignment(
            reason=f"the tokens of {a.name} are {token_meaning(a.tokens)} and those of {b.name} "
            f"are {token_meaning(b.tokens)}, so their rankings are about different things"
        )
    if a.group != b.group:
        return Alignment(reason=f"one side is {a.group} attention, the other {b.group} attention")
    if not (a.named and b.named) or a.tokens in (TokenKind.POSITIONS, TokenKind.TEXT):
        return Alignment(
            reason=f"tokens are {token_meaning(a.tokens)} without known names, so it is not known "
            "which of them are the same"
        )
    return _align_sensors(a, b) if a.tokens is TokenKind.SENSORS else _align_times(a, b)


def _align_times(a: Side, b: Side) -> Alignment:
    if a.names != b.names:
        return Alignment(reason="the two models look at different windows of time")
    places = tuple(at for at, name in enumerate(a.names) if name not in a.special)
    return Alignment(places, places)


def _align_sensors(a: Side, b: Side) -> Alignment:
    """The sensors both read, in the order of a."""
    of_a = [name for name in a.names if name not in a.special]
    of_b = [name for name in b.names if name not in b.special]
    shared = [name for name in of_a if name in of_b]
    if len(shared) < 2:
        return Alignment(reason="the two models read fewer than two sensors in common")
    return Alignment(
        places_a=tuple(a.names.index(name) for name in shared),
        places_b=tuple(b.names.index(name) for name in shared),
        only_a=tuple(name for name in of_a if name not in of_b),
        only_b=tuple(name for name in of_b if name not in of_a),
    )


def select_shared_maps(side: Side, places: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Maps (layers, heads, queries, places) and mask (queries, places), in the order of `places`.

    Queries are the same places where they are the keys. Where positions were left out, rows are
    scaled to sum to 1 again.
    """
    keys = np.array(places)
    maps = side.maps[:, :, :, keys]
    mask = side.mask[:, keys]
    if side.same:
        maps, mask = maps[:, :, keys, :], mask[keys, :]
    if len(places) < side.maps.shape[3]:
        total = maps.sum(axis=-1, keepdims=True, dtype=np.float64)
        maps = np.where(total > 0, maps / np.where(total > 0, total, 1.0), 0.0)
    return maps, mask
