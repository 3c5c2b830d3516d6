"""The instrument table: what one tag's trouble does to the model's answer."""

from __future__ import annotations

from generator.claims.workbench import Workbench
from generator.effects.instruments import (
    DRIFT,
    drop_sensor,
    freeze_sensor,
    measure_change,
    range_widths,
    shift_sensor,
)
from generator.records import InstrumentRow


def instrument_rows(bench: Workbench) -> tuple[InstrumentRow, ...]:
    """One row per sensor, in the model's order; windows of both halves in every column."""
    base = bench.base
    width, values = range_widths(base.pool.values), base.asked.values
    return tuple(
        InstrumentRow(
            sensor=name,
            exchanged=bench.tested(base.whole((name,))).overall,
            stuck=measure_change(base.answer, base.asked, freeze_sensor(values, at)),
            drifted=measure_change(
                base.answer, base.asked, shift_sensor(values, at, DRIFT * width[at])
            ),
            missing=measure_change(base.answer, base.asked, drop_sensor(values, at)),
        )
        for at, name in enumerate(base.question.model.sensors)
    )
