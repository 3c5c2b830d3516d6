"""What exchanging one part of the input, or of the model, did: the figures of one claim.

Never: a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.records import Interval, SiblingCount


@dataclass(frozen=True)
class Effect:
    """What an exchange did; fields that a claim publishes have the claim's names.

    Attributes:
        effect, effect_sd: over the testing half, in the unit people read and in sd(F).
        named_sd: mean effect in the naming half, in sd(F); None where it was not taken.
        p: one-sided, of no more than the floor; corrected once it stands in a family.
        share: of the testing periods, those whose own effect is above the floor.
        raised: share of exchanged windows whose answer was higher before.
        windows, periods: what was tested, in the testing half.
        unusual: share of exchanged windows unlike those of training; None: none were made.
        second_sd: the effect by expected gradients; None: not taken. second_counts: whether its
            shares add up, so that it may speak against a claim.
        twin_sd: the effect of the window's own twin; None: no twins.
        siblings: in how many training runs it counts; None: one was looked at.
        alone: for a sensor of a group: its share of the group's effect.
        missing: share of windows left out for want of readings.
        overall: mean over the windows of both halves, in the unit people read; None: there is none.
        agreement: Kendall's tau of the two methods over its family; None: not compared.
        what: what was exchanged, in a sentence that has named it; act: what was done to it, as
            the subject of a sentence.
    """

    effect: Interval | None
    effect_sd: Interval | None
    named_sd: float | None
    p: float
    share: float
    raised: float | None
    windows: int
    periods: int
    unusual: float | None = None
    second_sd: float | None = None
    second_counts: bool = True
    twin_sd: float | None = None
    siblings: SiblingCount | None = None
    alone: float | None = None
    missing: float = 0.0
    overall: float | None = None
    agreement: float | None = None
    what: str = "it"
    act: str = ""
