"""The instrument table: what one tag's trouble does to the model's answer."""

from __future__ import annotations

from generator.claims.workbench import Workbench
from generator.effects.instruments import DRIFT, drifted, dropped, moved_by, spans, stuck
from generator.records import InstrumentRow


def instrument_rows(bench: Workbench) -> tuple[InstrumentRow, ...]:
    """One row per sensor, in the model's order; windows of both halves in every column."""
    base = bench.base
    width, values = spans(base.pool.values), base.asked.values
    return tuple(
        InstrumentRow(
            sensor=name,
            exchanged=bench.tested(base.whole((name,))).overall,
            stuck=moved_by(base.answer, base.asked, stuck(values, at)),
            drifted=moved_by(base.answer, base.asked, drifted(values, at, DRIFT * width[at])),
            missing=moved_by(base.answer, base.asked, dropped(values, at)),
        )
        for at, name in enumerate(base.question.model.sensors)
    )
