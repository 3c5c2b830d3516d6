"""What a page says of a model that is not to be relied on, and of rankings that say little."""

from __future__ import annotations

import pytest

from generator.pages import make_pages
from generator.records import ClassCount, ClassScore, Interval, Quality, RunRecord, Score
from generator.render import format_percent
from tests import claims_by_hand
from tests.site import claims_for_pages
from tests.site import records_for_pages as hand_made


def pages_of(record: RunRecord) -> dict[str, str]:
    """The Markdown of every page of one run, by path."""
    return {page.path: page.text() for page in make_pages(hand_made.SITE, [record])}


def report_of(record: RunRecord) -> str:
    """The Markdown of a run's own page."""
    return pages_of(record)[f"reports/{record.id}/index.md"]


def value_quality(mean_error: float) -> Quality:
    """Scores of a value in mg/m3 whose RMSE is 10."""
    rmse = Score(
        measure="RMSE",
        unit="mg/m3",
        better="lower",
        model=10.0,
        rules={"training mean": 12.0},
        best_rule="training mean",
        beats_rule=True,
    )
    changed = {"task": "value", "events": None, "scores": (rmse,), "mean_error": mean_error}
    return hand_made.make_quality().model_copy(update=changed)


def test_a_model_that_fails_has_no_answer_but_that() -> None:
    """The answer says that nothing was assessed and why; neither page nor card is marked good."""
    record = hand_made.make_timestep_run()[0]
    pages = pages_of(record)
    answer = report_of(record).partition("## The answer")[2].partition("## Can I")[0]
    assert "rp-answer rp-answer--weak" in answer
    assert "What this model’s warning rests on was not assessed." in answer
    assert answer.count(claims_for_pages.BEHIND) == 1
    assert "it is no guide to the plant." in answer
    assert [name for name in hand_made.NAMES if name in answer] == []
    assert "rp-card rp-card--weak" in pages["index.md"]
    assert ">Report built</span>" in pages["index.md"]
    assert ">Built</span>" not in pages["index.md"]


def test_a_model_that_wins_has_no_red_line() -> None:
    """It is no guide to the plant only where the model is no better than a rule."""
    record = hand_made.make_sensor_run()[0]
    text = report_of(record)
    assert "no guide to the plant" not in text
    assert "rp-answer--weak" not in text
    assert "5.4 points (95 % range 3.1 to 7.7) ahead of the best simple rule" in text
    assert "scores higher than the best simple rule" in pages_of(record)["index.md"]
    assert "from 14 groups; the event followed 97 of these windows." in text


def test_an_almost_even_spread_is_said_first() -> None:
    """Below 1.5 times an even share what is said of attention begins with that, else not."""
    record = hand_made.make_sensor_run()[0]
    assert record.attention is not None
    even = tuple(p.model_copy(update={"lift": 1.49}) for p in record.attention.positions)
    odd = (even[0].model_copy(update={"lift": 1.5}), *even[1:])
    for positions, expected in ((even, True), (odd, False)):
        attention = record.attention.model_copy(update={"positions": positions})
        text = report_of(record.model_copy(update={"attention": attention}))
        assert ("Attention was spread almost evenly: over 200 held-out" in text) is expected


def test_lists_name_only_what_is_above_an_even_share() -> None:
    """Without claims, a card lists no position below an even share, unless it is the first."""
    record = hand_made.make_sensor_run()[0].model_copy(update={"claims": None})
    assert record.attention is not None
    few = tuple(
        p.model_copy(update={"lift": 1.2 if p.rank == 1 else 0.9})
        for p in record.attention.positions
    )
    attention = record.attention.model_copy(update={"positions": few})
    card = pages_of(record.model_copy(update={"attention": attention}))["index.md"]
    assert card.count("<li>") == 1


def test_a_calculated_sensor_is_marked() -> None:
    """Each row of a sensor that is calculated from others says so; a measured one does not."""
    text = report_of(hand_made.make_sensor_run()[0])
    table = text.partition("### What was attended to")[2].partition("## Layers and heads")[0]
    assert table.count("(calculated)") == 4


