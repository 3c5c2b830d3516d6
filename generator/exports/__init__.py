"""One file per ExportFormat: an AttentionSummary in, a file on disk out.

A new format is one file with `write_<format>(summary, path, *, banner)` and one line in EXPORTS.
Files are imported when their format is first written. Never: a half-written output, a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from generator.attention import AttentionSummary
from generator.kinds import ExportFormat

Write = Callable[[AttentionSummary, Path, str], Path]


def defer_writer(module: str, name: str) -> Write:
    """The module's writer, imported when it is first called."""

    def write(summary: AttentionSummary, path: Path, banner: str) -> Path:
        written: Path = getattr(import_module(module), name)(summary, path, banner=banner)
        return written

    return write


EXPORTS: Mapping[ExportFormat, Write] = MappingProxyType(
    {
        ExportFormat.HTML: defer_writer("generator.exports.html", "write_html"),
        ExportFormat.PNG: defer_writer("generator.exports.png", "write_png"),
        ExportFormat.SVG: defer_writer("generator.exports.svg", "write_svg"),
        ExportFormat.JSON: defer_writer("generator.exports.json", "write_json"),
        ExportFormat.CSV: defer_writer("generator.exports.csv", "write_csv"),
    }
)


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
    return EXPORTS[kind](summary, target, banner)
