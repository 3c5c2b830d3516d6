"""The Python face: two AttentionSummary in, AttentionComparison out."""

from __future__ import annotations

from dataclasses import replace

from generator.attention import AttentionSummary
from generator.comparison.side import build_summary_side
from generator.comparison.sides import compare_sides
from generator.records.comparison import AttentionComparison


def compare(summary_a: AttentionSummary, summary_b: AttentionSummary) -> AttentionComparison:
    """Two models' attention on the same data, side by side.

    Sensors are matched by name, time steps where both models see the same ones; otherwise the
    answer says in `reason` why nothing may be compared, and holds no figure of likeness.

        summary_a = visualizer_a.get_attention_summary(weights_a)
        summary_b = visualizer_b.get_attention_summary(weights_b)
        found = compare(summary_a, summary_b)
        if found.comparable:
            print(found.ranks.spearman, found.ranks.chance, found.ranks.alikeness.value)
        else:
            print(found.reason)

    Models of one name are told apart as "(a)" and "(b)". Both summaries must come from the same
    input: whether they do is for the caller to see to.
    For heads, extract with `return_all_heads=True`; else `heads_reason` says they are not there.

    Returns:
        positions (importance, lift and rank in both), ranks (Spearman's rho beside the range
        that 95 of 100 reshuffled rankings stay in, Kendall's tau-b, top-3 and top-5 overlap,
        Jensen-Shannon distance in base 2), the pattern of every head, and for every head the
        most similar head of the other model.

    Raises:
        ValueError: a summary carries no attention weights.
    """
    a, b = build_summary_side(summary_a), build_summary_side(summary_b)
    if a.name == b.name:
        a, b = replace(a, name=f"{a.name} (a)"), replace(b, name=f"{b.name} (b)")
    return compare_sides(a, b)
