"""Hand-made claims for the tests of pages, in the states an answer can be in. Never published.

Reasons are the sentences of the program's own verdicts; figures are made up.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.kinds import Verdict
from generator.records import (
    Claim,
    ClaimsRecord,
    ExpectationRow,
    InstrumentRow,
    MapSkill,
    SupportedSpan,
    Thresholds,
)
from tests.claims_by_hand import make_claim, make_claims_record, make_interval

AIR, OXYGEN = ("fuel_flow", "air_flow"), ("oxygen_ppm", "excess_air")
SINGLE = ("burner_temp", "co_ppm", "efficiency", "nox_emission")
SPANS = ((0, 15), (16, 31), (32, 47), (48, 63))
SPAN_WORDS = (
    "10 min 30 s to 8 min before the last reading",
    "7 min 50 s to 5 min 20 s before the last reading",
    "5 min 10 s to 2 min 40 s before the last reading",
    "the last 2 min 40 s",
)
HELD = (
    "Exchanging it for normal values changed the probability of the warning by 31 (29 to 33) "
    "points on average; it made a difference in 10 of 11 runs."
)
PARTLY = "It has an effect, but two methods disagree on its size."
SMALL = (
    "Exchanging it for normal values changed the answer by less than 0.10 of its usual spread: no "
    "noticeable effect here."
)
UNUSUAL = "Exchanging it makes windows unlike anything the model was trained on (61% of them)."
TOGETHER = (
    "It moves together with the others of oxygen_ppm and excess_air: the group can be named, not "
    "which of them."
)
ALONE = (
    "Exchanged alone it keeps 83% of its group's effect, but one training run was looked at: "
    "another could lean on another sensor of the group."
)
BEHIND = (
    "The model is behind the best simple rule in ROC AUC, by 3.2 points (95 % range -5.1 to -1.3): "
    "no such model is explained."
)
FEW = "Only 5 runs to test it on; at least 6 independent ones are needed."
REASONS = {
    Verdict.SUPPORTED: HELD,
    Verdict.WEAK: PARTLY,
    Verdict.NOT_SUPPORTED: SMALL,
    Verdict.NOT_IDENTIFIABLE: TOGETHER,
    Verdict.NOT_ASSESSED: UNUSUAL,
}


def make_group_claim(
    subject: Sequence[str], sd: float | None, verdict: Verdict, reason: str | None = None
) -> Claim:
    """A claim about a group, with a reason that pages really carry."""
    changed = {"reason": reason or REASONS[verdict]}
    return make_claim(subject, sd, verdict).model_copy(update=changed)


def make_member(name: str, alone: float, verdict: Verdict, reason: str) -> Claim:
    """A claim about one sensor of a group."""
    changed = {"reason": reason, "alone": alone}
    return make_claim([name], 0.7 * alone, verdict, "sensor").model_copy(update=changed)


def make_span_claims(
    subject: Sequence[str], sizes: Sequence[float], held: Sequence[int]
) -> list[Claim]:
    """One claim per span; of all sensors where the subject is empty."""
    kind = "cell" if subject else "time"
    return [
        make_claim(
            subject, sd, Verdict.SUPPORTED if at in held else Verdict.NOT_SUPPORTED, kind, rows
        ).model_copy(update={"span": SPAN_WORDS[at], "reason": HELD if at in held else SMALL})
        for at, (sd, rows) in enumerate(zip(sizes, SPANS, strict=True))
    ]


def make_instruments(names: Sequence[str]) -> list[InstrumentRow]:
    """One row per sensor; the model gives no number where the last one drops out."""
    return [
        InstrumentRow(
            sensor=name,
            exchanged=12.3 / (at + 1),
            stuck=4.5 / (at + 1),
            drifted=0.0021,
            missing=None if at == len(names) - 1 else 7.7 / (at + 1),
        )
        for at, name in enumerate(names)
    ]


def make_held_record(limits: Thresholds | None = None) -> ClaimsRecord:
    """Every verdict there is, with the group of air and fuel tested and held."""
    every = Verdict
    groups = [
        make_group_claim(AIR, 0.77, every.SUPPORTED),
        make_group_claim(OXYGEN, 0.41, every.WEAK),
        make_group_claim(SINGLE[:1], 0.3, every.SUPPORTED),
        make_group_claim(SINGLE[1:2], 0.04, every.NOT_SUPPORTED),
        make_group_claim(SINGLE[2:3], 0.9, every.NOT_ASSESSED),
        make_group_claim(SINGLE[3:], 0.02, every.NOT_SUPPORTED),
    ]
    members = [
        make_member("fuel_flow", 0.83, every.WEAK, ALONE),
        make_member("air_flow", 0.1, every.NOT_SUPPORTED, SMALL),
        make_member("oxygen_ppm", 0.5, every.NOT_IDENTIFIABLE, TOGETHER),
        make_member("excess_air", 0.45, every.NOT_IDENTIFIABLE, TOGETHER),
    ]
    spans = [
        *make_span_claims((), (0.05, 0.2, 0.5, 0.6), (1, 2, 3)),
        *make_span_claims(AIR, (0.02, 0.03, 0.4, 0.3), (2, 3)),
        *make_span_claims(OXYGEN, (0.01, 0.02, 0.02, 0.09), ()),
        *make_span_claims(SINGLE[:1], (0.02, 0.2, 0.01, 0.02), (1,)),
    ]
    record = make_claims_record(
        [*groups, *members, *spans],
        instruments=make_instruments((*AIR, *OXYGEN, *SINGLE)),
        expectations=(
            make_expectation("rests on", ("air_flow",), "met", HELD, "fuel_flow"),
            make_expectation("rests on", ("co_ppm",), "broken", SMALL),
            make_expectation("does not rest on", ("efficiency",), "cannot be told", UNUSUAL),
        ),
        limits=limits,
    )
    changed = {
        "when": (
            SupportedSpan(subject=AIR, first_row=32, last_row=63, span="the last 5 min 20 s"),
            SupportedSpan(subject=SINGLE[:1], first_row=16, last_row=31, span=SPAN_WORDS[1]),
        ),
        "agreement": 0.67,
        "completeness": 0.0004,
        "cut": ("stand-ins come from 2,000 of 4,000 training windows",),
        "maps": (
            MapSkill(
                name="attention received",
                granularity="sensor",
                windows=25,
                skill=make_interval(0.62, 0.2),
                shuffled_rho=0.12,
                verdict=every.SUPPORTED,
                reason="Exchanging what it ranks first moves the answer 0.62 of the way (0.42 to "
                "0.82) from a random order to the best one found.",
            ),
            MapSkill(
                name="attention received",
                granularity="time",
                windows=25,
                verdict=every.NOT_IDENTIFIABLE,
                reason="A token holds a sensor's whole window, so no moment may be named.",
            ),
        ),
    }
    return record.model_copy(update=changed)


def make_expectation(
    kind: str, sensors: tuple[str, ...], outcome: str, reason: str, other: str = ""
) -> ExpectationRow:
    """A row of what was expected."""
    together = f" Tested together with {other}." if other else ""
    made = {"kind": kind, "sensors": sensors, "outcome": outcome, "reason": f"{reason}{together}"}
    return ExpectationRow.model_validate(made)


def make_partly_held_record() -> ClaimsRecord:
    """One group held in part, the others did not."""
    others = [make_group_claim([name], 0.03, Verdict.NOT_SUPPORTED) for name in SINGLE]
    oxygen = make_group_claim(OXYGEN, 0.41, Verdict.WEAK)
    air = make_group_claim(AIR, 0.05, Verdict.NOT_SUPPORTED)
    instruments = make_instruments((*OXYGEN, *AIR, *SINGLE))
    return make_claims_record([oxygen, air, *others], instruments=instruments)


def make_none_held_record() -> ClaimsRecord:
    """No group made a noticeable difference."""
    groups = [
        make_group_claim(g, 0.03, Verdict.NOT_SUPPORTED)
        for g in (AIR, OXYGEN, *((n,) for n in SINGLE))
    ]
    return make_claims_record(groups, instruments=make_instruments((*AIR, *OXYGEN, *SINGLE)))


def make_not_assessed_record(reason: str = BEHIND, passed: bool = False) -> ClaimsRecord:
    """Nothing was judged, and every claim has the one reason."""
    subjects = (AIR, OXYGEN, *((name,) for name in SINGLE))
    groups = [make_group_claim(g, 0.3, Verdict.NOT_ASSESSED, reason) for g in subjects]
    members = [
        make_member(name, 0.5, Verdict.NOT_ASSESSED, reason) for g in (AIR, OXYGEN) for name in g
    ]
    found = make_claims_record(
        [*groups, *members], passed=passed, instruments=make_instruments((*AIR, *OXYGEN, *SINGLE))
    )
    return found.model_copy(
        update={"adequacy": found.adequacy.model_copy(update={"words": reason})}
    )


STATES = {
    "held": make_held_record,
    "partly": make_partly_held_record,
    "none": make_none_held_record,
    "not assessed": make_not_assessed_record,
}
