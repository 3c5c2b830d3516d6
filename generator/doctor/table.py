"""A Diagnosis as lines of text for a terminal of any width: no colours, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.doctor.diagnosis import Diagnosis, DoctorLayer

HEADER = (
    *("layer", "module", "group", "attends", "read by", "heads", "queries x keys", "rows"),
    *("missing", "self-proof", "a key holds", ""),
)
RIGHT = frozenset({"layer", "heads", "rows", "missing", "self-proof"})


def format_diagnosis(found: Diagnosis) -> str:
    """The whole answer."""
    return "\n".join(_format_lines(found))


def _format_lines(found: Diagnosis) -> Iterator[str]:
    given = ", ".join(f"{name} {' x '.join(map(str, size))}" for name, size in found.input.items())
    yield f"{found.model}: {found.architecture}, {found.parameters:,} parameters, {found.dtype}"
    yield f"random input: {given}"
    yield f"tokens: {found.tokens}"
    yield ""
    if found.layers:
        rows = [_format_cells(at, layer) for at, layer in enumerate(found.layers)]
        yield from _align_rows([HEADER, *rows])
        yield ""
    for gap in found.gaps:
        yield f"not read: {gap.module}: {gap.reason}; {gap.instead}"
    if found.not_reached:
        yield f"not reached by this input, so nothing is known of: {', '.join(found.not_reached)}"
    yield _format_verdict(found)


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


def _format_verdict(found: Diagnosis) -> str:
    shown = sum(layer.shown for layer in found.layers)
    if not found.layers:
        return "no attention matrix is computed in this model's forward pass"
    if found.readable:
        return f"all {shown} maps reproduce the model's own output"
    told = f"{shown} of {len(found.layers)} maps reproduce the model's own output"
    return f"{told}; {len(found.gaps)} modules not read" if found.gaps else told
