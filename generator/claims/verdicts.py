"""From the figures of one claim to its verdict, and the one sentence that says why.

In: effect, floor, periods, and what else was measured. Out: a Verdict and a reason. An effect is
called absent only where its whole interval lies below the floor; too little to tell is said to be
that. Never: a verdict from a p value alone: every wired input moves a network a little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from generator.kinds import Task, Verdict
from generator.records import Adequacy, Interval, SiblingCount, Thresholds
from generator.words import amount, counted, moved, number, plural


@dataclass(frozen=True)
class Facts:
    """What one claim is judged by.

    Attributes:
        task, unit, word: of the model, of shown effects, of one independent period.
        shown: the effect in that unit; effect: in sd(F); each with its floor.
        named: the effect in the naming half; second: by expected gradients; None: not taken.
        p: one-sided, of no more than the floor, corrected; alpha: its limit.
        periods, share: in the testing half, and the share of them above the floor.
        outside: share of explained windows unlike training; off: of exchanged ones.
        missing: share of windows left out for missing readings.
        marked: whether what was put in its place may be the mark of another class.
        what: was exchanged; act: what was done to it, as the subject of a sentence.
        refits: in how many training runs of the model the effect counts; None: one was looked at.
    """

    task: Task
    unit: str
    word: str
    shown: Interval | None
    effect: Interval | None
    floor: float
    shown_floor: float
    named: float | None
    second: float | None
    p: float
    alpha: float
    periods: int
    share: float
    outside: float
    off: float
    missing: float
    marked: bool
    act: str
    what: str = "it"
    refits: SiblingCount | None = None


def judged(facts: Facts, adequacy: Adequacy, limits: Thresholds) -> tuple[Verdict, str]:
    """The verdict and its reason."""
    why_not = next(_not_assessed(facts, adequacy, limits), None)
    if why_not or facts.effect is None or facts.shown is None:
        return Verdict.NOT_ASSESSED, why_not or "No window has the readings this needs."
    if facts.effect.high is not None and facts.effect.high < facts.floor:
        return Verdict.NOT_SUPPORTED, _too_small(facts)
    reasons = chain(_small(facts, facts.effect, facts.shown), _weak(facts, facts.effect, limits))
    weakness = next(reasons, None)
    if weakness:
        return Verdict.WEAK, weakness
    return Verdict.SUPPORTED, _held(facts, facts.shown)


def judged_map(
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
    said = (
        f"Exchanging what it ranks first moves the answer {number(skill.estimate)} of the way "
        f"({number(skill.low)} to {number(skill.high)}) from a random order to the best one found; "
        f"{number(limits.supported_skill)} is needed, and more than {number(limits.least_skill)} "
        f"at its lower end."
    )
    if skill.estimate >= limits.supported_skill and skill.low > limits.least_skill:
        return Verdict.SUPPORTED, said
    return (Verdict.NOT_SUPPORTED if skill.high < limits.supported_skill else Verdict.WEAK), said


def _not_assessed(facts: Facts, adequacy: Adequacy, limits: Thresholds) -> Iterator[str]:
    if not adequacy.passed:
        yield adequacy.words
    if facts.periods < limits.least_periods:
        yield (
            f"Only {counted(facts.periods, facts.word)} to test it on; at least "
            f"{limits.least_periods} independent ones are needed."
        )
    if facts.missing > 0.5:
        yield f"In {facts.missing:.0%} of the windows too many of its readings are missing."
    if facts.outside > limits.off_distribution_none:
        yield f"{facts.outside:.0%} of the windows are unlike anything the model was trained on."
    if facts.off > limits.off_distribution_none:
        yield (
            f"Exchanging {facts.what} makes windows unlike anything the model was trained on "
            f"({facts.off:.0%} of them)."
        )


def _small(facts: Facts, effect: Interval, shown: Interval) -> Iterator[str]:
    """Why an effect may be too small to count."""
    if effect.estimate < facts.floor:
        yield (
            f"The best estimate, {number(effect.estimate)} of the answer's usual spread, lies "
            f"below the {number(facts.floor)} that counts, but over further {plural(facts.word)} "
            f"it may lie above: neither an effect nor its absence was shown."
        )
    if effect.low is not None and effect.low > facts.floor and facts.p > facts.alpha:
        yield (
            f"It has an effect of {number(effect.estimate)} of the answer's usual spread, but of "
            f"all the claims tested together some would look like this by chance (corrected p "
            f"{number(facts.p)}, at most {number(facts.alpha)} is allowed)."
        )
    if effect.low is None or effect.low <= facts.floor:
        yield (
            f"It has an effect of {number(effect.estimate)} of the answer's usual spread, but "
            f"how large it is over further {plural(facts.word)} cannot be told well: it "
            f"may lie below the {number(facts.floor)} that counts."
        )
    if shown.low is None or shown.low < facts.shown_floor:
        yield (
            f"It moves the score behind the probability, but the probability itself by "
            f"{amount(shown, facts.unit)}: {number(facts.shown_floor)} must be passed to count."
        )


def _weak(facts: Facts, effect: Interval, limits: Thresholds) -> Iterator[str]:
    """Why an effect that counts may not be believed yet."""
    if facts.marked:
        yield (
            "It has an effect, but no healthy class is named in the manifest: what was put in its "
            "place may be the mark of another class."
        )
    if facts.periods < limits.supported_periods:
        yield (
            f"It has an effect, but only {counted(facts.periods, facts.word)} could be tested; "
            f"{limits.supported_periods} are needed."
        )
    if facts.named is None or facts.named <= facts.floor:
        yield "It has an effect in the periods it was tested on, but not in those that name claims."
    elif effect.estimate < limits.kept_share * facts.named:
        yield "Its effect was less than half of that in the periods that named it."
    if facts.second is not None and facts.second <= facts.floor:
        yield "It has an effect, but two methods disagree on its size."
    if facts.refits is not None and facts.refits.found < limits.refits_share * facts.refits.of:
        yield (
            f"It has an effect in this model, but only in {facts.refits.found} of "
            f"{facts.refits.of} training runs of it: trained again, it leans on something else."
        )
    unlike, most = max(facts.off, facts.outside), limits.off_distribution_weak
    if unlike > most:
        made = "that the exchange makes " if facts.off >= facts.outside else ""
        yield (
            f"It has an effect, but {unlike:.1%} of the windows {made}are unlike those the model "
            f"was trained on; at most {most:.0%} may be."
        )


def _too_small(facts: Facts) -> str:
    return (
        f"{facts.act} changed the answer by less than {number(facts.floor)} of its "
        f"usual spread: no noticeable effect here."
    )


def _held(facts: Facts, shown: Interval) -> str:
    of = counted(facts.periods, facts.word)
    runs = facts.refits
    so_is = (
        f" The same held in {runs.found} of {runs.of} training runs of the model." if runs else ""
    )
    return (
        f"{facts.act} {moved(facts.task, shown, facts.unit)} on average; it made a difference "
        f"in {round(facts.share * facts.periods)} of {of}.{so_is}"
    )