def test_a_large_mean_error_is_a_warning() -> None:
    """Values off by more than half their RMSE turn the lamp of the training range amber."""
    record = hand_made.make_sensor_run()[0]
    for error, expected in ((-5.1, True), (5.0, False)):
        pages = pages_of(record.model_copy(update={"quality": value_quality(error)}))
        text = pages[f"reports/{record.id}/index.md"]
        assert ("5.1 mg/m3 too low, more than half its RMSE" in text) is expected
        assert "smaller error than the best simple rule" in pages["index.md"]


def test_classes_are_shown_with_their_balance_and_recall() -> None:
    """The report counts each class and says how much of it was found; so the dataset's page."""
    record = hand_made.make_sensor_run()[0]
    assert record.dataset is not None
    assert record.quality is not None
    scores = (
        ClassScore(name="new", training=90, windows=40, called=38, recall=0.925),
        ClassScore(name="<b>worn", training=60, windows=30, called=32, recall=0.9),
    )
    counts = (
        ClassCount(name="new", training=90, held_out=40, explained=12),
        ClassCount(name="<b>worn", training=60, held_out=30, explained=1188),
    )
    changed = {"task": "class", "events": None, "classes": scores}
    dataset = record.dataset.model_copy(update={"classes": counts, "explained_events": None})
    quality = record.quality.model_copy(update=changed)
    pages = pages_of(record.model_copy(update={"dataset": dataset, "quality": quality}))
    report, data = pages[f"reports/{record.id}/index.md"], pages["datasets/boiler-house/index.md"]
    assert '<td class="rp-number">92.5' in report
    assert ": 12 with <strong>new</strong>, 1,188 with <strong>&lt;b&gt;worn</strong>" in report
    assert "## Classes" in data
    assert '&lt;b&gt;worn</th> <td class="rp-number">60</td>' in data
    assert "the event followed" not in report
    assert "The event followed" not in report


@pytest.mark.parametrize(
    ("rule", "said"),
    [("25 means along the window, weighted (ridge)", True), ("all readings", False)],
)
def test_a_rule_that_does_not_read_everything_is_said_to_be_that(rule: str, said: bool) -> None:
    """The score table does not let a thinned rule pass for the strongest there could be."""
    record = hand_made.make_sensor_run()[0]
    quality = value_quality(0.0)
    score = quality.scores[0].model_copy(update={"rules": {rule: 12.0}, "best_rule": rule})
    quality = quality.model_copy(update={"scores": (score,)})
    text = pages_of(record.model_copy(update={"quality": quality}))[f"reports/{record.id}/index.md"]
    assert ("one on every reading can come closer to the model" in text) is said


@pytest.mark.parametrize(
    ("ahead", "overlap", "said"),
    [
        (Interval(estimate=3.8, low=0.5, high=7.1), 0, "better, but not by enough"),
        (Interval(estimate=2.5, low=-0.5, high=5.4), 0, "not clearly better than the simple rule"),
        (Interval(estimate=9.0, low=-1.0, high=19.0), 0, "not clearly better than the simple rule"),
        (Interval(estimate=9.0, low=5.0, high=13.0), 3, "scored partly on data it was trained on"),
    ],
)
def test_the_card_says_why_a_model_is_not_explained(
    ahead: Interval, overlap: int, said: str
) -> None:
    """Better but not by enough, perhaps by chance, or judged by what it was trained on."""
    record = hand_made.make_sensor_run()[0]
    gate = claims_by_hand.make_adequacy(passed=False).model_copy(update={"ahead": ahead})
    changed = {"adequacy": gate, "overlap": overlap}
    quality = hand_made.make_quality().model_copy(update=changed)
    card = pages_of(record.model_copy(update={"quality": quality}))["index.md"]
    assert f">{said}</span>" in card


def test_a_share_that_rounds_to_nothing_is_not_called_nothing() -> None:
    """Nought is 0.0%; what is there but small is said to be under a twentieth of a percent."""
    shares = [format_percent(x) for x in (None, 0.0, 0.0004999, 0.0005, 0.123)]
    assert shares == ["–", "0.0%", "under 0.05%", "0.1%", "12.3%"]
