"""What was claimed of a model, how it was tested, and what came of it.

Effects are how far the model's answer moves when a part of its input is exchanged for what it
was in other windows: about the model, never about the plant.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.kinds import Granularity, Verdict
from generator.records.interval import Interval
from generator.records.model import FileDigest
from generator.records.record import Record
from generator.records.thresholds import Thresholds

Role = Literal["", "own history", "known ahead"]
"""What a sensor group is to a forecaster."""


class SiblingCount(Record):
    """In how many training runs of a model an exchange has an effect that counts, this one too."""

    found: int
    of: int


class Claim(Record):
    """One statement about the model, with what it rests on.

    Attributes:
        subject: the sensors it is about, or the name of a head or layer.
        role: for a forecaster, whether these are the target's own history, or inputs that the
            plant sets and so knows ahead; '' for other sensors.
        first_row, last_row: the rows of the window it is about, counted from 0; None: all.
        span: the same in words, '' for the whole window.
        effect: mean |change| of the answer, in the target's unit or points of probability.
        effect_sd: the same in sd(F).
        second_sd: the same by expected gradients; None where those were not taken.
        twin_sd: the same for a group's readings in the same run without its fault; None: no twins.
        named_sd: the effect in the half of the periods that names, in sd(F).
        share: of the testing half's periods, those whose own effect is above the floor.
        raised: share of exchanged windows whose answer was higher before the exchange.
        unusual: share of the windows that the exchange makes which are unlike those of training;
            None for heads and layers, where no window is made.
        windows, periods: what was tested, in the testing half.
        p: one-sided, of an effect no larger than the floor, corrected for all tests of its kind.
        alone: for a sensor of a group: its share of the group's effect.
        siblings: whether it is so in other training runs of the model; None: none was asked.
    """

    id: str
    granularity: Granularity
    subject: tuple[str, ...]
    role: Role = ""
    first_row: int | None = None
    last_row: int | None = None
    span: str = ""
    statement: str
    verdict: Verdict
    reason: str
    effect: Interval | None = None
    effect_sd: Interval | None = None
    second_sd: float | None = None
    twin_sd: float | None = None
    named_sd: float | None = None
    share: float | None = None
    raised: float | None = None
    unusual: float | None = None
    windows: int = 0
    periods: int = 0
    p: float | None = None
    alone: float | None = None
    siblings: SiblingCount | None = Field(
        default=None, validation_alias="refits", serialization_alias="refits"
    )


class SupportedSpan(Record):
    """Neighbouring spans of the window in which a group was tested and held."""

    subject: tuple[str, ...]
    first_row: int
    last_row: int
    span: str


class ExplainedNumber(Record):
    """The number that is explained, F, and the floor under its effects."""

    words: str
    unit: str
    """Of effects: the target's, or 'points' of probability."""
    sd: float
    """Spread of F over the reference windows, in F's own unit."""
    floor_sd: float
    """The smallest effect that counts, in sd(F)."""
    reference_windows: int


class Adequacy(Record):
    """Whether the model is good enough to be explained: how far it is ahead of the best rule."""

    measure: str
    rule: str
    ahead: Interval
    """Percent of the rule's error, or points of ROC AUC or balanced accuracy."""
    unit: Literal["%", "points"]
    needed: float
    periods: int
    passed: bool
    words: str


class Donors(Record):
    """Where the normal values come from that a part of the input is exchanged for."""

    each: int
    """Donors per window."""
    windows: int
    """Training windows they are chosen from."""
    periods: int
    """Independent periods those lie in."""
    healthy: bool
    """Whether only windows in which nothing is wrong were let in: no event follows them, or their
    class is a healthy one."""
    classes: tuple[str, ...] = ()
    """The healthy classes, where classes are told apart."""
    twins: int | None = None
    """Tested windows that differ from the same run without its fault; None: no such runs."""
    twin_files: tuple[FileDigest, ...] = ()
    """The files those runs were read from."""
    regime: tuple[str, ...]
    """The sensors they are matched on."""
    outside: float
    """Share of explained windows further from training than its 99th percentile."""


class InstrumentRow(Record):
    """How far the answer moves when one instrument misbehaves, in the unit of effects."""

    sensor: str
    exchanged: float | None
    """For normal values of other windows."""
    stuck: float | None
    """At its first reading of the window."""
    drifted: float | None
    """By 1 % of its training span, from 1st to 99th percentile."""
    missing: float | None
    """No reading in the whole window; None where the model does not take that."""


class ExpectationRow(Record):
    """What was expected of the model before it ran, and what came of it."""

    kind: Literal["rests on", "does not rest on"]
    sensors: tuple[str, ...]
    outcome: Literal["met", "broken", "cannot be told"]
    reason: str


class MapSkill(Record):
    """How well one map's ranking finds what the answer rests on, between chance and best found."""

    name: str
    granularity: Literal["sensor", "time"]
    windows: int
    drop: float | None = None
    """Mean change, in sd(F), when the map's own order is exchanged step by step; None: ungraded."""
    chance: float | None = None
    best: float | None = None
    best_by: str = ""
    skill: Interval | None = None
    """None where the way from chance to best is too short to measure along."""
    shuffled_rho: float | None = None
    """Mean rank correlation with the map of the same model with shuffled weights."""
    verdict: Verdict
    reason: str


class SiblingRecord(Record):
    """The same model trained again, and whether it is good enough to be asked."""

    id: str
    files: tuple[FileDigest, ...]
    sha256: str
    passed: bool
    words: str


class ClaimsRecord(Record):
    """Every claim of a report, tested or not, and how it was tested."""

    population: str
    period_word: str
    """What an independent period is, such as 'run'."""
    periods: int
    explained: ExplainedNumber
    adequacy: Adequacy
    donors: Donors
    thresholds: Thresholds
    groups: tuple[tuple[str, ...], ...]
    """The sensors in the groups claims are made on; a sensor that moves alone is its own."""
    claims: tuple[Claim, ...]
    when: tuple[SupportedSpan, ...] = ()
    agreement: float | None
    """Kendall's tau of exchanges and expected gradients over the groups above the floor."""
    completeness: float | None
    """Median gap of expected gradients, in |dF|."""
    cut: tuple[str, ...] = ()
    """What was left out to bound the cost."""
    instruments: tuple[InstrumentRow, ...] = ()
    expectations: tuple[ExpectationRow, ...] = ()
    maps: tuple[MapSkill, ...] = ()
    siblings: tuple[SiblingRecord, ...] = ()
    """Other training runs of the model; those that passed were asked what it was asked."""

    def of(self, granularity: Granularity) -> tuple[Claim, ...]:
        """The claims of one granularity, in their order."""
        return tuple(claim for claim in self.claims if claim.granularity == granularity)
