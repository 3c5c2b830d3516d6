"""What a way of explaining says of a model: groups of sensors, each with an effect and a verdict.

In: claims. Out: the same, also as a file. The words are those of the reports. Never: a truth.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SUPPORTED = "supported"
NOT_SUPPORTED = "not supported"
NOT_IDENTIFIABLE = "not identifiable"
NOT_ASSESSED = "not assessed"


@dataclass(frozen=True)
class GroupClaim:
    """One claim: that the model uses these sensors; `effect` is None where none was measured."""

    group: tuple[str, ...]
    effect: float | None
    verdict: str


@dataclass(frozen=True)
class Explanation:
    """Everything that was said of one model.

    Attributes:
        claims: of groups, and of single sensors in them.
        by_attention: what raw attention or rollout alone is said to show of sensors.
    """

    claims: tuple[GroupClaim, ...]
    by_attention: tuple[GroupClaim, ...] = ()


def write(assessed: Explanation, path: Path) -> None:
    """Keep what was said as JSON; folders are made when they are not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(assessed), indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Explanation:
    """What was kept."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Explanation(*(tuple(map(_to_claim, found[name])) for name in ("claims", "by_attention")))


def _to_claim(found: dict[str, Any]) -> GroupClaim:
    return GroupClaim(tuple(found["group"]), found["effect"], found["verdict"])
