"""A Diagnosis as lines of text for a terminal of any width: no colours, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.doctor.diagnosis import Diagnosis, DoctorLayer

HEADER = (
    *("layer", "module", "group", "attends", "read by", "heads", "queries x keys", "rows"),
    *("missing", "self-proof", "a key holds", ""),
)
RIGHT = frozenset({"layer", "heads", "rows", "missing", "self-proof"})


def format_diagnosis(diagnosis: Diagnosis) -> str:
    """The whole answer."""
    return "\n".join(_format_lines(diagnosis))


def _format_lines(diagnosis: Diagnosis) -> Iterator[str]:
    size = f"{diagnosis.parameters:,} parameters, {diagnosis.dtype}"
    shapes = (f"{name} {' x '.join(map(str, axes))}" for name, axes in diagnosis.input.items())
    yield f"{diagnosis.model}: {diagnosis.architecture}, {size}"
    yield f"random input: {', '.join(shapes)}"
    yield f"tokens: {diagnosis.tokens}"
    yield ""
    if diagnosis.layers:
        rows = [_format_cells(at, layer) for at, layer in enumerate(diagnosis.layers)]
        yield from _align_rows([HEADER, *rows])
        yield ""
    for gap in diagnosis.gaps:
        yield f"not read: {gap.module}: {gap.reason}; {gap.instead}"
    if diagnosis.not_reached:
        names = ", ".join(diagnosis.not_reached)
        yield f"not reached by this input, so nothing is known of: {names}"
    yield _format_verdict(diagnosis)


def _format_cells(at: int, layer: DoctorLayer) -> tuple[str, ...]:
    return (
        str(at),
        layer.module,
        layer.group,
        layer.kind,
        "row sums (last resort)" if layer.captured_by == "row sums" else layer.captured_by,
        str(layer.heads),
        f"{layer.queries} x {layer.keys}",
        f"{layer.rows_per_sample:g}",
        f"{layer.missing_mass:.2g}" if layer.missing_mass else "0",
        "unseen" if layer.proof is None else f"{layer.proof:.0e}",
        layer.key_holds or "not known",
        "" if layer.shown else "NOT SHOWN",
    )


def _align_rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    for row in rows:
        cells = [
            cell.rjust(width) if name in RIGHT else cell.ljust(width)
            for name, cell, width in zip(HEADER, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _format_verdict(diagnosis: Diagnosis) -> str:
    count = sum(layer.shown for layer in diagnosis.layers)
    if not diagnosis.layers:
        return "no attention matrix is computed in this model's forward pass"
    if diagnosis.readable:
        return f"all {count} maps reproduce the model's own output"
    verdict = f"{count} of {len(diagnosis.layers)} maps reproduce the model's own output"
    return f"{verdict}; {len(diagnosis.gaps)} modules not read" if diagnosis.gaps else verdict
