"""Whether one measurement is as its gate wants it.

In: a gate, and the document it is about or why there is none. Out: its outcome.
Never: a gate passed for want of a measurement.
"""

from __future__ import annotations

from typing import Any

from generator.gates.measurement import MissingMeasurement, find_measurement
from generator.records.gates import (
    Gate,
    GateOutcome,
    Value,
    format_number,
    format_value,
    quote_value,
)
from generator.spec.measurement_path import parse_path

DIGITS = 4  # of what was found, where those tell it from what was wanted


def judge_gate(gate: Gate, document: dict[str, Any]) -> GateOutcome:
    """The outcome of a gate on a published document."""
    try:
        found = find_measurement(document, parse_path(gate.figure))
    except MissingMeasurement as why:
        return breach_gate(gate, str(why))
    shown = quote_value(found) if isinstance(found, str) else describe_value(gate, found)
    no_number = gate.allowed is None and _kind(found) is not float
    return GateOutcome(
        gate=gate,
        state="passed" if passes(gate, found) else "breached",
        found=found,
        sentence=f"{gate.figure} is {shown}{', no number' * no_number}; wanted: {gate.wanted}",
    )


def breach_gate(gate: Gate, why: str) -> GateOutcome:
    """The outcome where there is no measurement to judge."""
    return GateOutcome(gate=gate, state="breached", sentence=why)


def passes(gate: Gate, found: Value) -> bool:
    """Whether a value is as wanted; true and 1 are two things."""
    if gate.allowed is not None:
        return any(_is_same(found, value) for value in gate.allowed)
    if isinstance(found, bool | str):
        return False
    above = gate.at_least is None or found >= gate.at_least
    return above and (gate.at_most is None or found <= gate.at_most)


def describe_value(gate: Gate, found: Value) -> str:
    """A value as people read it: rounded, unless rounding hides that it is not as wanted."""
    if isinstance(found, bool | int | str):
        return format_value(found)
    short = format_number(float(f"{found:.{DIGITS}g}"))
    return short if passes(gate, float(short)) == passes(gate, found) else format_number(found)


def _is_same(found: Value, wanted: Value) -> bool:
    return _kind(found) is _kind(wanted) and found == wanted


def _kind(value: Value) -> type:
    """What a value is: true or false, a text, else a number."""
    return type(value) if isinstance(value, bool | str) else float
