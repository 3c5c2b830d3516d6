"""The strongest links of a map: a MapView in, a bounded list of links out.

Links as strong as the weakest one left out are left out too: an even map has no strongest
links, and drawing the first of them would show a pattern that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.figures.view import MapView

MOST = 200
TIE = 1e-6  # relative: closer weights are the same weight


@dataclass(frozen=True, eq=False)
class Links:
    """Links from weak to strong, so that the strongest are drawn on top."""

    query: np.ndarray
    key: np.ndarray
    weight: np.ndarray
    total: int

    @property
    def relative(self) -> np.ndarray:
        """Weights over the largest of them."""
        return self.weight / max(float(self.weight.max(initial=0.0)), 1e-300)

    def words(self) -> str:
        """How many links are drawn, and down to which weight."""
        drawn = len(self.weight)
        if not drawn:
            return f"No link is drawn: none of the {self.total:,} stands out."
        floor = f"{float(self.weight.min()):.3g}"
        if drawn == self.total:
            return f"Every link is drawn ({drawn:,}), down to weight {floor}."
        return f"The {drawn:,} strongest of {self.total:,} links are drawn, down to weight {floor}."


def select_links(view: MapView, above: float = 0.0, most: int = MOST) -> Links:
    """At most `most` links with a weight of at least `above`, ties kept or dropped together."""
    query, key = np.nonzero(view.visible & (view.matrix > 0))
    weight = view.matrix[query, key]
    kept = np.flatnonzero(weight >= above * (1 - TIE))
    order = kept[np.argsort(-weight[kept], kind="stable")]
    if len(order) > most:
        cut = weight[order[most]] * (1 + TIE)
        order = order[:most][weight[order[:most]] > cut]
    order = order[::-1]
    return Links(query[order], key[order], weight[order], int(view.visible.sum()))
