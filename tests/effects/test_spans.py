"""A window cut into equal spans."""

from __future__ import annotations

import pytest

from generator.effects.spans import span_edges, span_rows


@pytest.mark.parametrize(
    ("rows", "count", "expected"),
    [
        (64, 8, [(0, 7), (8, 15), (16, 23), (24, 31), (32, 39), (40, 47), (48, 55), (56, 63)]),
        (10, 3, [(0, 2), (3, 5), (6, 9)]),
        (3, 8, [(0, 0), (1, 1), (2, 2)]),
        (5, 1, [(0, 4)]),
    ],
)
def test_spans_by_hand(rows: int, count: int, expected: list[tuple[int, int]]) -> None:
    """First and last row of each; never more spans than rows."""
    assert expected == span_rows(span_edges(rows, count), rows)


def test_spans_hold_every_row_once_and_are_nearly_equal() -> None:
    """Whatever rows and count: no row left out, none twice, lengths differ by one at most."""
    for rows in range(1, 40):
        for count in range(1, 12):
            found = span_rows(span_edges(rows, count), rows)
            assert [r for a, b in found for r in range(a, b + 1)] == list(range(rows))
            lengths = [b - a + 1 for a, b in found]
            assert max(lengths) - min(lengths) <= 1
