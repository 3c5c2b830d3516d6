"""Results as JSON and as a Markdown table, with what they were measured under.

In: rows of numbers. Out: `<name>.json`, `<name>.md`, and the table on stdout.
Never: the name of a machine.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "transformers", "numpy", "plotly", "mkdocs-material", "bertviz")
Row = Mapping[str, Any]


def read_environment() -> dict[str, Any]:
    """Date, versions, cores and the load others put on them at the start."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads used": 1,
        "load at start": round(os.getloadavg()[0], 1),
        "versions": {name: found for name in PACKAGES if (found := _read_version(name))},
    }


def _read_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def write(
    folder: Path, name: str, facts: Mapping[str, Any], tables: Mapping[str, Sequence[Row]]
) -> None:
    """Write and print the results; `tables` by title, every row of one with the same columns."""
    load = round(os.getloadavg()[0], 1)
    everything = {"benchmark": name, **facts, "load at end": load, "tables": tables}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(everything, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    page = f"# {name}\n\n{_format_facts(facts, load)}\n"
    page += "".join(f"\n## {title}\n\n{_format_table(rows)}\n" for title, rows in tables.items())
    (folder / f"{name}.md").write_text(page, encoding="utf-8")
    print(page)


def _format_facts(facts: Mapping[str, Any], load: float) -> str:
    flat = {**facts, "load at end": load}
    return "\n".join(f"- {name}: {_format_value(value)}" for name, value in flat.items())


def _format_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_format_value(one)}" for key, one in value.items())
    return _format_cell(value)


def _format_table(rows: Sequence[Row]) -> str:
    columns = list(rows[0]) if rows else ["nothing measured"]
    lines = [columns, ["---"] * len(columns)]
    lines += [[_format_cell(row[column]) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _format_cell(value: Any) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    return (
        f"{value:.1e}"
        if 0 < abs(value) < 0.001
        else f"{value:.3g}"
        if value < 100
        else f"{value:,.0f}"
    )
