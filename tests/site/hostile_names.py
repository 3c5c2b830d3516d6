"""Names that attack or confuse, and a run that is made of them. Never published."""

from __future__ import annotations

from collections.abc import Sequence

from generator.attention import AttentionWeights
from generator.kinds import TokenKind, Verdict
from generator.records import ClaimsRecord, MapSkill, RunRecord, SupportedSpan
from tests.claims_by_hand import make_claim, make_claims_record
from tests.site.claims_for_pages import (
    make_expectation,
    make_group_claim,
    make_instruments,
    make_member,
    make_span_claims,
)
from tests.site.records_for_pages import (
    make_agent,
    make_attention,
    make_dataset,
    make_digest,
    make_model,
    make_quality,
    make_range,
    make_weights,
)

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><!--",
    "[x](javascript:alert(1))",
    "![](//evil/x.png)",
    "{{7*7}}{% include '/etc/passwd' %}",
    "a|b\nc",
    "``` ~~~",
    '# h {: onclick=alert(1)} ::: !!! --8<-- "/etc/passwd"',
    "---\ntemplate: x\n---",
    '<a href="https://evil">x</a>',
    "tail\u202egnp.exe\u200b\x00",
    "n" * 200_000,
    "A\u030a",
    "\u00c5",
    "__proto__",
    "=cmd|' /C calc'!A0",
    "   ",
)


def make_hostile_claims(names: Sequence[str]) -> ClaimsRecord:
    """Claims of every kind whose every text is one of the names."""
    groups = (tuple(names[:3]), *((name,) for name in names[3:]))
    verdicts = list(Verdict)
    claims = [
        *(
            make_group_claim(subject, 0.5 - at / 50, verdicts[at % 5], names[-at])
            for at, subject in enumerate(groups)
        ),
        *(make_member(name, 0.5, verdicts[at], names[at + 1]) for at, name in enumerate(groups[0])),
        *make_span_claims((), (0.1, 0.2, 0.3, 0.4), (1,)),
        *(
            cell.model_copy(update={"span": name, "reason": name})
            for cell, name in zip(
                make_span_claims(groups[0], (0.1,) * 4, (2,)), names, strict=False
            )
        ),
        make_claim([names[0]], 0.2, granularity="head"),
    ]
    record = make_claims_record(
        claims,
        instruments=make_instruments(names),
        expectations=[make_expectation("rests on", (name,), "met", name) for name in names],
    )
    changed = {
        "population": names[0],
        "period_word": names[1],
        "explained": record.explained.model_copy(update={"words": names[2], "unit": names[3]}),
        "donors": record.donors.model_copy(update={"regime": tuple(names[:2])}),
        "cut": tuple(names),
        "when": tuple(
            SupportedSpan(subject=subject, first_row=0, last_row=1, span=names[at])
            for at, subject in enumerate(groups)
        ),
        "maps": tuple(
            MapSkill(
                name=name,
                granularity="sensor",
                windows=3,
                verdict=Verdict.NOT_ASSESSED,
                reason=name,
            )
            for name in names
        ),
    }
    return record.model_copy(update=changed)


def make_hostile_run(names: Sequence[str] = HOSTILE_NAMES) -> tuple[RunRecord, AttentionWeights]:
    """A run in which every text is one of `names`; with other names it is its benign twin."""
    weights = make_weights([f"s{i}" for i in range(len(names))], TokenKind.SENSORS, seed=5)
    attention = make_attention(weights)
    positions = tuple(
        p.model_copy(update={"name": names[p.index], "label": names[p.index]})
        for p in attention.positions
    )
    heads = tuple(
        h.model_copy(update={"top_query": names[h.head], "top_key": names[h.head + 4]})
        for h in attention.heads
    )
    model = make_model("hostile-model", TokenKind.SENSORS, names)
    data = make_dataset("hostile-data", simulated=False)
    texts = dict(zip(("file", "licence", "credit", "target_words", "step"), names, strict=False))
    record = RunRecord(
        id="hostile",
        key=make_digest("hostile"),
        model=model.model_copy(update={"description": names[3], "architecture": names[8]}),
        dataset=data.model_copy(
            update={**texts, "sensors": tuple(make_range(n, n, n, n, 0, 1, 2) for n in names)}
        ),
        agent=make_agent().model_copy(
            update={"id": "hostile-agent", "name": names[0], "limits": tuple(names)}
        ),
        quality=make_quality().model_copy(update={"words": names[9]}),
        claims=make_hostile_claims(names),
        attention=attention.model_copy(
            update={"positions": positions, "heads": heads, "names": tuple(names)}
        ),
        settings={names[0]: names[1], names[2]: names[7]},
        versions={names[1]: names[0]},
    )
    return record, weights
