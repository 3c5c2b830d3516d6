"""What every test of one question stands on: F, donors, the two halves of the periods.

In: a Question. Out: effects, each measured once. Never: a half that sees the donors of the other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.claims.effect import Effect
from generator.claims.half import Half, list_sibling_halves, measure_effect
from generator.claims.question import Question
from generator.effects.donors import DonorChoice, DonorPool, build_donor_pool, find_healthy
from generator.effects.exchange import explain_windows
from generator.effects.features import window_features
from generator.effects.part import Part
from generator.effects.periods import Periods
from generator.effects.scalar import define_scalar
from generator.effects.spans import span_edges, span_rows
from generator.effects.unusual import fit_envelope
from generator.errors import InputError
from generator.kinds import Task
from generator.records import SiblingCount, Thresholds
from generator.words import count_noun, join_names

NAMING_SEED, TESTING_SEED = 3, 4  # of marginal donors
FEATURES_SEED, FEATURES_WINDOWS = 5, 2000


class Study:
    """The common ground of all tests of a question; it remembers what it measured.

    Attributes:
        scalar: the number explained; floor: the smallest effect that counts, in sd(F).
        windows, periods: the explained windows and the independent period of each.
        pool: the donors; envelope: where training windows lie.
        outside: share of explained windows unlike those of training.
        regime: places of the matched sensors; edges: (spans,) first row of each span.
        naming, testing: the half that names claims and the half that tests them.
        siblings: the testing half as other training runs of the model read it.
    """

    def __init__(self, question: Question) -> None:
        """Prepare the ground of a question.

        Raises:
            InputError: too few training windows to exchange anything for.
        """
        model = question.model
        self.question = question
        self.scalar = define_scalar(model, question.train)
        self.floor = question.smallest_effect(question.rmse, self.scalar.sd)
        self.windows = explain_windows(self.scalar, question.explained.values)
        self.periods = question.rule.of(question.explained)
        self.pool = _build_pool(question)
        sample = question.train.sample(FEATURES_WINDOWS, FEATURES_SEED).values
        self.envelope = fit_envelope(window_features(sample))
        outside = self.envelope.outside(window_features(self.windows.values))
        self.outside = float(outside.mean())
        self.regime = tuple(model.sensors.index(n) for n in question.regime if n in model.sensors)
        self.edges = span_edges(model.window, question.budget.spans)
        self.naming, self.testing = self._split_halves()
        self.siblings = list_sibling_halves(question, self.testing)
        self._effects: dict[Part, Effect] = {}
        self._sibling_effects: dict[Part, list[float]] = {}

    @property
    def task(self) -> Task:
        """What the model predicts."""
        return self.question.model.task

    @property
    def limits(self) -> Thresholds:
        """What verdicts turn on."""
        return self.question.limits

    @property
    def rows(self) -> int:
        """Rows of one window."""
        return self.question.model.window

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row of each span."""
        return span_rows(self.edges, self.rows)

    @property
    def every(self) -> tuple[int, ...]:
        """The places of all sensors."""
        return tuple(range(len(self.question.model.sensors)))

    @property
    def is_marked(self) -> bool:
        """Whether what is put in may be the mark of another class."""
        return self.task == "class" and not self.pool.healthy

    def places(self, sensors: tuple[str, ...]) -> tuple[int, ...]:
        """Where these sensors stand among the model's."""
        return tuple(self.question.model.sensors.index(name) for name in sensors)

    def whole(self, sensors: tuple[str, ...]) -> Part:
        """These sensors over the whole window."""
        return Part(self.places(sensors), 0, self.rows - 1)

    def test(self, part: Part) -> Effect:
        """The effect of exchanging one part in both halves; nothing is exchanged twice."""
        if part not in self._effects:
            what = self._name_part(part)
            act = f"Exchanging {what} for {self._name_donors(part)}"
            measured = measure_effect(self.naming, self.testing, part)
            self._effects[part] = replace(measured, what=what, act=act)
        return self._effects[part]

    def test_siblings(self, part: Part) -> list[float]:
        """The effect of the exchange in each sibling, in its sd(F)."""
        if part not in self._sibling_effects:
            self._sibling_effects[part] = [half.mean_effect(part) for half in self.siblings]
        return self._sibling_effects[part]

    def unusual_share(self, part: Part) -> float:
        """Share of the testing half's exchanged windows that are unlike those of training."""
        return self.testing.unusual_share(self.envelope, part)

    def count_siblings(self, part: Part, group: Part | None = None) -> SiblingCount | None:
        """In how many training runs the effect counts, this one too; None where there is no other.

        A part of a `group` must keep its share of the group's effect in the same run as well.
        """
        if not self.siblings:
            return None
        floors = np.array([self.floor, *(half.floor for half in self.siblings)])
        least = self.limits.member_share * self._list_effects(group) if group else 0.0
        held = self._list_effects(part) > np.maximum(floors, least)
        return SiblingCount(found=int(held.sum()), of=len(held))

    def _list_effects(self, part: Part) -> np.ndarray:
        """(training runs,) the effect of the exchange, this run first; 0 where it was not taken."""
        own = self.test(part).effect_sd
        return np.array([own.estimate if own else 0.0, *self.test_siblings(part)])

    def _split_halves(self) -> tuple[Half, Half]:
        """The halves, each with donors of periods of its own."""
        names, tests = self.periods.split_halves()
        first, second = self.pool.split_halves()
        if not (len(first) and len(second)):
            raise InputError(_describe_shortage(self.question, self.pool))
        return self._make_half(names, first, NAMING_SEED), self._make_half(
            tests, second, TESTING_SEED
        )

    def _make_half(self, places: np.ndarray, pool: DonorPool, seed: int) -> Half:
        windows = self.windows.take(places)
        return Half(
            scalar=self.scalar,
            floor=self.floor,
            windows=windows,
            periods=self.periods.take(places),
            pool=pool,
            donors=DonorChoice(pool, windows.values, seed),
            regime=self.regime,
            each=self.question.budget.donors,
            missing=self.limits.missing,
        )

    def _name_part(self, part: Part) -> str:
        """What is exchanged, in a sentence that has named it."""
        if len(part.columns) == len(self.every) > 1:
            return "all sensors"
        return "the group" if len(part.columns) > 1 else "it"

    def _name_donors(self, part: Part) -> str:
        """'normal values at a similar load': what is put in, and what it is alike in."""
        names = [self.question.model.sensors[at] for at in self.testing.match(part)]
        alike = f" at a similar {join_names(names)}" if names else ""
        return f"{'normal values' if self.pool.healthy else 'values of other windows'}{alike}"


def _build_pool(question: Question) -> DonorPool:
    codes: Periods = question.rule.of(question.train)
    healthy = find_healthy(question.train, question.model.task, question.healthy)
    return build_donor_pool(question.train, codes.codes, healthy, question.limits.missing)


def _describe_shortage(question: Question, pool: DonorPool) -> str:
    """Why there are no stand-ins: too few periods of training, or sensors without a reading."""
    known = np.isfinite(question.train.sample(FEATURES_WINDOWS, FEATURES_SEED).values)
    names = [
        f"{name!r}"
        for name, any_known in zip(question.model.sensors, known.any(axis=(0, 1)), strict=True)
        if not any_known
    ]
    dead = f"; without any reading there: {join_names(names[:5])}" if names else ""
    normal = "normal " if pool.healthy else ""
    return (
        f"too few training windows to take stand-ins from: {count_noun(len(pool), 'window')} of "
        f"{count_noun(pool.periods, 'independent period')}, and two are needed "
        f"({normal}windows with at most {question.limits.missing:.0%} of their readings missing, "
        f"thresholds: missing){dead}"
    )
