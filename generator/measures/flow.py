"""Attention flow: how much can pass from an input position to an output position at most."""

from __future__ import annotations

import networkx as nx
import numpy as np
from networkx.algorithms.flow import edmonds_karp

from generator.measures.evidence import (
    NO_READ_OUT,
    TWO_SEQUENCES,
    Evidence,
    MeasureValues,
    Missing,
    describe_read_out,
    head_means,
)
from generator.measures.measure import Measure
from generator.measures.read_out import ReadOut
from generator.measures.rollout import mix_residual
from generator.measures.visible import check_one_sequence, real_queries

MOST_POSITIONS = 32
MOST_FLOW = 100_000
"""Edges times maximum flows, about a third of a second."""


def flow(maps: np.ndarray, mask: np.ndarray, read_out: ReadOut) -> np.ndarray:
    """(keys,): maximum flow from what is read out of the last layer to each input position.

    Flows are from 0 to 1, as attention is. `maps` (layers, positions, positions) are head means of
    one self-attention, first layer first; `mask` (positions, positions) bool; capacities are
    0.5 A + 0.5 I. Each row that is read has flows of its own, taken in the read-out's proportions.
    NaN for padding. Abnar & Zuidema 2020, section 3.

    Raises:
        ValueError: more than `MOST_POSITIONS` positions (every pair of positions is a maximum
            flow of its own), two sequences, or a read-out of no real query.
    """
    size = check_one_sequence(mask)
    if size > MOST_POSITIONS:
        raise ValueError(
            f"attention flow is computed up to {MOST_POSITIONS} positions (found {size}); "
            f"rollout answers the same question at any length"
        )
    weights = read_out.rows(real_queries(mask))
    graph = _build_graph(mix_residual(maps))
    flows = np.zeros(size)
    for row in np.flatnonzero(weights).tolist():
        flows += weights[row] * _maximum_flows(graph, len(maps), row, size)
    return np.where(mask.any(axis=0) | (flows != 0), flows, np.nan)


def _build_graph(layers: np.ndarray) -> nx.DiGraph:
    """Nodes (depth, position), depth 0 = input; edges from each layer's queries to its keys."""
    graph = nx.DiGraph()
    graph.add_nodes_from(
        (depth, at) for depth in range(len(layers) + 1) for at in range(layers.shape[-1])
    )
    for depth, layer in enumerate(layers):
        for query, key in zip(*np.nonzero(layer), strict=True):
            capacity = float(layer[query, key])
            graph.add_edge((depth + 1, int(query)), (depth, int(key)), capacity=capacity)
    return graph


def _maximum_flows(graph: nx.DiGraph, depth: int, row: int, size: int) -> np.ndarray:
    """(positions,): the maximum flow from one output position to each input position."""
    flows = (
        nx.maximum_flow_value(graph, (depth, row), (0, key), flow_func=edmonds_karp)
        for key in range(size)
    )
    return np.fromiter(flows, float, size)


def _take_flow(evidence: Evidence) -> MeasureValues | Missing:
    """(keys,) from the read-out's rows over all layers shown; only where it is quick."""
    layers, _, queries, _ = evidence.weights.get_shape()
    if not evidence.attends_itself:
        return Missing(TWO_SEQUENCES)
    if evidence.read_out is None:
        return Missing(NO_READ_OUT)
    rows = np.count_nonzero(evidence.read_out.rows(real_queries(evidence.mask)))
    if queries > MOST_POSITIONS or rows * layers * queries**3 > MOST_FLOW:
        return Missing(
            f"It takes too long for {queries} positions ({rows} read out) over {layers} layers; "
            f"rollout answers the same question."
        )
    flows = flow(head_means(evidence), evidence.mask, evidence.read_out)
    return MeasureValues(flows, "keys", describe_read_out(evidence))


FLOW = Measure(
    name="flow",
    title="Attention flow",
    meaning="The most that can pass from an input position to what is read out, where attention is "
    "the width of the pipes.",
    granularity="position",
    family="attention",
    formula="maximum flow from the rows of the read-out to input j through capacities "
    "0.5 A + 0.5 I, A the head mean of each layer",
    source="Abnar & Zuidema 2020, section 3",
    take=_take_flow,
)
