"""The other training runs of a run's model: loaded, checked to be the same model, recorded.

In: a planned run. Out: loaded models; what the record says of them. Never: a sibling that reads
or predicts anything else, or that is the same weights under another name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.build.plan import Run
from generator.claims.question import Sibling
from generator.errors import InputError
from generator.models.source import LoadedModel, load_model
from generator.records import SiblingRecord

SAME = (
    *("architecture", "parameters", "sensors", "window"),
    *("task", "target", "target_unit", "classes", "horizon_rows"),
)


def load_siblings(run: Run, model: LoadedModel) -> Iterator[LoadedModel]:
    """The siblings in the manifest's order.

    Raises:
        InputError: one is another model, or has weights that were seen before.
    """
    weights = {model.digest: model.id}
    for sibling in run.siblings:
        other = load_model(sibling.model.source, sibling.folder, sibling.id)
        where = f"models.{model.id}.siblings: {sibling.id}"
        for what in SAME:
            if getattr(other, what) != getattr(model, what):
                raise InputError(
                    f"{where} is no refit of {model.id}: it differs in {what.replace('_', ' ')}"
                )
        if other.digest in weights:
            raise InputError(
                f"{where} has the weights of {weights[other.digest]}; "
                f"name a training run from another seed"
            )
        weights[other.digest] = sibling.id
        yield other


def record_siblings(run: Run, siblings: Sequence[Sibling]) -> tuple[SiblingRecord, ...]:
    """What the record says of each sibling."""
    return tuple(
        SiblingRecord(
            id=planned.id,
            files=planned.digests,
            sha256=sibling.model.digest,
            passed=sibling.adequacy.passed,
            words=sibling.adequacy.words,
        )
        for planned, sibling in zip(run.siblings, siblings, strict=True)
    )
