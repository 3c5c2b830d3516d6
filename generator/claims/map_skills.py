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

from generator.claims.family import Family, state
from generator.claims.study import Study
from generator.claims.verdicts import judge_map
from generator.claims.window_maps import MAKERS, WindowMaps
from generator.effects.exchange import ExplainedWindows
from generator.effects.gradients import expected_gradients
from generator.effects.orders import Search
from generator.effects.part import Part
from generator.effects.periods import Periods
from generator.effects.shuffled import shuffle_weights
from generator.effects.skill import Grade, grade_orders
from generator.errors import CaptureError
from generator.kinds import Verdict
from generator.measures.identifiability import find_identifiability
from generator.measures.measure import Measure
from generator.records import Identification, MapSkill, TokenCoverage
from generator.tokens.meaning import TokenMeaning

SEARCH_SEED, CHANCE_SEED = 6, 7
SEARCH_DONORS = 4
SHUFFLES = (11, 12, 13, 14, 15)
Grain = Literal["sensor", "time"]
GRAINS: tuple[Grain, ...] = ("sensor", "time")
Maps = dict[Measure, WindowMaps]


@dataclass(frozen=True)
class Sample:
    """The few windows maps are graded on.

    Attributes:
        windows, periods: those windows and the period of each.
        donors: (windows, each, time, sensors) readings that stand in.
    """

    windows: ExplainedWindows
    periods: Periods
    donors: np.ndarray


class MapSkills(Family[Measure, Grade | None, MapSkill]):
    """The skill of every map at one granularity."""

    def __init__(
        self,
        study: Study,
        grain: Grain,
        sample: Sample,
        shares: np.ndarray | None,
        maps: Maps,
        disorder: Sequence[Maps],
    ) -> None:
        self._study, self._grain, self._sample = study, grain, sample
        self._maps, self._disorder = maps, disorder
        self._grades = self._grade(shares)

    def list_subjects(self) -> Sequence[Measure]:
        """Every map that can be made window by window."""
        return tuple(MAKERS)

    def measure(self, subject: Measure) -> Grade | None:
        """Its grade; None where it was not read, or cannot tell."""
        return self._grades.get(subject.title)

    def judge(self, subject: Measure, finding: Grade | None) -> tuple[Verdict, str]:
        """By what its tokens can carry, then by its skill."""
        able = self._identify(subject)
        if not able.yes:
            return Verdict.NOT_IDENTIFIABLE, able.reason
        skill, adequacy = finding.skill if finding else None, self._study.question.adequacy
        return judge_map(adequacy, finding is not None, skill, self._study.limits)

    def describe(
        self, subject: Measure, finding: Grade | None, verdict: Verdict, reason: str
    ) -> MapSkill:
        """The row of one map."""
        skill = MapSkill(
            name=subject.title,
            granularity=self._grain,
            windows=len(self._sample.windows),
            verdict=verdict,
            reason=reason,
        )
        if finding is None:
            return skill
        rho = self._compare_disorder(subject)
        return skill.model_copy(update={**vars(finding), "shuffled_rho": rho})

    def _grade(self, shares: np.ndarray | None) -> dict[str, Grade]:
        """The grade of each map's order, by title, among the best orders found."""
        search = self._make_search()
        drops = {
            "exchanges, one by one": search.measure_score_drop(search.measure_single_parts()),
            "greedy search": search.measure_drop(search.find_greedy_order()),
        }
        if shares is not None:
            axis = 1 if self._grain == "sensor" else 2
            drops["expected gradients"] = search.measure_score_drop(np.abs(shares.sum(axis=axis)))
        for measure, maps in self._maps.items():
            if self._identify(measure).yes:
                scores = self._score_parts(maps)
                drops[measure.title] = search.measure_score_drop(scores)
        chance = search.measure_chance_drop(CHANCE_SEED)
        return grade_orders(drops, chance, self._sample.periods.codes)

    def _make_search(self) -> Search:
        study, sample = self._study, self._sample
        if self._grain == "sensor":
            parts = [Part((at,), 0, study.rows - 1) for at in study.every]
        else:
            parts = [Part(study.every, *span) for span in study.spans]
        return Search(study.scalar, sample.windows, sample.donors, parts)

    def _identify(self, measure: Measure) -> Identification:
        return identify(measure, self._study.question.tokens, self._grain)

    def _score_parts(self, maps: WindowMaps) -> np.ndarray:
        """(windows, parts) the map's scores at this granularity."""
        sensors = self._grain == "sensor"
        return maps.sensors() if sensors else maps.spans(self._study.edges)

    def _compare_disorder(self, measure: Measure) -> float | None:
        """Mean rank correlation of the mean map with those of the model in disorder."""
        own = self._score_parts(self._maps[measure]).mean(axis=0)
        shuffled = [maps[measure] for maps in self._disorder if measure in maps]
        others = [self._score_parts(maps).mean(axis=0) for maps in shuffled]
        rhos = [float(spearmanr(own, other).statistic) for other in others]
        known = [rho for rho in rhos if np.isfinite(rho)]
        return float(np.mean(known)) if known else None


