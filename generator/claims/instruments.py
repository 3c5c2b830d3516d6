"""The instrument table: what one tag's trouble does to the model's answer."""

from __future__ import annotations

import numpy as np

from generator.claims.question import Ground
from generator.claims.tested import SEEDS
from generator.effects.donors import chosen_donors
from generator.effects.exchange import exchanged
from generator.effects.instruments import DRIFT, drifted, dropped, moved_by, spans, stuck
from generator.records import InstrumentRow


def instrument_rows(base: Ground) -> tuple[InstrumentRow, ...]:
    """One row per sensor, in the model's order; all explained windows in every column."""
    width, values = spans(base.pool.values), base.asked.values
    return tuple(
        InstrumentRow(
            sensor=name,
            exchanged=_exchanged(base, at),
            stuck=moved_by(base.answer, base.asked, stuck(values, at)),
            drifted=moved_by(base.answer, base.asked, drifted(values, at, DRIFT * width[at])),
            missing=moved_by(base.answer, base.asked, dropped(values, at)),
        )
        for at, name in enumerate(base.question.model.sensors)
    )


def _exchanged(base: Ground, column: int) -> float:
    """Mean |change| of what is shown when one sensor comes from donors."""
    matched = np.array([at for at in base.regime if at != column], dtype=int)
    each = base.question.budget.donors
    donors = chosen_donors(base.pool, base.asked.values, matched, each, SEEDS[1])
    part = base.whole((base.question.model.sensors[column],))
    moved = exchanged(base.answer, base.asked, base.pool.values, donors, part)
    return float(moved.effect_shown.mean())
