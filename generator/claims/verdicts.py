"""From the figures of one claim to its verdict, and the one sentence that says why.

In: effect, floor, periods, and what else was measured. Out: a Verdict and a reason. An effect is
called absent only where its whole interval lies below the floor; too little to tell is said to be
that. Never: a verdict from a p value alone: every wired input moves a network a little.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from generator.claims.effect import Effect
from generator.kinds import Task, Verdict
from generator.records import Adequacy, Interval, Thresholds
from generator.words import count_noun, describe_change, format_amount, format_number, pluralise


class Terms(Protocol):
    """What the effects of one family are judged on."""

    @property
    def adequacy(self) -> Adequacy:
        """How good the model is."""

    @property
    def limits(self) -> Thresholds:
        """What verdicts turn on."""

    @property
    def task(self) -> Task:
        """What an effect is told of: an event, a value or a class."""

    @property
    def unit(self) -> str:
        """Of shown effects."""

    @property
    def period_word(self) -> str:
        """What one independent period is."""

    @property
    def floor(self) -> float:
        """The smallest effect that counts, in sd(F)."""

    @property
    def shown_floor(self) -> float:
        """The same in the unit of shown effects."""

    @property
    def alpha(self) -> float:
        """The limit of a corrected p."""

    @property
    def outside(self) -> float:
        """Share of explained windows unlike those of training."""

    @property
    def is_marked(self) -> bool:
        """Whether what was put in may be the mark of another class."""


def judge_effect(effect: Effect, terms: Terms) -> tuple[Verdict, str]:
    """The verdict and its reason."""
    why_not = next(_list_obstacles(effect, terms), None)
    if why_not or effect.effect_sd is None or effect.effect is None:
        return Verdict.NOT_ASSESSED, why_not or "No window has the readings this needs."
    size, shown = effect.effect_sd, effect.effect
    if size.high is not None and size.high < terms.floor:
        return Verdict.NOT_SUPPORTED, _say_too_small(effect, terms)
    doubts = chain(_doubt_size(effect.p, size, shown, terms), _doubt_effect(effect, size, terms))
    doubt = next(doubts, None)
    if doubt:
        return Verdict.WEAK, doubt
    return Verdict.SUPPORTED, _say_held(effect, shown, terms)


def judge_map(
    adequacy: Adequacy, read: bool, skill: Interval | None, limits: Thresholds
) -> tuple[Verdict, str]:
    """The verdict on a map's ranking at a granularity its tokens can carry, and its reason.

    Args:
        adequacy: of the model.
        read: whether the map was read of each window.
        skill: between chance and the best order found; None where that is too short to measure.
        limits: what verdicts turn on.
    """
    if not adequacy.passed:
        return Verdict.NOT_ASSESSED, adequacy.words
    if not read:
        return Verdict.NOT_ASSESSED, "This map could not be read window by window."
    if skill is None:
        return (
            Verdict.NOT_ASSESSED,
            "The best order found moves the answer hardly further than a random one: there is "
            "nothing to grade a ranking by.",
        )
    if skill.low is None or skill.high is None:
        return Verdict.NOT_ASSESSED, "Too few independent periods to grade a ranking on."
    size, low, high = map(format_number, (skill.estimate, skill.low, skill.high))
    needed, least = format_number(limits.supported_skill), format_number(limits.least_skill)
    reason = (
        f"Exchanging what it ranks first moves the answer {size} of the way ({low} to {high}) from "
        f"a random order to the best one found; {needed} is needed, and more than {least} at its "
        f"lower end."
    )
    if skill.estimate >= limits.supported_skill and skill.low > limits.least_skill:
        return Verdict.SUPPORTED, reason
    return (Verdict.NOT_SUPPORTED if skill.high < limits.supported_skill else Verdict.WEAK), reason


def _list_obstacles(effect: Effect, terms: Terms) -> Iterator[str]:
    """Why an effect cannot be assessed."""
    limits = terms.limits
    if not terms.adequacy.passed:
        yield terms.adequacy.words
    if effect.periods < limits.least_periods:
        yield (
            f"Only {count_noun(effect.periods, terms.period_word)} to test it on; at least "
            f"{limits.least_periods} independent ones are needed."
        )
    if effect.missing > limits.missing_windows:
        yield f"In {effect.missing:.0%} of the windows too many of its readings are missing."
    if terms.outside > limits.off_distribution_none:
        yield f"{terms.outside:.0%} of the windows are unlike anything the model was trained on."
    if (effect.unusual or 0.0) > limits.off_distribution_none:
        yield (
            f"Exchanging {effect.what} makes windows unlike anything the model was trained on "
            f"({effect.unusual:.0%} of them)."
        )


def _doubt_size(p: float, size: Interval, shown: Interval, terms: Terms) -> Iterator[str]:
    """Why an effect may be too small to count."""
    spread, periods = (
        f"{format_number(size.estimate)} of the answer's usual spread",
        pluralise(terms.period_word),
    )
    if size.estimate < terms.floor:
        yield (
            f"The best estimate, {spread}, lies "
            f"below the {format_number(terms.floor)} that counts, but over further {periods} "
            f"it may lie above: neither an effect nor its absence was shown."
        )
    if size.low is not None and size.low > terms.floor and p > terms.alpha:
        yield (
            f"It has an effect of {spread}, but of "
            f"all the claims tested together some would look like this by chance (corrected p "
            f"{format_number(p)}, at most {format_number(terms.alpha)} is allowed)."
        )
    if size.low is None or size.low <= terms.floor:
        yield (
            f"It has an effect of {spread}, but "
            f"how large it is over further {periods} cannot be told well: it "
            f"may lie below the {format_number(terms.floor)} that counts."
        )
    if shown.low is None or shown.low < terms.shown_floor:
        yield (
            f"It moves the score behind the probability, but the probability itself by "
            f"{format_amount(shown, terms.unit)}: {format_number(terms.shown_floor)} must be "
            f"passed to count."
        )


def _doubt_effect(effect: Effect, size: Interval, terms: Terms) -> Iterator[str]:
    """Why an effect that counts may not be believed yet."""
    limits, runs = terms.limits, effect.siblings
    if terms.is_marked:
        yield (
            "It has an effect, but no healthy class is named in the manifest: what was put in its "
            "place may be the mark of another class."
        )
    if effect.periods < limits.supported_periods:
        yield (
            f"It has an effect, but only {count_noun(effect.periods, terms.period_word)} could be "
            f"tested; {limits.supported_periods} are needed."
        )
    if effect.named_sd is None or effect.named_sd <= terms.floor:
        yield "It has an effect in the periods it was tested on, but not in those that name claims."
    elif size.estimate < limits.kept_share * effect.named_sd:
        yield "Its effect was less than half of that in the periods that named it."
    if effect.second_counts:
        yield from _doubt_method(effect, terms)
    if runs is not None and runs.found < limits.refits_share * runs.of:
        yield (
            f"It has an effect in this model, but only in {runs.found} of "
            f"{runs.of} training runs of it: trained again, it leans on something else."
        )
    yield from _doubt_windows(effect.unusual or 0.0, terms)


def _doubt_method(effect: Effect, terms: Terms) -> Iterator[str]:
    """Why the second method may speak against an effect."""
    needed = terms.limits.agreement
    if effect.second_sd is not None and effect.second_sd <= terms.floor:
        yield "It has an effect, but two methods disagree on its size."
    if effect.agreement is not None and effect.agreement < needed:
        yield (
            f"It has an effect, but two methods put the groups in different orders (Kendall's tau "
            f"{effect.agreement:.2f}; {format_number(needed)} is needed)."
        )


def _doubt_windows(unusual: float, terms: Terms) -> Iterator[str]:
    """Why the windows an effect was measured on may be too unlike those of training."""
    unlike, most = max(unusual, terms.outside), terms.limits.off_distribution_weak
    if unlike > most:
        made = "that the exchange makes " if unusual >= terms.outside else ""
        yield (
            f"It has an effect, but {unlike:.1%} of the windows {made}are unlike those the model "
            f"was trained on; at most {most:.0%} may be."
        )


def _say_too_small(effect: Effect, terms: Terms) -> str:
    return (
        f"{effect.act} changed the answer by less than {format_number(terms.floor)} of its "
        f"usual spread: no noticeable effect here."
    )


def _say_held(effect: Effect, shown: Interval, terms: Terms) -> str:
    of, runs = count_noun(effect.periods, terms.period_word), effect.siblings
    in_siblings = (
        f" The same held in {runs.found} of {runs.of} training runs of the model." if runs else ""
    )
    return (
        f"{effect.act} {describe_change(terms.task, shown, terms.unit)} on average; it made a "
        f"difference in {round(effect.share * effect.periods)} of {of}.{in_siblings}"
    )
