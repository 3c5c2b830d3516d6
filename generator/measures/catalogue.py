"""Every measure, in the order that reports show them: one file per measure, one line here."""

# One line is one measure: its import is its entry, so the order of imports is the order of reports.
# ruff: noqa: F401
# isort: off
from __future__ import annotations

from generator.measures.measure import Measure

from generator.measures.received import RECEIVED
from generator.measures.lift import LIFT
from generator.measures.focus import FOCUS
from generator.measures.entropy import ENTROPY
from generator.measures.off_diagonal import OFF_DIAGONAL
from generator.measures.sinks import SINKS
from generator.measures.value_norm import VALUE_NORM
from generator.measures.rollout import ROLLOUT
from generator.measures.flow import FLOW
from generator.measures.relevance import RELEVANCE
from generator.measures.gradient_shares import GATHER
from generator.measures.gradient_shares import USED
from generator.measures.gradient_shares import USED_BY_SERIES
from generator.measures.head_class import HEAD_CLASS
from generator.measures.redundancy import REDUNDANCY
from generator.measures.effective_rank import EFFECTIVE_RANK
from generator.measures.gradient_shares import HEAD_IMPORTANCE
from generator.measures.ablation_importance import HEAD_ABLATION
from generator.measures.ablation_importance import LAYER_ABLATION

MEASURES: tuple[Measure, ...] = tuple(
    each for each in globals().values() if isinstance(each, Measure)
)
