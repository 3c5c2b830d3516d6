"""Which sensors cannot be told apart: they move together, or one is calculated from another.

The manifest may declare more that belong together. In: training readings. Out: groups of two or
more sensors. A claim about one of them is a claim about its group. Never: a held-out reading, a
guess where too few readings are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from generator.records.dataset import Sensor, SensorGroup

TOGETHER = 0.8  # mean |rank correlation| above which sensors move together
LEAST = 100  # readings two sensors must share before their correlation is believed
MOST_ROWS, MOST_CELLS = 20_000, 4_000_000


def sample_rows(training: np.ndarray, sensors: int) -> np.ndarray:
    """Rows that correlations are taken over: of (rows,) bool, an even choice where many."""
    rows = np.flatnonzero(training)
    most = min(MOST_ROWS, max(LEAST, MOST_CELLS // max(1, sensors)))
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(np.int64)]


def group_sensors(
    sensors: Sequence[Sensor],
    readings: np.ndarray,
    declared: Iterable[Sequence[str]] = (),
) -> tuple[SensorGroup, ...]:
    """The groups, in the order of their first sensor.

    Args:
        sensors: in the order of the last axis of the readings.
        readings: (rows, sensors) of the training part; NaN where missing.
        declared: names that belong together whatever the readings say; unknown ones are left out.
    """
    places = {sensor.name: at for at, sensor in enumerate(sensors)}
    correlation = rank_correlation(readings)
    linked: nx.Graph[int] = nx.Graph()
    linked.add_nodes_from(places.values())
    linked.add_edges_from(_pair_correlated(correlation))
    linked.add_edges_from(
        (places[source], at)
        for at, sensor in enumerate(sensors)
        for source in sensor.derived_from
        if source in places
    )
    for names in declared:
        linked.add_edges_from(pairwise(places[name] for name in names if name in places))
    found = (sorted(group) for group in nx.connected_components(linked) if len(group) > 1)
    return tuple(_make_group(sensors, group, correlation) for group in sorted(found))


def rank_correlation(readings: np.ndarray) -> np.ndarray:
    """(sensors, sensors) Spearman's rho; NaN where two share too few readings or one stands still.

    Each sensor is ranked over its own readings; pairs are taken over the rows both have.
    """
    known = np.isfinite(readings)
    ranks = rankdata(np.where(known, readings, np.nan), axis=0, nan_policy="omit")
    there = known.astype(np.float64)
    middle = np.where(known, ranks, 0.0).sum(axis=0) / np.maximum(1, there.sum(axis=0))
    ranks = np.where(known, ranks - middle, 0.0)
    shared = there.T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        sums, squares = ranks.T @ there, (ranks**2).T @ there
        covariance = ranks.T @ ranks - sums * sums.T / shared
        spread = squares - sums**2 / shared
        rho = covariance / np.sqrt(spread * spread.T)
    believed = (shared >= LEAST) & (spread > 0) & (spread.T > 0)
    return np.where(believed, np.clip(rho, -1, 1), np.nan)


def _pair_correlated(correlation: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs in one cluster of average linkage; an unknown correlation counts as none."""
    if len(correlation) < 2:
        return
    apart = 1 - np.nan_to_num(np.abs(correlation))
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), "average")
    labels = fcluster(tree, 1 - TOGETHER, "distance")
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label).tolist()
        yield from pairwise(members)


def _make_group(
    sensors: Sequence[Sensor], members: list[int], correlation: np.ndarray
) -> SensorGroup:
    pairs = np.abs(correlation[np.ix_(members, members)])[np.triu_indices(len(members), 1)]
    known = pairs[np.isfinite(pairs)]
    return SensorGroup(
        sensors=tuple(sensors[at].name for at in members),
        calculated=tuple(sensors[at].name for at in members if sensors[at].derived_from),
        weakest=float(known.min()) if len(known) else None,
        strongest=float(known.max()) if len(known) else None,
    )
