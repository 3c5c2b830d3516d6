"""Claims about attention heads and layers: their output replaced by its mean over other windows.

Causal for the attention path only: what goes around it stays. Corrected together
(Benjamini-Yekutieli). Heads whose output is not seen as it is are named, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.capture.ablation.ablate import (
    Ablated,
    OneHead,
    WholeCall,
    run_ablated,
    run_plain,
)
from generator.capture.ablation.reference import ReferenceMeans, measure_reference_means
from generator.capture.inputs import ModelInput
from generator.claims.effect import Effect
from generator.claims.explained_module import INNER, ExplainedModule, wrap_model
from generator.claims.family import ClaimFamily, make_claim, state
from generator.claims.half import Half, summarise_change
from generator.claims.study import Study
from generator.effects.exchange import Change, ExplainedWindows, explain_windows
from generator.effects.intervals import benjamini_yekutieli, mean_interval
from generator.errors import CaptureError
from generator.kinds import Task, Verdict
from generator.records import Claim
from generator.words import name_answer

REFERENCE_WINDOWS = 64
MOST = 64  # heads and layers of one report; more are said to be left out
NO_ANSWER = "the model gives no answer that attention could be asked about"


@dataclass(frozen=True)
class Replacement:
    """A head, or a layer's whole attention, and its place among the attention calls."""

    ablated: Ablated
    layer: int
    head: int | None

    @property
    def name(self) -> str:
        """As pages call it."""
        return f"layer {self.layer}" + ("" if self.head is None else f", head {self.head}")


@dataclass(frozen=True)
class Untouched:
    """One half's windows as the model takes them, and its answers with nothing replaced.

    Attributes:
        module, inputs: what runs on what; answers: (windows,) F in sd(F); codes: their periods.
    """

    module: ExplainedModule
    inputs: ModelInput
    answers: np.ndarray
    codes: np.ndarray


class HeadClaims(ClaimFamily[Replacement]):
    """One claim per head and per layer; effects are told in sd(F), there is no other unit.

    Raises:
        CaptureError: nothing can be replaced in this model.
    """

    def __init__(self, study: Study) -> None:
        super().__init__(study, benjamini_yekutieli, study.limits.cell_rate)
        self._means = _measure_means(study)
        self._naming, self._testing = _run_untouched(study.naming), _run_untouched(study.testing)
        self.replacements = tuple(_list_replacements(self._means))

    @property
    def task(self) -> Task:
        """A share of the usual spread is a value."""
        return "value"

    @property
    def unit(self) -> str:
        """Of effects in sd(F)."""
        return "of its usual spread"

    @property
    def is_marked(self) -> bool:
        """Nothing is put in from another class."""
        return False

    def list_subjects(self) -> Sequence[Replacement]:
        """The first `MOST` of the layers and heads."""
        return self.replacements[:MOST]

    def measure(self, subject: Replacement) -> Effect:
        """The replacement in both halves."""
        named = mean_interval(
            self._measure_change(self._naming, subject).effect, self._naming.codes
        )
        change = self._measure_change(self._testing, subject)
        effect = summarise_change(change, self._testing.codes, named, self.floor)
        return replace(effect, act="Replacing its output by what it is on average")

    def describe(
        self, subject: Replacement, finding: Effect, verdict: Verdict, reason: str
    ) -> Claim:
        """The model's answer rests on the attention of this head or layer."""
        granularity = "layer" if subject.head is None else "head"
        place = f"{subject.layer}" + ("" if subject.head is None else f".{subject.head}")
        answer = name_answer(self.study.task)
        return make_claim(
            replace(finding, effect=None),
            id=f"{granularity}:{place}",
            granularity=granularity,
            subject=(subject.name,),
            statement=f"The model's {answer} rests on the attention of {subject.name}.",
            verdict=verdict,
            reason=reason,
        )

    def _measure_change(self, half: Untouched, replacement: Replacement) -> Change:
        """(windows, 1) how far F moves in sd(F)."""
        ablated = run_ablated(half.module, half.inputs, self._means, replacement.ablated)
        change = (half.answers - np.asarray(ablated.double()))[:, None]
        return Change(change, change)


def state_head_claims(study: Study) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """One claim per head and per layer; and what was left out, with why."""
    try:
        family = HeadClaims(study)
        claims = state(family)
    except CaptureError as error:
        return (), (f"heads and layers were not tested: {_name_plainly(error)}",)
    count = len(family.replacements)
    return claims, (f"{MOST} of {count} heads and layers were tested",) if count > MOST else ()


def _name_plainly(error: CaptureError) -> str:
    """What was wrong, in the names of the model itself."""
    return str(error).removeprefix(f"{ExplainedModule.__name__}: ").replace(INNER, "")


def _measure_means(study: Study) -> ReferenceMeans:
    """What every call puts out on average over stand-in windows."""
    windows = explain_windows(study.scalar, study.pool.values[:REFERENCE_WINDOWS])
    module, inputs = _wrap_model(study.testing, windows)
    return measure_reference_means(module, [inputs])


def _run_untouched(half: Half) -> Untouched:
    module, inputs = _wrap_model(half, half.windows)
    answers = np.asarray(run_plain(module, inputs).double())
    return Untouched(module, inputs, answers, half.periods.codes)


def _wrap_model(half: Half, windows: ExplainedWindows) -> tuple[ExplainedModule, ModelInput]:
    wrapped = wrap_model(half.scalar, windows)
    if wrapped is None:
        raise CaptureError(NO_ANSWER)
    return wrapped


def _list_replacements(means: ReferenceMeans) -> Iterator[Replacement]:
    """Each layer's attention, then its heads."""
    for layer, mean in enumerate(means.calls):
        if not mean.refused:
            yield Replacement(WholeCall(mean.call.name), layer, None)
            for head in range(mean.call.heads if mean.call.heads > 1 else 0):
                yield Replacement(OneHead(mean.call.name, head), layer, head)
