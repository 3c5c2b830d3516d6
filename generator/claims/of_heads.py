"""Claims about attention heads and layers: their output replaced by its mean over other windows.

Causal for the attention path only: what goes around it stays. Corrected together
(Benjamini-Yekutieli). Heads whose output is not seen as it is are named, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from generator.claims.answering import INNER, Answering, answering
from generator.claims.tested import Half, Tested, summed
from generator.claims.workbench import Workbench, claim
from generator.effects.answers import evaluate_scalar
from generator.effects.exchange import Change, ExplainedWindows
from generator.effects.intervals import benjamini_yekutieli, mean_interval
from generator.errors import CaptureError
from generator.records import Claim
from generator.words import said_of

REFERENCE_WINDOWS = 64
MOST = 64  # heads and layers of one report; more are said to be left out
NO_ANSWER = "the model gives no answer that attention could be asked about"


@dataclass(frozen=True)
class Which:
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
    """The windows of one half as the model takes them, and F of each with nothing replaced.

    Attributes:
        module, given: what is run on what; before: (windows,) F in sd(F); codes: their periods.
    """

    module: Answering
    given: ModelInput
    before: np.ndarray
    codes: np.ndarray


def head_claims(bench: Workbench) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """One claim per head and per layer; and what was left out, with why."""
    try:
        means = _means(bench)
        asked = list(_asked(means))
        sides = (_untouched(bench, bench.naming), _untouched(bench, bench.testing))
        found = [_tested(bench, means, which, *sides) for which in asked[:MOST]]
    except CaptureError as error:
        return (), (f"heads and layers were not tested: {_plain(error)}",)
    corrected = benjamini_yekutieli(np.array([one.p for one in found]))
    claims = tuple(
        _claim(bench, which, one, float(p))
        for which, one, p in zip(asked, found, corrected, strict=False)
    )
    more = (f"{MOST} of {len(asked)} heads and layers were tested",) if len(asked) > MOST else ()
    return claims, more


def _plain(error: CaptureError) -> str:
    """What was wrong, in the names of the model itself."""
    return str(error).removeprefix(f"{Answering.__name__}: ").replace(INNER, "")


def _means(bench: Workbench) -> ReferenceMeans:
    """What every call puts out on average over stand-in windows."""
    values = bench.base.pool.values[:REFERENCE_WINDOWS]
    pair = np.zeros((len(values), bench.testing.asked.pair.shape[1]), dtype=np.int64)
    reference = ExplainedWindows(values, pair, evaluate_scalar(bench.base.answer, values, pair))
    module, given = _asking(bench, reference)
    return measure_reference_means(module, [given])


def _asking(bench: Workbench, asked: ExplainedWindows) -> tuple[Answering, ModelInput]:
    made = answering(bench.base.answer, asked)
    if made is None:
        raise CaptureError(NO_ANSWER)
    return made


def _asked(means: ReferenceMeans) -> Iterator[Which]:
    """Each layer's attention, then its heads."""
    for layer, mean in enumerate(means.calls):
        if not mean.refused:
            yield Which(WholeCall(mean.call.name), layer, None)
            for head in range(mean.call.heads if mean.call.heads > 1 else 0):
                yield Which(OneHead(mean.call.name, head), layer, head)


def _untouched(bench: Workbench, half: Half) -> Untouched:
    module, given = _asking(bench, half.asked)
    before = np.asarray(run_plain(module, given).double())
    return Untouched(module, given, before, half.periods.codes)


def _tested(
    bench: Workbench, means: ReferenceMeans, which: Which, naming: Untouched, testing: Untouched
) -> Tested:
    named = mean_interval(_moved(naming, means, which).effect, naming.codes)
    return summed(_moved(testing, means, which), testing.codes, named, bench.base.floor)


def _moved(half: Untouched, means: ReferenceMeans, which: Which) -> Change:
    """How far F moves in sd(F); there is no other unit it is told in."""
    after = np.asarray(run_ablated(half.module, half.given, means, which.ablated).double())
    change = (half.before - after)[:, None]
    return Change(change, change)


def _claim(bench: Workbench, which: Which, found: Tested, p: float) -> Claim:
    facts = replace(
        bench.facts(found, p, bench.limits.cell_rate),
        act="Replacing its output by what it is on average",
        task="value",
        unit="of its usual spread",
        shown_floor=0.0,
        marked=False,
    )
    verdict, reason = bench.judged(facts)
    granularity = "layer" if which.head is None else "head"
    return claim(
        found,
        id=f"{granularity}:{which.layer}" + ("" if which.head is None else f".{which.head}"),
        granularity=granularity,
        subject=(which.name,),
        statement=f"The model's {said_of(bench.task)} rests on the attention of {which.name}.",
        verdict=verdict,
        reason=reason,
        effect=None,
        p=p,
    )
