"""Whether a measure can tell sensors apart, and moments in time, for each kind of token.

A closed table: it follows from what a token stands for, not from the numbers. Sentences are for
those who run the plant. Never: a yes for what a token cannot carry, however clear the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.attention import AttentionWeights
from generator.kinds import TokenKind
from generator.measures.measure import Family, Measure
from generator.records import Identification


@dataclass(frozen=True)
class Identifiability:
    """The two answers for one measure on one kind of token."""

    sensors: Identification
    steps: Identification


def _confirm(reason: str) -> Identification:
    return Identification(yes=True, reason=reason)


def _deny(reason: str) -> Identification:
    return Identification(yes=False, reason=reason)


WHOLE_WINDOW = _deny("Each token holds one sensor's whole window, so no moment in it stands out.")
ALL_SENSORS = _deny(
    "Each token holds all sensors of one time step, so they share whatever it gets."
)
A_WORD = _deny("Each token is an entry of a vocabulary and stands for no sensor.")
A_WORDS_PLACE = _deny(
    "Each token is an entry of a vocabulary and stands for no moment of the plant."
)
NOT_STATED = _deny("The model does not say what a token stands for, so no sensor may be named.")
NO_MOMENT = _deny("The model does not say what a token stands for, so no moment may be named.")
MIXED_SENSORS = _deny("It describes a whole head or layer, in which all sensors are mixed.")
MIXED_STEPS = _deny("It describes a whole head or layer, in which all moments are mixed.")
STEP = _confirm("Each token is one time step, so its figure belongs to that step.")
STRETCH = _confirm("Each token is one stretch of time, so its figure belongs to that stretch.")
ONE_MAP = _deny("It compares series that a model reads one by one; this model reads them together.")

TABLE: dict[tuple[Family, TokenKind], Identifiability] = {
    ("attention", TokenKind.SENSORS): Identifiability(
        _confirm("Each token is one sensor's whole window, so its figure belongs to that sensor."),
        WHOLE_WINDOW,
    ),
    ("attention", TokenKind.TIMESTEPS): Identifiability(ALL_SENSORS, STEP),
    ("attention", TokenKind.PATCHES): Identifiability(
        _deny("Each sensor is read by itself and its attention adds up to the same total for all."),
        STRETCH,
    ),
    ("rows", TokenKind.SENSORS): Identifiability(
        _confirm(
            "Each row is one sensor's; it says how it looks at others, not how much it counts."
        ),
        WHOLE_WINDOW,
    ),
    ("rows", TokenKind.TIMESTEPS): Identifiability(
        ALL_SENSORS,
        _confirm("Each row is one time step's; it says how it looks at others, not how it counts."),
    ),
    ("rows", TokenKind.PATCHES): Identifiability(
        _deny(
            "Each sensor is read by itself, and a row says only how it looks along its own time."
        ),
        _confirm(
            "Each row is one stretch of time's; it says how it looks, not how much it counts."
        ),
    ),
    ("vectors", TokenKind.SENSORS): Identifiability(
        _confirm(
            "Each token is one sensor's whole window, so the vector that moves is that sensor's."
        ),
        WHOLE_WINDOW,
    ),
    ("vectors", TokenKind.TIMESTEPS): Identifiability(ALL_SENSORS, STEP),
    ("vectors", TokenKind.PATCHES): Identifiability(
        _deny(
            "Each sensor is read by itself, and a long vector does not say that the output uses it."
        ),
        STRETCH,
    ),
    ("gradients", TokenKind.SENSORS): Identifiability(
        _confirm(
            "Each token is one sensor's whole window, and the gradient says what the output used."
        ),
        WHOLE_WINDOW,
    ),
    ("gradients", TokenKind.TIMESTEPS): Identifiability(ALL_SENSORS, STEP),
    ("gradients", TokenKind.PATCHES): Identifiability(
        _confirm(
            "The gradient says which sensor's stretches the output used, kept apart by sensor."
        ),
        STRETCH,
    ),
    ("series", TokenKind.SENSORS): Identifiability(ONE_MAP, ONE_MAP),
    ("series", TokenKind.TIMESTEPS): Identifiability(ALL_SENSORS, ONE_MAP),
    ("series", TokenKind.PATCHES): Identifiability(
        _confirm(
            "Each sensor is read by itself, and the gradient says how much the output used of it."
        ),
        _deny("It is added up over the whole window of each sensor."),
    ),
}

UNNAMED: dict[TokenKind, Identifiability] = {
    TokenKind.TEXT: Identifiability(A_WORD, A_WORDS_PLACE),
    TokenKind.POSITIONS: Identifiability(NOT_STATED, NO_MOMENT),
}
WHOLE = Identifiability(MIXED_SENSORS, MIXED_STEPS)
SERIES_TOGETHER = _deny(
    "Here it is the mean over the series a model reads one by one; see what was used of each "
    "series."
)


def find_identifiability(measure: Measure, tokens: TokenKind) -> Identifiability:
    """Whether `measure` on such tokens tells sensors apart, and moments, each with its reason."""
    if measure.family == "whole":
        return WHOLE
    return UNNAMED[tokens] if tokens in UNNAMED else TABLE[measure.family, tokens]


def judge_maps(measure: Measure, weights: AttentionWeights) -> Identifiability:
    """The same of these maps; a mean over series read one by one no longer tells them apart."""
    answers = find_identifiability(measure, weights.tokens)
    together = weights.tokens is TokenKind.PATCHES and weights.rows_per_sample > 1
    if together and answers.sensors.yes and measure.granularity == "position":
        return Identifiability(SERIES_TOGETHER, answers.steps)
    return answers
