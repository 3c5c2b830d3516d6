"""What commands print: plans and results as aligned lines, or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from generator.build.plan import Plan
    from generator.records.outcome import BuildResult


def print_plan(made: Plan, as_json: bool) -> None:
    """A line for each run, or all as JSON."""
    rows = [
        {
            "id": planned.run.id,
            "state": planned.state,
            "reason": planned.reason,
            "key": planned.run.key,
            "model": planned.run.model_id,
            "agent": planned.run.agent_id,
            "dataset": planned.run.dataset_id,
        }
        for planned in made.runs
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max((len(planned.run.id) for planned in made.runs), default=0)
    for planned in made.runs:
        typer.echo(f"{planned.state:<8} {planned.run.id:<{width}}  {planned.reason}")


def print_result(result: BuildResult) -> None:
    """A line for each report, comparison and gate, and where the site is."""
    width = max((len(outcome.id) for outcome in result.outcomes), default=0)
    for outcome in result.outcomes:
        typer.echo(f"{outcome.state:<8} {outcome.id:<{width}}  {outcome.detail}".rstrip())
    for outcome in result.comparisons:
        typer.echo(f"{outcome.state:<8} compare/{outcome.id}  {outcome.detail}".rstrip())
    for gate in result.gates.gates:
        typer.echo(f"{gate.state:<8} gate {gate.line}")
    typer.echo(result.site / "index.html")


def log_gates(result: BuildResult, quiet: bool) -> None:
    """On stderr: each breached gate, also when quiet; and thresholds that are not the default."""
    for outcome in result.gates.breached:
        typer.echo(f"gate breached: {outcome.line}", err=True)
    if result.gates.changed_thresholds and not quiet:
        names = ", ".join(result.gates.changed_thresholds)
        typer.echo(f"thresholds that are not the default: {names}", err=True)
