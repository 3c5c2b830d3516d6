"""Relevance against the published rules typed again."""

from __future__ import annotations

import numpy as np
import pytest

from generator.measures.cross_relevance import (
    Relevances,
    attend_each_other,
    attend_itself,
    attend_other,
    decoder_relevance,
    make_unrelated,
    normalise_relevance,
)
from generator.measures.relevance import self_relevance

DRAW = np.random.default_rng(0)


def positive(queries: int, keys: int) -> np.ndarray:
    """A map as extract_gradients gives it: float32, no number below 0, some zeros."""
    drawn = DRAW.normal(size=(queries, keys)).clip(min=0)
    return drawn.astype(np.float32)


def equations_8_and_9(matrix: np.ndarray) -> np.ndarray:
    """R - I, divided by its row sums, plus I."""
    hat = matrix - np.eye(len(matrix))
    sums = np.array([row.sum() for row in hat])
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nan_to_num(hat / sums[:, None]) + np.eye(len(matrix)))


def test_self_attention_is_rules_5_and_6() -> None:
    """R = I; for each layer R = R + A R."""
    maps = [positive(5, 5) for _ in range(3)]
    expected = np.eye(5)
    for one in maps:
        expected = expected + one.astype(float) @ expected
    np.testing.assert_allclose(self_relevance(maps), expected, atol=1e-6)


def test_self_attention_by_hand() -> None:
    """1 takes 2 of 0, then 0 takes 3 of 1: 0 owes 6 to itself through 1, beside its own 1."""
    first, second = np.zeros((2, 2)), np.zeros((2, 2))
    first[1, 0], second[0, 1] = 2.0, 3.0
    np.testing.assert_array_equal(self_relevance([first, second]), [[7.0, 3.0], [2.0, 1.0]])


def test_an_encoder_decoder_is_rules_6_7_10() -> None:
    """Two encoder layers, two decoder layers of self and cross; what the encoder owes stays 0."""
    encoder = [positive(5, 5) for _ in range(2)]
    decoder = [(positive(3, 3), positive(3, 5)) for _ in range(2)]
    ii, qq, qi = np.eye(5), np.eye(3), np.zeros((3, 5))
    for one in encoder:
        ii = ii + one @ ii
    for itself, across in decoder:
        qq, qi = qq + itself @ qq, qi + itself @ qi
        qi = qi + equations_8_and_9(qq).T @ across @ equations_8_and_9(ii)
    found = decoder_relevance(encoder, decoder)
    for got, expected in ((found.own, qq), (found.across, qi), (found.other, ii)):
        np.testing.assert_allclose(got, expected, atol=1e-6)
    np.testing.assert_array_equal(found.back, np.zeros((5, 3)))


def test_two_modalities_are_rules_6_7_10_11() -> None:
    """Both attend to each other from what was before, then to themselves, twice."""
    ss, qq, sq, qs = np.eye(4), np.eye(3), np.zeros((4, 3)), np.zeros((3, 4))
    found = make_unrelated(4, 3)
    for _ in range(2):
        this, that, own, other = positive(4, 3), positive(3, 4), positive(4, 4), positive(3, 3)
        add_sq = equations_8_and_9(ss).T @ this @ equations_8_and_9(qq)
        add_qs = equations_8_and_9(qq).T @ that @ equations_8_and_9(ss)
        add_ss, add_qq = this @ qs, that @ sq
        ss, qq, sq, qs = ss + add_ss, qq + add_qq, sq + add_sq, qs + add_qs
        ss, sq = ss + own @ ss, sq + own @ sq
        qq, qs = qq + other @ qq, qs + other @ qs
        found = attend_each_other(found, this, that)
        found = attend_itself(found, own)
        found = attend_itself(found.swap_sides(), other).swap_sides()
    for got, expected in zip(vars(found).values(), (ss, sq, qs, qq), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-6)


def test_one_sequence_that_attends_to_another_owes_itself_through_it() -> None:
    """Rule 11 by hand: 0 looks 2 at the other's 0, which already owed 3 to this 0: 6 more."""
    before = Relevances(np.eye(1), np.zeros((1, 1)), np.array([[3.0]]), np.eye(1))
    after = attend_other(before, np.array([[2.0]]))
    assert after.own == [[7.0]]
    assert after.across == [[2.0]]


def test_a_row_that_owes_nothing_is_0_over_0_and_stays_0() -> None:
    """Never NaN; the other row is brought to 1."""
    relevance = np.array([[1.0, 0.0], [3.0, 2.0]])
    np.testing.assert_array_equal(normalise_relevance(relevance), [[1.0, 0.0], [0.75, 1.25]])


def test_maps_that_do_not_fit_are_refused() -> None:
    """By shape, and where there is none."""
    with pytest.raises(ValueError, match=r"map 1 must be \(3, 3\), found \(3, 4\)"):
        self_relevance([positive(3, 3), positive(3, 4)])
    with pytest.raises(ValueError, match="at least one call"):
        self_relevance([])
    with pytest.raises(ValueError, match="at least one decoder layer"):
        decoder_relevance([], [])
    with pytest.raises(ValueError, match=r"must be \(3, 5\), found \(5, 3\)"):
        attend_other(make_unrelated(3, 5), positive(5, 3))
    with pytest.raises(ValueError, match=r"must be \(3, 3\), found \(5, 5\)"):
        attend_itself(make_unrelated(3, 5), positive(5, 5))
