"""Which rows of a window each token of a patching model holds, and what that stretch is called.

In: a PatchTST configuration, and what each row of the window is called. Out: row ranges, names.
Never: a sensor: a patch map is the mean over all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from generator.kinds import READ_OUT
from generator.records import Record


class Patching(Protocol):
    """The keys of a configuration that say how windows are cut into patches."""

    context_length: int
    patch_length: int
    patch_stride: int
    use_cls_token: bool


class PatchSpans(Record):
    """The rows of each patch, oldest first, as (first, last) counted from the window's start.

    Attributes:
        unread: leading rows that no patch holds, because patches do not fill the window.
        class_token: whether a token that holds no rows stands before the patches.

    """

    rows: tuple[tuple[int, int], ...]
    unread: int
    class_token: bool


def patch_spans(config: Patching) -> PatchSpans:
    """How PatchTST cuts a window: patches end at its last row, leading rows are dropped.

    Source: Nie et al. 2023, section 3.1, without its padding at the end, as transformers has it.
    """
    length, stride = config.patch_length, config.patch_stride
    unread = (config.context_length - length) % stride
    starts = range(unread, config.context_length - length + 1, stride)
    rows = tuple((start, start + length - 1) for start in starts)
    return PatchSpans(rows=rows, unread=unread, class_token=config.use_cls_token)


def span_names(spans: PatchSpans, row_names: Sequence[str]) -> list[str]:
    """One name per token, 'oldest row to newest row' by the names of the window's rows."""
    named = [_span(row_names[first], row_names[last]) for first, last in spans.rows]
    return [READ_OUT, *named] if spans.class_token else named


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
