"""The strongest links of a map: weights in, a bounded list of links out.

Chosen here for pictures and pages alike. Links as strong as the weakest one left out are left out
too: an even map has no strongest links, and drawing the first of them would show a pattern that is
not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST = 200
TIE = 1e-6  # relative: closer weights are the same weight


@dataclass(frozen=True, eq=False)
class Links:
    """Links from strong to weak.

    Attributes:
        query, key: (links,) int, the positions at both ends.
        weight: (links,) attention weights.
        total: how many links a query of this map may use.
        attention: the sum of all weights of this map.
    """

    query: np.ndarray
    key: np.ndarray
    weight: np.ndarray
    total: int
    attention: float

    @property
    def relative(self) -> np.ndarray:
        """(links,): weights over the largest of them."""
        return self.weight / max(float(self.weight.max(initial=0.0)), 1e-300)

    def above(self, floor: float) -> Links:
        """Those of at least `floor`; weights that differ from it by a tie are."""
        count = int((self.weight >= floor * (1 - TIE)).sum())
        query, key, weight = self.query[:count], self.key[:count], self.weight[:count]
        return Links(query, key, weight, self.total, self.attention)

    def words(self) -> str:
        """How many links are drawn, down to which weight, and what they carry."""
        drawn = len(self.weight)
        if not drawn:
            return f"No link is drawn: none of the {self.total:,} stands out."
        floor = f"{float(self.weight[-1]):.3g}"
        if drawn == self.total:
            return f"Every link is drawn ({drawn:,}), down to weight {floor}."
        carried = f"{float(self.weight.sum()) / self.attention:.0%} of the attention"
        if drawn == 1:
            return f"The strongest of {self.total:,} links is drawn, {floor}; it is {carried}."
        return (
            f"The {drawn:,} strongest of {self.total:,} links are drawn, down to weight {floor}; "
            f"they carry {carried}."
        )


def select_links(matrix: np.ndarray, visible: np.ndarray, most: int = MOST) -> Links:
    """The strongest links of a map, at most `most`; ties at the cut are dropped together.

    Args:
        matrix: (queries, keys), attention weights.
        visible: (queries, keys) bool, False where the query may not look at the key.
        most: how many links can be drawn.
    """
    places = np.flatnonzero(visible & (matrix > 0))
    weight = np.asarray(matrix, dtype=np.float64).ravel()[places]
    if len(places) > most:
        strongest_left_out = np.partition(weight, -most - 1)[-most - 1]
        clear = weight > strongest_left_out * (1 + TIE)
        places, weight = places[clear], weight[clear]
    order = np.argsort(-weight, kind="stable")
    query, key = np.divmod(places[order], matrix.shape[1])
    return Links(query, key, weight[order], int(visible.sum()), float(matrix.sum()))
