"""Claims about when: every sensor, and each group that has an effect, in each span of the window.

The spans of all sensors are corrected together, and so are those of groups (Benjamini-Yekutieli).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.claims.effect import Effect
from generator.claims.family import ClaimFamily, make_claim
from generator.claims.study import Study
from generator.claims.verdicts import judge_effect
from generator.effects.intervals import benjamini_yekutieli, mean_interval
from generator.effects.normalised import measure_inner_change
from generator.effects.part import Part
from generator.kinds import Verdict
from generator.records import Claim, SupportedSpan
from generator.words import describe_span, join_names, name_answer

NOT_SEPARABLE = (
    "It has an effect, but not one of this span alone: the model takes level and spread out of "
    "each window, and with those left as they were the effect is another."
)
Sensors = tuple[str, ...]
Cell = tuple[Sensors, tuple[int, int]]
"""Sensors, none for all of them, and the first and last row of a span."""


class SpanClaims(ClaimFamily[Cell]):
    """One claim per cell: these sensors exchanged in this span."""

    def __init__(self, study: Study, cells: Sequence[Cell]) -> None:
        super().__init__(study, benjamini_yekutieli, study.limits.cell_rate)
        self._cells = cells

    def list_subjects(self) -> Sequence[Cell]:
        """The cells asked about."""
        return self._cells

    def measure(self, subject: Cell) -> Effect:
        """The exchange of the cell."""
        part = self._find_part(subject)
        return replace(
            self.study.test(part),
            unusual=self.study.unusual_share(part),
            siblings=self.study.count_siblings(part),
        )

    def judge(self, subject: Cell, finding: Effect) -> tuple[Verdict, str]:
        """An effect of the span alone, not of what it does to the rest of the window."""
        verdict, reason = judge_effect(finding, self)
        if verdict is Verdict.SUPPORTED and not self._is_separable(subject, finding):
            return Verdict.WEAK, NOT_SEPARABLE
        return verdict, reason

    def describe(self, subject: Cell, finding: Effect, verdict: Verdict, reason: str) -> Claim:
        """The model's answer rests on these sensors in this span."""
        sensors, (first, last) = subject
        span = describe_span(first, last, self.study.rows, self.study.question.step)
        names = f"{join_names(sensors)} in " if sensors else ""
        return make_claim(
            finding,
            id=f"{'cell:' if sensors else 'time'}{'+'.join(sensors)}:{first}-{last}",
            granularity="cell" if sensors else "time",
            subject=sensors,
            first_row=first,
            last_row=last,
            span=span,
            statement=f"The model's {name_answer(self.task)} rests on {names}{span}.",
            verdict=verdict,
            reason=reason,
        )

    def _find_part(self, subject: Cell) -> Part:
        sensors, span = subject
        return Part(self.study.places(sensors) or self.study.every, *span)

    def _is_separable(self, subject: Cell, finding: Effect) -> bool:
        """Whether the effect stays the same behind the model's own normalisation of each window."""
        half, part = self.study.testing, self._find_part(subject)
        donors = half.choose_donors(half.match(part))
        inside = measure_inner_change(half.scalar, half.windows, half.pool.values, donors, part)
        if inside is None or finding.effect_sd is None:
            return True
        other, size = mean_interval(inside, half.periods.codes), finding.effect_sd.estimate
        apart = abs(other.estimate - size) if other else np.inf
        return bool(apart <= self.limits.normalisation * size)


def list_spans(study: Study) -> list[Cell]:
    """Each span of the window, all sensors exchanged in it."""
    return [((), span) for span in study.spans]


def list_cells(study: Study, groups: Sequence[Claim]) -> list[Cell]:
    """Groups tested and held, wholly or partly, span by span."""
    return [
        (group.subject, span)
        for group in groups
        if group.verdict in (Verdict.SUPPORTED, Verdict.WEAK)
        for span in study.spans
    ]


def join_spans(claims: Sequence[Claim], rows: int, step: float | None) -> tuple[SupportedSpan, ...]:
    """Neighbouring spans of one group, or of all sensors, that were tested and held, as one."""
    joined: list[tuple[Sensors, int, int]] = []
    for claim in claims:
        if claim.verdict is not Verdict.SUPPORTED:
            continue
        first, last = claim.first_row or 0, claim.last_row or 0
        if joined and joined[-1][0] == claim.subject and joined[-1][2] == first - 1:
            joined[-1] = (claim.subject, joined[-1][1], last)
        else:
            joined.append((claim.subject, first, last))
    return tuple(
        SupportedSpan(
            subject=subject, first_row=a, last_row=b, span=describe_span(a, b, rows, step)
        )
        for subject, a, b in joined
    )
