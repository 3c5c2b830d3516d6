"""Patches by hand: which rows each token holds, and what that stretch is called."""

from __future__ import annotations

from types import SimpleNamespace

from generator.datasets.clock import step_labels
from generator.models.patch_spans import PatchSpans, patch_spans, span_names


def spans(context: int, length: int, stride: int, read_out: bool = False) -> PatchSpans:
    """Spans of a configuration with these keys."""
    return patch_spans(
        SimpleNamespace(
            context_length=context,
            patch_length=length,
            patch_stride=stride,
            use_cls_token=read_out,
        )
    )


def test_a_window_that_patches_fill() -> None:
    """96 rows in patches of 8: rows 0-7, 8-15, ..., 88-95, and none unread."""
    cut = spans(96, 8, 8)
    assert (len(cut.rows), cut.unread) == (12, 0)
    assert (cut.rows[0], cut.rows[1], cut.rows[-1]) == ((0, 7), (8, 15), (88, 95))
    names = span_names(cut, step_labels(96, 300))
    assert names[0] == "-7 h 55 min to -7 h 20 min"
    assert names[1] == "-7 h 15 min to -6 h 40 min"
    assert names[-1] == "-35 min to now"


def test_dropped_rows_and_a_class_token() -> None:
    """30 rows in patches of 6, 4 apart: 7 patches from row 0; of 9, 5 apart: 1 row is dropped."""
    assert spans(30, 6, 4).rows == tuple((at, at + 5) for at in (0, 4, 8, 12, 16, 20, 24))
    cut = spans(30, 9, 5, read_out=True)
    assert cut.unread == 1
    assert cut.rows == ((1, 9), (6, 14), (11, 19), (16, 24), (21, 29))
    names = span_names(cut, step_labels(30, None))
    assert names == [
        "[CLS]",
        "28 rows before to 20 rows before",
        "23 rows before to 15 rows before",
        "18 rows before to 10 rows before",
        "13 rows before to 5 rows before",
        "8 rows before to last row",
    ]


def test_a_patch_of_one_row_is_that_row() -> None:
    """A stretch of one row carries one name, not two."""
    assert span_names(spans(3, 1, 1), step_labels(3, 10)) == ["-20 s", "-10 s", "now"]


def test_spans_are_those_of_transformers() -> None:
    """Transformers' own patchify of a window that counts its rows gives the same rows."""
    import torch
    from transformers import PatchTSTConfig
    from transformers.models.patchtst.modeling_patchtst import PatchTSTPatchify

    for context, length, stride in ((96, 8, 8), (30, 6, 4), (30, 9, 5), (24, 5, 7)):
        config = PatchTSTConfig(context_length=context, patch_length=length, patch_stride=stride)
        counted = torch.arange(context, dtype=torch.float32).view(1, context, 1)
        patches = PatchTSTPatchify(config)(counted)[0, 0]
        own = tuple((int(patch[0]), int(patch[-1])) for patch in patches)
        assert own == patch_spans(config).rows
