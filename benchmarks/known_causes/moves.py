"""How far each window's answer moves: by donors, by the window's own twin, span by span.

In: a workbench and the twins of its windows. Out: effects window by window, in sd(F), of the half
of the periods that tests claims. Never: a donor other than those `assess` takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.claims.study import Study
from generator.effects.exchange import Change, exchange_part
from generator.effects.part import Part


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


def measure_moves(study: Study, twins: np.ndarray) -> Moves:
    """Every group, and every group in every span; `twins` is (explained windows, time, sensors)."""
    tested = study.periods.split_halves()[1]
    parts = [study.whole(group) for group in study.question.groups]
    healthy, every = twins[tested], Part(study.every, 0, study.rows - 1)
    return Moves(
        tested=tested,
        donors=np.stack([measure_donor_effect(study, part) for part in parts], axis=1),
        twins=np.stack([_exchange_for_twin(study, healthy, part).effect for part in parts], axis=1),
        cells=np.stack([_measure_span_effects(study, part) for part in parts], axis=1),
        whole=_exchange_for_twin(study, healthy, every).shown[:, 0],
    )


def measure_donor_effect(study: Study, part: Part) -> np.ndarray:
    """(windows,) the effect of one part, by the donors that its claim is tested with."""
    half = study.testing
    donors = half.choose_donors(half.match(part))
    return exchange_part(half.scalar, half.windows, half.pool.values, donors, part).effect


def _measure_span_effects(study: Study, part: Part) -> np.ndarray:
    """(windows, spans)."""
    spans = study.spans
    return np.stack(
        [measure_donor_effect(study, Part(part.columns, *span)) for span in spans], axis=1
    )


def _exchange_for_twin(study: Study, twins: np.ndarray, part: Part) -> Change:
    windows = study.testing.windows
    own = np.arange(len(windows))[:, None]
    return exchange_part(study.scalar, windows, twins, own, part)
