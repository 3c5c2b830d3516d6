"""Claims about when: every sensor, and each group that has an effect, in each span of the window.

The spans of all sensors are corrected together, and so are those of groups (Benjamini-Yekutieli).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.claims.tested import Tested
from generator.claims.workbench import Workbench, claim
from generator.effects.exchange import Part
from generator.effects.intervals import benjamini_yekutieli, mean_interval
from generator.effects.normalised import measure_inner_change
from generator.kinds import Verdict
from generator.records import Claim, SupportedSpan
from generator.words import listed, said_of, span_said

NOT_SEPARABLE = (
    "It has an effect, but not one of this span alone: the model takes level and spread out of "
    "each window, and with those left as they were the effect is another."
)
Span = tuple[int, int]
Sensors = tuple[str, ...]


def time_claims(bench: Workbench) -> tuple[Claim, ...]:
    """One claim per span, all sensors exchanged in it."""
    return _span_claims(bench, [((), span) for span in bench.base.spans])


def cell_claims(bench: Workbench, groups: Sequence[Claim]) -> tuple[Claim, ...]:
    """Groups tested and held, wholly or partly, span by span."""
    asked = [
        (group.subject, span)
        for group in groups
        if group.verdict in (Verdict.SUPPORTED, Verdict.WEAK)
        for span in bench.base.spans
    ]
    return _span_claims(bench, asked)


def when(cells: Sequence[Claim], rows: int, step: float | None) -> tuple[SupportedSpan, ...]:
    """Neighbouring spans of one group, or of all sensors, that were tested and held, as one."""
    held = (cell for cell in cells if cell.verdict is Verdict.SUPPORTED)
    found: list[tuple[Sensors, int, int]] = []
    for cell in held:
        first, last = cell.first_row or 0, cell.last_row or 0
        if found and found[-1][0] == cell.subject and found[-1][2] == first - 1:
            found[-1] = (cell.subject, found[-1][1], last)
        else:
            found.append((cell.subject, first, last))
    return tuple(
        SupportedSpan(subject=subject, first_row=a, last_row=b, span=span_said(a, b, rows, step))
        for subject, a, b in found
    )


def separable(bench: Workbench, sensors: Sensors, span: Span, found: Tested) -> bool:
    """Whether the effect stays the same behind the model's own normalisation of each window."""
    base, half = bench.base, bench.testing
    part = Part(base.places(sensors) or tuple(range(len(base.question.model.sensors))), *span)
    matched = tuple(at for at in base.regime if at not in part.columns)
    donors = half.donors(matched, base.question.budget.donors)
    inside = measure_inner_change(base.answer, half.asked, half.pool.values, donors, part)
    if inside is None or found.effect is None:
        return True
    other = mean_interval(inside, half.periods.codes)
    apart = abs(other.estimate - found.effect.estimate) if other else np.inf
    return bool(apart <= bench.limits.normalisation * found.effect.estimate)


def _span_claims(bench: Workbench, asked: Sequence[tuple[Sensors, Span]]) -> tuple[Claim, ...]:
    every = tuple(range(len(bench.base.question.model.sensors)))
    parts = [Part(bench.base.places(sensors) or every, *span) for sensors, span in asked]
    found = [bench.tested(part) for part in parts]
    corrected = benjamini_yekutieli(np.array([one.p for one in found]))
    return tuple(
        _span_claim(bench, sensors, part, one, float(p))
        for (sensors, _), one, p, part in zip(asked, found, corrected, parts, strict=True)
    )


def _span_claim(bench: Workbench, sensors: Sensors, part: Part, found: Tested, p: float) -> Claim:
    span, off, refits = (part.first, part.last), bench.off(part), bench.held_in(part)
    facts = bench.facts(found, p, bench.limits.cell_rate, off, refits=refits)
    verdict, reason = bench.judged(facts)
    if verdict is Verdict.SUPPORTED and not separable(bench, sensors, span, found):
        verdict, reason = Verdict.WEAK, NOT_SEPARABLE
    said = span_said(*span, bench.base.rows, bench.base.question.step)
    names, rows = f"{listed(sensors)} in " if sensors else "", f"{span[0]}-{span[1]}"
    return claim(
        found,
        id=f"cell:{'+'.join(sensors)}:{rows}" if sensors else f"time:{rows}",
        granularity="cell" if sensors else "time",
        subject=sensors,
        first_row=span[0],
        last_row=span[1],
        span=said,
        statement=f"The model's {said_of(bench.task)} rests on {names}{said}.",
        verdict=verdict,
        reason=reason,
        unusual=off,
        refits=refits,
        p=p,
    )
