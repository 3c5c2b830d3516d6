"""Scores of tokens over the cells that the tokens hold: rows of sensors.

In: a TokenCoverage, one score per token. Out: float64 arrays over (time, sensor), time or sensor;
the scores of special tokens apart. Never: a share of a special token's score in any cell, or a
ranking of sensors where tokens do not tell them apart.

A token's score is divided among the cells it holds. A cell that n tokens hold takes 1/n of what a
cell of one token takes, so overlapping patches share what they have in common; a token's shares
sum to 1, so nothing is lost or added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from generator.records.tokens import TokenCoverage, TokenSpan

Scores = np.ndarray | Sequence[float]


def coverage_matrix(coverage: TokenCoverage) -> np.ndarray:
    """(token, time, sensor) shares: 1 in sum over each token's cells, 0 for special tokens."""
    matrix = np.zeros((len(coverage.tokens), coverage.window, len(coverage.sensors)))
    for at, cells, shares in _iter_shares(coverage):
        matrix[at][cells] = shares
    return matrix


def spread_to_cells(coverage: TokenCoverage, scores: Scores) -> np.ndarray:
    """(time, sensor): each token's score divided among its cells.

    Raises:
        ValueError: not one score per token.
    """
    given = _check_scores(coverage, scores)
    found = np.zeros((coverage.window, len(coverage.sensors)))
    for at, cells, shares in _iter_shares(coverage):
        found[cells] += given[at] * shares
    return found


def spread_to_time(coverage: TokenCoverage, scores: Scores) -> np.ndarray:
    """(time,): the sum over sensors of `spread_to_cells`."""
    return np.asarray(spread_to_cells(coverage, scores).sum(axis=1))


def spread_to_sensors(coverage: TokenCoverage, scores: Scores) -> np.ndarray:
    """(sensor,): the sum over time of `spread_to_cells`.

    Raises:
        ValueError: tokens hold several sensors, or a mean over them: whatever the scores, sensors
            would then get equal shares, which is no finding. Or not one score per token.
    """
    if not coverage.tells_sensors_apart:
        raise ValueError(
            f"attention cannot tell sensors apart here: tokens are {coverage.kind.value}, each of "
            f"all {len(coverage.sensors)} sensors; use effects of the input (occlusion, gradients)"
        )
    return np.asarray(spread_to_cells(coverage, scores).sum(axis=0))


def special_scores(coverage: TokenCoverage, scores: Scores) -> tuple[tuple[str, float], ...]:
    """(name, score) of each special token, in order; they are in none of the spread scores."""
    given = _check_scores(coverage, scores)
    return tuple((coverage.tokens[at].called, float(given[at])) for at in coverage.special)


def _check_scores(coverage: TokenCoverage, scores: Scores) -> np.ndarray:
    given = np.asarray(scores, dtype=np.float64)
    if given.shape != (len(coverage.tokens),):
        raise ValueError(f"{given.shape} scores for {len(coverage.tokens)} tokens: one is for each")
    return given


def _iter_shares(
    coverage: TokenCoverage,
) -> Iterator[tuple[int, tuple[np.ndarray, ...], np.ndarray]]:
    """Position, cells and shares of each token that holds any."""
    held = [
        (at, _index_cells(coverage, token))
        for at, token in enumerate(coverage.tokens)
        if token.rows
    ]
    times = np.zeros((coverage.window, len(coverage.sensors)))
    for _, cells in held:
        times[cells] += 1
    for at, cells in held:
        weight = 1 / times[cells]
        yield at, cells, weight / weight.sum()


def _index_cells(coverage: TokenCoverage, token: TokenSpan) -> tuple[np.ndarray, ...]:
    """The token's rows and sensors, each once, as an index of (time, sensor)."""
    rows = np.concatenate([np.arange(first, last + 1) for first, last in token.rows])
    places = range(len(coverage.sensors)) if token.sensors is None else token.sensors
    return np.ix_(rows, np.array(places))
