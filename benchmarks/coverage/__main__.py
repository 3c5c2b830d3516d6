"""Every family of the installed transformers, built tiny: what is read of it, and is it right?

In: a folder that keeps finished families. Out: the result tables. Never: a family left out.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import torch
import typer

from benchmarks.coverage.campaign import SECONDS, list_families, run_campaign
from benchmarks.coverage.judge import Outcome, Word
from benchmarks.coverage.map_differences import EXACT
from benchmarks.tables import read_environment, write

MEANINGS: dict[Word, str] = {
    "exact": "every map of the eager model is among ours, and ours reproduce the kernel's output",
    "proved": "the family returns no maps; ours reproduce the kernel's output",
    "different": "ours reproduce the kernel's output; the family's own maps differ, and why",
    "refused": "nothing is shown, and the modules that were not read are named",
    "no attention": "no attention matrix is computed, and no module says attention",
    "not built": "no small configuration of it can be built here, and why",
    "not run": "no input made here runs through it, and why",
    "timeout": f"not finished in {SECONDS} s",
}


def main(
    kept: Path,
    only: list[str] | None = None,
    at_once: int = 2,
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Run every family not yet in `kept` (JSON lines), and write the tables."""
    facts = read_environment()
    found = run_campaign(only or list_families(), kept, at_once)
    facts |= {"families": len(found), "reference": "the family's own eager output_attentions"}
    facts |= {"exact below": EXACT, "samples": 2, "numbers": str(torch.get_default_dtype())}
    write(output, "coverage", facts, build_tables(found))


def build_tables(found: list[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Counts by outcome, the promises that must hold, and every family with its line."""
    count = Counter(one.outcome for one in found)
    outcomes = [
        {"outcome": word, "families": count[word], "meaning": meaning}
        for word, meaning in MEANINGS.items()
    ]
    return {
        "Outcomes": outcomes,
        "Promises": count_promises(found),
        "Families": [_format_line(one) for one in found if one.outcome != "exact"],
        "Exact families": [_format_line(one) for one in found if one.outcome == "exact"],
    }


def count_promises(found: list[Outcome]) -> list[dict[str, Any]]:
    """What may never happen, counted; and how many families are read right."""
    shown = [one for one in found if one.outcome in ("exact", "proved", "different")]
    ran = [one for one in found if one.same_output is not None]
    nameless = [one for one in found if one.outcome == "refused" and not (one.gaps or one.cause)]
    return [
        {"promise": "families whose maps are exact or prove themselves", "count": len(shown)},
        {"promise": "maps that are shown", "count": sum(one.maps for one in shown)},
        {
            "promise": "largest self-proof error of a map that is shown",
            "count": _format_worst(shown),
        },
        {"promise": "outputs changed under capture", "count": _count_changed(ran)},
        {"promise": "families that ran", "count": len(ran)},
        {
            "promise": "empty answers without a named cause",
            "count": count_silent(found) + len(nameless),
        },
    ]


def count_silent(found: list[Outcome]) -> int:
    """Families whose eager model has maps where nothing was read and nothing is named."""
    return sum(one.maps == 0 and one.theirs > 0 and not one.gaps for one in found)


def _format_worst(found: list[Outcome]) -> str:
    return f"{max((one.proof or 0.0 for one in found), default=0.0):.1e}"


def _count_changed(ran: list[Outcome]) -> int:
    return sum(one.same_output is False for one in ran)


def _format_line(one: Outcome) -> dict[str, Any]:
    return {
        "family": one.family,
        "outcome": one.outcome,
        "maps": one.maps,
        "theirs": one.theirs,
        "apart": "" if one.worst is None else f"{one.worst:.1e}",
        "self-proof": "" if one.proof is None else f"{one.proof:.1e}",
        "not read": ", ".join(one.gaps[:2]) + (" …" if len(one.gaps) > 2 else ""),
        "cause": one.cause,
    }


if __name__ == "__main__":
    typer.run(main)
