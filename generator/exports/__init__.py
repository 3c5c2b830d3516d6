"""One file per ExportFormat: an AttentionSummary in, a file on disk out.

A new format is one line in ExportFormat and one file here of its name, with MEDIA_TYPE and
`write_<name>(summary, path, *, banner)`. Files are imported when their format is first written.
Never: a half-written output, a clock.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from generator.attention import AttentionSummary
from generator.kinds import ExportFormat


def export(
    summary: AttentionSummary,
    format: ExportFormat | str = ExportFormat.HTML,
    path: Path | None = None,
    *,
    banner: str = "",
) -> Path:
    """Write a summary to a file; missing folders above it are made.

    Args:
        summary: what to write; fields it does not hold are said to be missing.
        format: an ExportFormat or its value.
        path: where to; `attention_summary.<format>` in the working folder when None.
        banner: a warning that the file carries visibly, such as the simulated-data sentence.

    Raises:
        ValueError: an unknown format.
    """
    known = [each.value for each in ExportFormat]
    if format not in known:
        raise ValueError(f"unknown export format {str(format)!r}: choose one of {', '.join(known)}")
    kind = ExportFormat(format)
    target = Path(f"attention_summary.{kind.value}") if path is None else Path(path)
    module = import_module(f"generator.exports.{kind.value}")
    written: Path = getattr(module, f"write_{kind.value}")(summary, target, banner=banner)
    return written


def read_media_type(kind: ExportFormat) -> str:
    """What a file of this format is served as."""
    media_type: str = import_module(f"generator.exports.{kind.value}").MEDIA_TYPE
    return media_type
