"""May a map's ranking be believed? Its skill between chance and the best order found.

Each map is graded at its own granularity, on a stated few windows; what its tokens cannot carry is
not graded. Never: the skill of a map taken for a verdict on a sensor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import spearmanr

from generator.claims.verdicts import judged_map
from generator.claims.window_maps import MAKERS, WindowMaps
from generator.claims.workbench import Workbench
from generator.effects.exchange import ExplainedWindows, Part
from generator.effects.gradients import expected_gradients
from generator.effects.orders import Search
from generator.effects.periods import Periods
from generator.effects.shuffled import shuffle_weights
from generator.effects.skill import grade_orders
from generator.errors import CaptureError
from generator.kinds import Measure, Verdict
from generator.measures.identifies import find_identifiability
from generator.measures.meanings import MEANINGS
from generator.records import Identification as Told
from generator.records import MapSkill, TokenCoverage
from generator.tokens.meaning import TokenMeaning

SEARCH_SEED, CHANCE_SEED = 6, 7
SEARCH_DONORS = 4
SHUFFLES = (11, 12, 13, 14, 15)
Grain = Literal["sensor", "time"]
GRAINS: tuple[Grain, ...] = ("sensor", "time")


@dataclass(frozen=True)
class Grading:
    """The few windows maps are graded on, and the orders found on them at one granularity."""

    grain: Grain
    search: Search
    periods: Periods
    chance: np.ndarray
    drops: dict[str, np.ndarray]


def map_skills(bench: Workbench, tokens: TokenMeaning) -> tuple[MapSkill, ...]:
    """One row for each map and granularity: its skill, or why it has none."""
    asked, periods, donors = _few(bench)
    if not len(asked):
        return ()
    shares = _shares(bench, asked, donors)
    gradings = [_grading(bench, grain, asked, periods, donors, shares) for grain in GRAINS]
    able = [m for m in MAKERS if any(_identified(m, tokens, grain).yes for grain in GRAINS)]
    maps = dict(_maps(bench, asked, tokens.coverage, able))
    disorder = _in_disorder(bench, asked, tokens.coverage, tuple(maps))
    return tuple(
        row for grading in gradings for row in _rows(bench, grading, maps, disorder, tokens)
    )


def _few(bench: Workbench) -> tuple[ExplainedWindows, Periods, np.ndarray]:
    """A seeded few windows of the testing half, spread over its periods, and their donors."""
    half, most = bench.testing, bench.base.question.budget.searched
    few = half.periods.sample_evenly(most, SEARCH_SEED)
    donors = half.donors(bench.base.regime, SEARCH_DONORS)[few]
    return half.asked.take(few), half.periods.take(few), half.pool.values[donors]


def _grading(
    bench: Workbench,
    grain: Grain,
    asked: ExplainedWindows,
    periods: Periods,
    donors: np.ndarray,
    shares: np.ndarray | None,
) -> Grading:
    base = bench.base
    every = tuple(range(len(base.question.model.sensors)))
    alone = [Part((at,), 0, base.rows - 1) for at in every]
    spans = [Part(every, *span) for span in base.spans]
    search = Search(base.answer, asked, donors, alone if grain == "sensor" else spans)
    drops = {
        "exchanges, one by one": search.measure_score_drop(search.measure_single_parts()),
        "greedy search": search.measure_drop(search.find_greedy_order()),
    }
    if shares is not None:
        axis = 1 if grain == "sensor" else 2
        drops["expected gradients"] = search.measure_score_drop(np.abs(shares.sum(axis=axis)))
    return Grading(grain, search, periods, search.measure_chance_drop(CHANCE_SEED), drops)


def _shares(bench: Workbench, asked: ExplainedWindows, donors: np.ndarray) -> np.ndarray | None:
    """(windows, spans, sensors) mean expected gradients; None where there are none."""
    count, each = donors.shape[:2]
    pool, places = donors.reshape(-1, *donors.shape[2:]), np.arange(count * each)
    found = expected_gradients(
        *(bench.base.answer, asked, pool, places.reshape(count, each), bench.base.edges),
        bench.base.question.budget.steps,
    )
    return None if found is None else found.cells.mean(axis=1)


def _maps(
    bench: Workbench,
    asked: ExplainedWindows,
    coverage: TokenCoverage | None,
    measures: Sequence[Measure],
) -> Iterator[tuple[Measure, WindowMaps]]:
    """The maps that could be made of each window."""
    for measure in measures if coverage else ():
        if coverage is None:
            return
        try:
            made = MAKERS[measure](bench.base.answer, asked, coverage)
        except (CaptureError, ValueError):
            continue  # told as a map that was not read
        yield measure, WindowMaps(measure, made)


def _in_disorder(
    bench: Workbench,
    asked: ExplainedWindows,
    coverage: TokenCoverage | None,
    measures: Sequence[Measure],
) -> list[dict[Measure, WindowMaps]]:
    """The same maps of the model with its weights shuffled, once per seed."""
    found = []
    for seed in SHUFFLES:
        with shuffle_weights(bench.base.question.model.module, seed):
            found.append(dict(_maps(bench, asked, coverage, measures)))
    return found


def _rows(
    bench: Workbench,
    grading: Grading,
    maps: dict[Measure, WindowMaps],
    disorder: Sequence[dict[Measure, WindowMaps]],
    tokens: TokenMeaning,
) -> Iterator[MapSkill]:
    told = {measure: _identified(measure, tokens, grading.grain) for measure in MAKERS}
    ranking = {m: _at(bench, grading.grain, maps[m]) for m in maps if told[m].yes}
    drops = {
        MEANINGS[m].title: grading.search.measure_score_drop(score) for m, score in ranking.items()
    }
    found = grade_orders({**grading.drops, **drops}, grading.chance, grading.periods.codes)
    for measure, can in told.items():
        title = MEANINGS[measure].title
        grade = found.get(title)
        bare = MapSkill(
            name=title,
            granularity=grading.grain,
            windows=len(grading.search.asked),
            verdict=Verdict.NOT_IDENTIFIABLE,
            reason=can.reason,
        )
        if can.yes:
            skill, gate = grade.skill if grade else None, bench.base.question.adequacy
            verdict, reason = judged_map(gate, grade is not None, skill, bench.limits)
            bare = bare.model_copy(update={"verdict": verdict, "reason": reason})
        if grade:
            others = [some[measure] for some in disorder if measure in some]
            rho = _alike(bench, grading.grain, maps[measure], others)
            bare = bare.model_copy(update={**vars(grade), "shuffled_rho": rho})
        yield bare


def _identified(measure: Measure, tokens: TokenMeaning, grain: Grain) -> Told:
    """Whether this map can tell sensors or spans apart on these tokens, and why."""
    found = find_identifiability(measure, tokens.kind)
    return found.sensors if grain == "sensor" else found.steps


def _at(bench: Workbench, grain: Grain, maps: WindowMaps) -> np.ndarray:
    """(windows, parts) the map's scores at one granularity."""
    return maps.sensors() if grain == "sensor" else maps.spans(bench.base.edges)


def _alike(
    bench: Workbench, grain: Grain, maps: WindowMaps, disorder: Sequence[WindowMaps]
) -> float | None:
    """Mean rank correlation of the mean map with those of the model in disorder."""
    own = _at(bench, grain, maps).mean(axis=0)
    others = [_at(bench, grain, other).mean(axis=0) for other in disorder]
    found = [float(spearmanr(own, other).statistic) for other in others]
    known = [rho for rho in found if np.isfinite(rho)]
    return float(np.mean(known)) if known else None
