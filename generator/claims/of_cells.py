"""Claims about when: each group that has an effect, in each span of the window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.claims.tested import Tested
from generator.claims.words import listed, said_of, span_said
from generator.claims.workbench import Workbench, claim
from generator.effects.exchange import Part
from generator.effects.intervals import benjamini_yekutieli
from generator.kinds import Verdict
from generator.records import Claim, When


def cell_claims(bench: Workbench, groups: Sequence[Claim]) -> tuple[Claim, ...]:
    """Groups tested and held, wholly or partly, span by span (Benjamini-Yekutieli over all)."""
    asked = [
        (group.subject, span)
        for group in groups
        if group.verdict in (Verdict.SUPPORTED, Verdict.WEAK)
        for span in bench.base.spans
    ]
    found = [bench.tested(Part(bench.base.places(sensors), *span)) for sensors, span in asked]
    corrected = benjamini_yekutieli(np.array([one.p for one in found]))
    return tuple(
        _cell_claim(bench, sensors, span, one, float(p))
        for (sensors, span), one, p in zip(asked, found, corrected, strict=True)
    )


def when(cells: Sequence[Claim], rows: int, step: float | None) -> tuple[When, ...]:
    """Neighbouring spans of one group that were tested and held, told as one."""
    held = (cell for cell in cells if cell.verdict is Verdict.SUPPORTED)
    found: list[tuple[tuple[str, ...], int, int]] = []
    for cell in held:
        first, last = cell.first_row or 0, cell.last_row or 0
        if found and found[-1][0] == cell.subject and found[-1][2] == first - 1:
            found[-1] = (cell.subject, found[-1][1], last)
        else:
            found.append((cell.subject, first, last))
    return tuple(
        When(subject=subject, first_row=a, last_row=b, span=span_said(a, b, rows, step))
        for subject, a, b in found
    )


def _cell_claim(
    bench: Workbench, sensors: tuple[str, ...], span: tuple[int, int], found: Tested, p: float
) -> Claim:
    verdict, reason = bench.judged(found, p, bench.limits.cell_rate)
    when = span_said(*span, bench.base.rows, bench.base.question.step)
    return claim(
        found,
        id=f"cell:{'+'.join(sensors)}:{span[0]}-{span[1]}",
        granularity="cell",
        subject=sensors,
        first_row=span[0],
        last_row=span[1],
        span=when,
        statement=f"The model's {said_of(bench.task)} rests on {listed(sensors)} in {when}.",
        verdict=verdict,
        reason=reason,
        p=p,
    )
