"""The two halves of the periods side by side, and how one part of the input is tested on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.claims.question import Ground
from generator.claims.siblings import Refit, refits
from generator.claims.tested import SEEDS, Half, Tested, tested
from generator.claims.verdicts import Facts, judged
from generator.effects.exchange import Part
from generator.effects.unusual import outside_share
from generator.errors import InputError
from generator.kinds import Task, Verdict
from generator.records import Claim, SiblingCount, Thresholds
from generator.words import listed


@dataclass(frozen=True)
class Workbench:
    """What tests are made with: the common ground, the half that names, the half that tests.

    `refits` are other training runs of the model. `done` and `asked_again` hold the tests made, of
    this one and of those: a sensor of its own is asked of for claims and as an instrument.
    """

    base: Ground
    naming: Half
    testing: Half
    refits: tuple[Refit, ...] = ()
    done: dict[Part, Tested] = field(default_factory=dict, repr=False, compare=False)
    asked_again: dict[Part, list[float]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def task(self) -> Task:
        """What the model predicts."""
        return self.base.question.model.task

    @property
    def limits(self) -> Thresholds:
        """What verdicts turn on."""
        return self.base.question.limits

    def tested(self, part: Part) -> Tested:
        """One part exchanged in both halves, once."""
        if part not in self.done:
            self.done[part] = tested(
                *(self.base.answer, self.naming, self.testing, part, self.base.regime),
                *(self.base.question.budget.donors, self.base.floor, self.limits.missing),
            )
        return self.done[part]

    def again(self, part: Part) -> list[float]:
        """The effect of the exchange in each other training run, in its sd(F)."""
        if part not in self.asked_again:
            each, missing = self.base.question.budget.donors, self.limits.missing
            self.asked_again[part] = [
                refit.effect(part, self.base.regime, each, missing) for refit in self.refits
            ]
        return self.asked_again[part]

    def held_in(self, part: Part, group: Part | None = None) -> SiblingCount | None:
        """In how many training runs the effect counts, this one too; None where there is no other.

        A part of a `group` must keep its share of the group's effect in the same run as well.
        """
        if not self.refits:
            return None
        floors = np.array([self.base.floor, *(refit.floor for refit in self.refits)])
        least = self.limits.member_share * self._in_every_run(group) if group else 0.0
        held = self._in_every_run(part) > np.maximum(floors, least)
        return SiblingCount(found=int(held.sum()), of=len(held))

    def _in_every_run(self, part: Part) -> np.ndarray:
        """(training runs,) the effect of the exchange, this run first; 0 where it was not taken."""
        own = self.tested(part).effect
        return np.array([own.estimate if own else 0.0, *self.again(part)])

    def off(self, part: Part) -> float:
        """Share of the testing half's exchanged windows that are unlike those of training."""
        matched = tuple(at for at in self.base.regime if at not in part.columns)
        donors = self.testing.donors(matched, self.base.question.budget.donors)
        values, pool = self.testing.asked.values, self.testing.pool.values
        return outside_share(self.base.within, values, pool, donors, part)

    def facts(
        self,
        found: Tested,
        p: float,
        alpha: float,
        off: float = 0.0,
        second: float | None = None,
        refits: SiblingCount | None = None,
    ) -> Facts:
        """What an exchange is judged by."""
        return Facts(
            task=self.task,
            unit=self.base.answer.unit,
            word=self.base.question.rule.word,
            shown=found.shown,
            effect=found.effect,
            floor=self.base.floor,
            shown_floor=0.0 if self.task == "value" else self.limits.floor_points,
            named=found.named,
            second=second,
            p=p,
            alpha=alpha,
            periods=found.periods,
            share=found.share,
            outside=self.base.outside,
            off=off,
            missing=found.missing,
            marked=self.marked,
            what=self._called(found.columns),
            act=f"Exchanging {self._called(found.columns)} for {self._values(found.matched)}",
            refits=refits,
        )

    @property
    def marked(self) -> bool:
        """Whether what is put in may be the mark of another class."""
        return self.task == "class" and not self.base.pool.healthy

    def _called(self, columns: tuple[int, ...]) -> str:
        """What was exchanged, in a sentence that has named it."""
        if len(columns) == len(self.base.question.model.sensors) > 1:
            return "all sensors"
        return "the group" if len(columns) > 1 else "it"

    def _values(self, matched: tuple[int, ...]) -> str:
        """'normal values at a similar load': what is put in, and what it is alike in."""
        names = [self.base.question.model.sensors[at] for at in matched]
        alike = f" at a similar {listed(names)}" if names else ""
        return f"{'normal values' if self.base.pool.healthy else 'values of other windows'}{alike}"

    def judged(self, facts: Facts) -> tuple[Verdict, str]:
        """The verdict, and its reason."""
        return judged(facts, self.base.question.adequacy, self.limits)


def workbench(base: Ground) -> Workbench:
    """The halves, each with donors of periods of its own.

    Raises:
        InputError: too few training windows to exchange anything for.
    """
    names, tests = base.periods.split_halves()
    first, second = base.pool.split_halves()
    if not (len(first) and len(second)):
        raise InputError("too few training windows to exchange a part of a window for")
    testing = Half(base.asked.take(tests), base.periods.take(tests), second, SEEDS[1])
    return Workbench(
        base,
        Half(base.asked.take(names), base.periods.take(names), first, SEEDS[0]),
        testing,
        refits(base, testing),
    )


def claim(found: Tested, **told: object) -> Claim:
    """A claim's record: what was measured, and what is told of it."""
    return Claim.model_validate(
        {
            "effect": found.shown,
            "effect_sd": found.effect,
            "named_sd": found.named,
            "share": found.share,
            "raised": found.raised,
            "windows": found.windows,
            "periods": found.periods,
            **told,
        }
    )
