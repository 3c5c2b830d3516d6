"""How far each window's answer moves: by donors, by the window's own twin, span by span.

In: a workbench and the twins of its windows. Out: effects window by window, in sd(F), of the half
of the periods that tests claims. Never: a donor other than those `assess` takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.claims.workbench import Workbench
from generator.effects.exchange import Change, Part, exchange_part


@dataclass(frozen=True)
class Moves:
    """Effects on each tested window.

    Attributes:
        tested: (explained windows,) bool, those of the testing half.
        donors: (windows, groups) exchanged for donors; twins: the same for the window's twin.
        cells: (windows, groups, spans) exchanged for donors.
        whole: (windows,) change, as shown, of all sensors exchanged for the twin's: F of the
            window less F without the fault.
    """

    tested: np.ndarray
    donors: np.ndarray
    twins: np.ndarray
    cells: np.ndarray
    whole: np.ndarray


def measure_moves(bench: Workbench, twins: np.ndarray) -> Moves:
    """Every group, and every group in every span; `twins` is (explained windows, time, sensors)."""
    base, tested = bench.base, bench.base.periods.split_halves()[1]
    parts = [base.whole(group) for group in base.question.groups]
    healthy = twins[tested]
    every = Part(tuple(range(twins.shape[2])), 0, base.rows - 1)
    return Moves(
        tested=tested,
        donors=np.stack([measure_donor_effect(bench, part) for part in parts], axis=1),
        twins=np.stack([_exchange_for_twin(bench, healthy, part).effect for part in parts], axis=1),
        cells=np.stack([_measure_span_effects(bench, part) for part in parts], axis=1),
        whole=_exchange_for_twin(bench, healthy, every).shown[:, 0],
    )


def measure_donor_effect(bench: Workbench, part: Part) -> np.ndarray:
    """(windows,) the effect of one part, by the donors that its claim is tested with."""
    base, half = bench.base, bench.testing
    matched = tuple(at for at in base.regime if at not in part.columns)
    donors = half.donors(matched, base.question.budget.donors)
    return exchange_part(base.answer, half.asked, half.pool.values, donors, part).effect


def _measure_span_effects(bench: Workbench, part: Part) -> np.ndarray:
    """(windows, spans)."""
    spans = bench.base.spans
    return np.stack(
        [measure_donor_effect(bench, Part(part.columns, *span)) for span in spans], axis=1
    )


def _exchange_for_twin(bench: Workbench, twins: np.ndarray, part: Part) -> Change:
    asked = bench.testing.asked
    own = np.arange(len(asked))[:, None]
    return exchange_part(bench.base.answer, asked, twins, own, part)
