"""The plants: how readings and amounts come about, and what is true of them.

In: nothing. Out: PLANTS by name. A new plant is a line here, of parts in `mixing`.
Never: two plants whose signals differ: they are drawn alike, so that plants are compared in pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.truth import mixing
from benchmarks.truth.mixing import COMPANION, COPY, FIRST, SECOND, SELDOM
from benchmarks.truth.signals import Signals
from benchmarks.truth.truths import Truth, make_group

BOTH = Truth((make_group(FIRST), make_group(SECOND)))


@dataclass(frozen=True)
class Plant:
    """One way in which readings and a target come about.

    Attributes:
        heights: (charge, sensor) of the bumps, from the signals.
        mix, held_mix: the readings of training and of held-out runs.
        law: (charge,) the amount, from the heights; pairing: which charge gets which amount.
        effort: training as a multiple of the usual one; 0 is a single step.
        trained_as: the plant whose trained models serve, where training is the same.
    """

    name: str
    words: str
    truth: Truth
    heights: Callable[[Signals], np.ndarray] = mixing.keep_heights
    mix: Callable[[Signals], np.ndarray] = mixing.mix_independent
    held_mix: Callable[[Signals], np.ndarray] = mixing.mix_independent
    law: Callable[[np.ndarray], np.ndarray] = mixing.add_two
    pairing: Callable[[np.ndarray], np.ndarray] = mixing.keep_amounts
    effort: float = 1.0
    trained_as: str = ""


BASE = Plant("base", "independent noise, one bump in each sensor; the bumps of two count", BOTH)
ALL = (
    BASE,
    replace(
        BASE,
        name="correlated",
        words="two sensors have a common cause, which counts; either reads it with noise",
        truth=Truth((make_group(FIRST, COMPANION), make_group(SECOND))),
        mix=mixing.mix_common_cause,
        held_mix=mixing.mix_common_cause,
    ),
    replace(
        BASE,
        name="duplicate",
        words="one of the sensors that count is there twice",
        truth=Truth((make_group(FIRST), make_group(SECOND, COPY))),
        mix=mixing.mix_copy,
        held_mix=mixing.mix_copy,
    ),
    replace(
        BASE,
        name="interaction",
        words="the product of two bumps counts; neither alone says anything (patches of single "
        "sensors, added up, cannot learn it)",
        law=mixing.multiply_two,
        effort=2.5,
    ),
    replace(
        BASE,
        name="rare",
        words="a third sensor counts too, but has a bump in a tenth of the windows only",
        truth=Truth(BOTH.right, (make_group(SELDOM),)),
        heights=mixing.thin_heights,
        law=mixing.add_three,
    ),
    replace(
        BASE,
        name="drifted",
        words="as base; held-out readings are at another level and louder",
        truth=Truth((), BOTH.right),
        held_mix=mixing.mix_drift,
        trained_as="base",
    ),
    replace(
        BASE,
        name="shuffled",
        words="every window has the target of another one: there is nothing to learn",
        truth=Truth(),
        pairing=mixing.shuffle_amounts,
    ),
    replace(
        BASE,
        name="inadequate",
        words="as base, but the model was trained for one step only",
        truth=Truth(),
        effort=0.0,
    ),
)
PLANTS = {plant.name: plant for plant in ALL}
