"""Gates and their outcomes, made by hand for the tests."""

from __future__ import annotations

from typing import Any

from generator.records import Gate, GateOutcome


def make_gate(figure: str, report: str = "one", **test: Any) -> Gate:
    """A gate on a report; `is_` stands for the key `is`."""
    keys = {"is" if key == "is_" else key: value for key, value in test.items()}
    return Gate.model_validate({"report": report, "figure": figure, **keys})


def make_pair_gate(comparison: str, figure: str, **test: Any) -> Gate:
    """A gate on a comparison."""
    return Gate.model_validate({"comparison": comparison, "figure": figure, **test})


def make_passed(made: Gate, found: float, sentence: str = "as wanted") -> GateOutcome:
    return GateOutcome(gate=made, state="passed", found=found, sentence=sentence)


def make_breached(made: Gate, sentence: str, found: float | None = None) -> GateOutcome:
    return GateOutcome(gate=made, state="breached", found=found, sentence=sentence)
