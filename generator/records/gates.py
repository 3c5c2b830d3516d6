"""What a site's builder wants of a published figure, and what was found.

In: the manifest's gates. Out: one outcome each, in the site's data and on its pages.
Never: part of a run's key; a gate judges a record, it does not make one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from generator.notice import NOTICE
from generator.records.record import Record
from generator.records.thresholds import Thresholds

GATES_SCHEMA = "attention-reports/gates/1"
MOST_ALLOWED = 100
LONGEST = 1000
Value = bool | int | float | str
"""What a figure can be: true or false, a number, a text."""
_VALUE = {"type": ["string", "number", "boolean"]}


def _parse_allowed(given: Any) -> tuple[Value, ...] | None:
    """One value or a list of them, as a tuple."""
    values = tuple(given) if isinstance(given, list | tuple) else (given,)
    if given is None:
        return None
    if not all(isinstance(value, Value) for value in values):
        raise ValueError("must be a text, a number, true or false, or a list of these")
    if not 1 <= len(values) <= MOST_ALLOWED:
        raise ValueError(f"must name 1 to {MOST_ALLOWED} values (found {len(values)})")
    return values


Allowed = Annotated[
    tuple[Value, ...] | None,
    BeforeValidator(_parse_allowed),
    WithJsonSchema({"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}),
]


class Gate(Record):
    """One figure of a report or comparison, and the test it must pass."""

    model_config = ConfigDict(
        validate_by_name=False,
        validate_by_alias=True,
        json_schema_extra={
            "allOf": [
                {"oneOf": [{"required": ["report"]}, {"required": ["comparison"]}]},
                {"oneOf": [{"required": [test]} for test in ("at_least", "at_most", "is")]},
            ]
        },
    )

    report: str | None = Field(default=None, description="a report's id")
    comparison: str | None = Field(
        default=None, description="a comparison's id: its two reports with two dashes between"
    )
    figure: str = Field(
        min_length=1,
        max_length=LONGEST,
        description="where the figure stands in the published summary.json or comparison.json",
        examples=["quality.scores[ROC AUC].model"],
    )
    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)
    allowed: Allowed = Field(
        default=None, alias="is", description="the one value it must have, or a list of these"
    )

    @property
    def about(self) -> str:
        """The id of the report or comparison."""
        return self.report or self.comparison or ""

    @property
    def wanted(self) -> str:
        """The test in words."""
        if self.at_least is not None:
            return f"at least {format_number(self.at_least)}"
        if self.at_most is not None:
            return f"at most {format_number(self.at_most)}"
        return " or ".join(quote_value(value) for value in self.allowed or ())


class GateOutcome(Record):
    """A gate and what came of it.

    Attributes:
        found: the figure's exact value; None where there is none.
        sentence: what was found and wanted, or which step of the way is not there.
    """

    gate: Gate
    state: Literal["passed", "breached"]
    found: Value | None = None
    sentence: str

    @property
    def breached(self) -> bool:
        """Whether the figure is not as wanted, or not there."""
        return self.state == "breached"

    @property
    def line(self) -> str:
        """The outcome on a line of its own, without its state."""
        named = "" if self.found is not None else f"{self.gate.figure}: "
        return f"{self.gate.about}: {named}{self.sentence}"


class GatesRecord(Record):
    """All gates of a site with their outcomes, and the thresholds that verdicts turned on."""

    schema_id: str = Field(default=GATES_SCHEMA, alias="schema")
    gates: tuple[GateOutcome, ...] = ()
    thresholds: Thresholds = Thresholds()
    changed_thresholds: tuple[str, ...] = ()
    """Those that are not the default."""
    intended_use: str = NOTICE

    @property
    def breached(self) -> tuple[GateOutcome, ...]:
        """The outcomes that stop a release."""
        return tuple(outcome for outcome in self.gates if outcome.breached)

    def about(self, name: str) -> tuple[GateOutcome, ...]:
        """The outcomes on one report or comparison."""
        return tuple(outcome for outcome in self.gates if outcome.gate.about == name)


def format_number(value: float) -> str:
    """A number as short as it can be without loss."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def quote_value(value: Value) -> str:
    """A value within a sentence: a text in quotation marks."""
    return f"“{value}”" if isinstance(value, str) else format_value(value)


def format_value(value: Value) -> str:
    """A value as the manifest would give it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format_number(value)
