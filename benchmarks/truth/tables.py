"""The campaign's outcomes as tables: promises over all, then models, then plants.

In: outcomes. Out: rows by title. Never: a model left out of a count it belongs to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from scipy.stats import beta

from benchmarks.tables import Row
from benchmarks.truth.campaign import Outcome
from benchmarks.truth.grading import Count
from benchmarks.truth.plants import BASE, PLANTS

LEVEL = 0.95
NONE = Count(0, 0)


def build_tables(found: Sequence[Outcome]) -> dict[str, list[Row]]:
    """Every table of the campaign."""
    plants: list[Row] = [
        {"plant": name, "what it is": plant.words} for name, plant in PLANTS.items()
    ]
    return {
        "Promises": count_promises(found),
        "Base plant": build_rows([one for one in found if one.case.plant == BASE.name]),
        "Other plants": build_rows([one for one in found if one.case.plant != BASE.name]),
        "Faults": [row for one in found for row in list_faults(one)],
        "Plants": plants,
    }


def list_faults(one: Outcome) -> list[Row]:
    """What is wrong with one model, or with what was said of it, in words."""
    given, able = one.grade, one.skill.adequate and not one.case.truth.nothing
    wrong = {
        f"{given.false.found} distractors supported": given.false.found,
        f"{given.silent} claims not assessed": one.silence_owed and not given.silent.whole,
        f"{given.right} right groups supported": able and not given.right.whole,
        f"{given.refused} claims of attention refused": one.mixes_sensors
        and not given.refused.whole,
        f"{one.skill.measure} {one.skill.reached:.3f}": bool(one.case.truth.right)
        and not (able or one.silence_owed),
    }
    return [{"model": str(one.case), "fault": words} for words, there in wrong.items() if there]


def count_promises(found: Sequence[Outcome]) -> list[Row]:
    """What must hold over all models, counted; shares with one-sided exact bounds at 95 %."""
    able = [one for one in found if one.skill.adequate and not one.case.truth.nothing]
    mute = [one for one in found if one.silence_owed]
    blind = [one for one in found if one.mixes_sensors]
    false, firm = (total(some, lambda one: one.grade.false) for some in (found, able))
    wrong = Count(sum(one.grade.false.found > 0 for one in found), len(found))
    right = total(able, lambda one: one.grade.right)
    silent = total(mute, lambda one: one.grade.silent)
    refused = total(blind, lambda one: one.grade.refused)
    return [
        _build_promise("distractors that are supported", false, at_most=5),
        _build_promise("the same, adequate models", firm, at_most=5),
        _build_promise("models with such a distractor", wrong),
        _build_promise("right groups that are supported, adequate models", right),
        _build_promise(
            "claims not assessed, models that know no more than a rule", silent, at_least=100
        ),
        _build_promise("attention refused, where it mixes sensors", refused, at_least=100),
    ]


def _build_promise(
    promise: str, count: Count, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """`at_most` is a bar for the upper bound, `at_least` for the share itself, in percent."""
    bar = "" if at_most is None else f"at most {at_most:g}"
    return {
        "promise": promise,
        "count": str(count),
        "%": 100 * count.found / count.of if count.of else None,
        "upper bound, %": upper_bound(count),
        "bar": bar or ("" if at_least is None else f"{at_least:g}"),
    }


def upper_bound(count: Count) -> float | None:
    """The largest rate, %, that gives so few with a chance of 5 % (Clopper, Pearson 1934)."""
    if not count.of:
        return None
    if count.found == count.of:
        return 100.0
    return float(100 * beta.ppf(LEVEL, count.found + 1, count.of - count.found))


def build_rows(found: Sequence[Outcome]) -> list[Row]:
    """One row per plant, task and kind of model, over its seeds."""

    def name(one: Outcome) -> tuple[str, str, str]:
        return one.case.plant, one.case.ask, one.case.kind

    return [_build_row(*names, list(some)) for names, some in groupby(found, name)]


def _build_row(plant: str, ask: str, kind: str, some: Sequence[Outcome]) -> Row:
    skills, grades = [one.skill for one in some], [one.grade for one in some]
    ranks = [one.auc for one in grades if one.auc is not None]
    hits = [one.hits for one in grades if one.hits is not None]
    return {
        "plant": plant,
        "task": ask,
        "model": kind,
        "skill": f"{skills[0].measure} {_format_spread([one.reached for one in skills])}",
        "ahead of rule": _format_spread([one.ahead for one in skills]),
        "adequate": str(Count(sum(one.adequate for one in skills), len(skills))),
        "sensor AUC": _format_spread(ranks),
        "P@k": float(np.mean(hits)) if hits else None,
        "right supported": str(total(some, lambda one: one.grade.right)),
        "free": str(total(some, lambda one: one.grade.free)),
        "parts": str(total(some, lambda one: one.grade.parts)),
        "false": str(total(some, lambda one: one.grade.false)),
        "not assessed": str(total(some, lambda one: one.grade.silent)),
        "same first": agreement([one.grade.leading[:1] for one in some]),
        "same leading": agreement([tuple(sorted(one.grade.leading)) for one in some]),
    }


def agreement(named: Sequence[Any]) -> str:
    """How many seeds name what most of them name."""
    told = Counter(one for one in named if one)
    return str(Count(max(told.values(), default=0), len(named)))


def total(found: Sequence[Outcome], count: Callable[[Outcome], Count]) -> Count:
    """One count over all outcomes."""
    return sum(map(count, found), NONE)


def _format_spread(values: Sequence[float]) -> str:
    """The mean, and the lowest."""
    return f"{np.mean(values):.3f} (least {min(values):.3f})" if len(values) else "–"