def state_map_skills(study: Study) -> tuple[MapSkill, ...]:
    """One row for each map and granularity: its skill, or why it has none."""
    tokens, sample = study.question.tokens, _draw_sample(study)
    if not len(sample.windows):
        return ()
    shares = _measure_shares(study, sample)
    able = [m for m in MAKERS if any(identify(m, tokens, grain).yes for grain in GRAINS)]
    maps = dict(_read_maps(study, sample.windows, tokens.coverage, able))
    disorder = _read_disorder(study, sample.windows, tokens.coverage, tuple(maps))
    families = [MapSkills(study, grain, sample, shares, maps, disorder) for grain in GRAINS]
    return tuple(skill for family in families for skill in state(family))


def identify(measure: Measure, tokens: TokenMeaning, grain: Grain) -> Identification:
    """Whether this map can tell sensors or spans apart on these tokens, and why."""
    identifiability = find_identifiability(measure, tokens.kind)
    return identifiability.sensors if grain == "sensor" else identifiability.steps


def _draw_sample(study: Study) -> Sample:
    """A seeded few windows of the testing half, spread over its periods, and their donors."""
    half, most = study.testing, study.question.budget.searched
    few = half.periods.sample_evenly(most, SEARCH_SEED)
    donors = half.choose_donors(study.regime, SEARCH_DONORS)[few]
    return Sample(half.windows.take(few), half.periods.take(few), half.pool.values[donors])


def _measure_shares(study: Study, sample: Sample) -> np.ndarray | None:
    """(windows, spans, sensors) mean expected gradients; None where there are none."""
    count, each = sample.donors.shape[:2]
    pool, places = sample.donors.reshape(-1, *sample.donors.shape[2:]), np.arange(count * each)
    shares = expected_gradients(
        *(study.scalar, sample.windows, pool, places.reshape(count, each), study.edges),
        study.question.budget.steps,
    )
    return None if shares is None else shares.cells.mean(axis=1)


def _read_maps(
    study: Study,
    windows: ExplainedWindows,
    coverage: TokenCoverage | None,
    measures: Sequence[Measure],
) -> Iterator[tuple[Measure, WindowMaps]]:
    """The maps that could be made of each window."""
    for measure in measures if coverage else ():
        if coverage is None:
            return
        try:
            cells = MAKERS[measure](study.scalar, windows, coverage)
        except (CaptureError, ValueError):
            continue  # told as a map that was not read
        yield measure, WindowMaps(measure, cells)


def _read_disorder(
    study: Study,
    windows: ExplainedWindows,
    coverage: TokenCoverage | None,
    measures: Sequence[Measure],
) -> list[Maps]:
    """The same maps of the model with its weights shuffled, once per seed."""
    disorder = []
    for seed in SHUFFLES:
        with shuffle_weights(study.question.model.module, seed):
            disorder.append(dict(_read_maps(study, windows, coverage, measures)))
    return disorder
