"""Every gate of a manifest, judged on the records of the reports and comparisons on the site.

In: gates, records. Out: outcomes in the gates' order. Never: a report run for its gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.gates.judge import breach_gate, judge_gate
from generator.records import Gate, GateOutcome, GatesRecord, RunRecord, Thresholds
from generator.records.comparison import ComparisonRecord

NOT_HERE = "is not on this site: this build left it out and the store has no record of it"


def evaluate(
    gates: Sequence[Gate],
    thresholds: Thresholds,
    records: Sequence[RunRecord],
    comparisons: Sequence[ComparisonRecord] = (),
) -> GatesRecord:
    """All outcomes, beside the thresholds that the verdicts they may ask for turned on."""
    documents = {record.id: _document_run(record) for record in records}
    compared = {record.id: _document_comparison(record) for record in comparisons}
    outcomes = (
        _judge_document(gate, documents.get(gate.report), f"report {gate.report}")
        if gate.report is not None
        else _judge_document(gate, compared.get(gate.about), f"comparison {gate.about}")
        for gate in gates
    )
    return GatesRecord(
        gates=tuple(outcomes), thresholds=thresholds, changed_thresholds=thresholds.changed
    )


def _judge_document(gate: Gate, document: dict[str, Any] | str | None, name: str) -> GateOutcome:
    """Judged on a document, or breached by the reason that there is none."""
    if isinstance(document, dict):
        return judge_gate(gate, document)
    return breach_gate(gate, document or f"{name} {NOT_HERE}")


def _document_run(record: RunRecord) -> dict[str, Any] | str:
    failure = record.failure
    if failure:
        return f"report {record.id} failed at {failure.stage}: {failure.message}"
    return record.to_document()


def _document_comparison(record: ComparisonRecord) -> dict[str, Any] | str:
    if record.missing:
        return f"comparison {record.id} was not made: {record.missing}"
    return record.to_document()
