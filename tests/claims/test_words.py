"""How effects, spans and subjects are said."""

from __future__ import annotations

import pytest

from generator.records import Interval
from generator.render import make_environment
from generator.words import (
    count_noun,
    describe_change,
    describe_span,
    format_amount,
    format_number,
    inflect,
    join_names,
    name_answer,
    pluralise,
)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (123.4, "123"),
        (38_000.0, "38000"),
        (11.4, "11"),
        (9.96, "10"),
        (3.14, "3.1"),
        (0.996, "1.0"),
        (0.5, "0.50"),
        (0.0999, "0.10"),
        (0.05, "0.050"),
        (0.0123, "0.012"),
        (0.00123, "0.0012"),
        (0.000123, "0.00012"),
        (-3.14, "-3.1"),
        (1_234_567.0, "1.2e+06"),
    ],
)
def test_a_number_has_two_digits_that_count(value: float, said: str) -> None:
    """More only before the point; an exponent only where the figure would be very long."""
    assert format_number(value) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_names_are_listed_as_people_do(names: tuple[str, ...], said: str) -> None:
    """Commas, and one 'and' before the last."""
    assert join_names(names) == said


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (0, "run", "0 runs"),
        (1, "run", "1 run"),
        (12, "run", "12 runs"),
        (1200, "window", "1,200 windows"),
        (2, "batch", "2 batches"),
        (1, "stretch of 6 h", "1 stretch of 6 h"),
        (3, "stretch of 6 h", "3 stretches of 6 h"),
    ],
)
def test_things_are_counted_in_their_plural(count: int, noun: str, said: str) -> None:
    """The last word takes the ending, or the one before `of`."""
    assert count_noun(count, noun) == said


def test_a_plural_stands_alone_too() -> None:
    """Where no number is told."""
    assert (pluralise("run"), pluralise("stretch of 6 h")) == ("runs", "stretches of 6 h")


@pytest.mark.parametrize(
    ("effect", "unit", "said"),
    [
        (Interval(estimate=11.2, low=9.04, high=13.3), "K", "11 (9.0 to 13) K"),
        (Interval(estimate=0.4, low=-0.2, high=1.0), "", "0.40 (0 to 1.0)"),
        (Interval(estimate=3.0), "bar", "3.0 bar"),
    ],
)
def test_an_effect_is_told_with_its_range_and_unit(effect: Interval, unit: str, said: str) -> None:
    """A mean size is never below 0, so neither is its range."""
    assert format_amount(effect, unit) == said


@pytest.mark.parametrize(
    ("task", "said", "gives"),
    [
        ("value", "changed the prediction by 11 (9.0 to 13) kW", "prediction"),
        ("event", "changed the probability of the warning by 11 (9.0 to 13) points", "warning"),
        (
            "class",
            "changed the probability of the class it calls by 11 (9.0 to 13) points",
            "call",
        ),
    ],
)
def test_what_moved_is_told_in_what_people_read(task: str, said: str, gives: str) -> None:
    """Values in their unit, events and classes in points of probability."""
    effect = Interval(estimate=11, low=9, high=13)
    assert describe_change(task, effect, "kW") == said  # type: ignore[arg-type]
    assert name_answer(task) == gives  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "step", "said"),
    [
        (56, 63, 10.0, "the last 1 min 20 s"),
        (48, 55, 10.0, "2 min 30 s to 1 min 20 s before the last reading"),
        (0, 63, 10.0, "the last 10 min 40 s"),
        (5, 5, 10.0, "9 min 40 s before the last reading"),
        (63, 63, 10.0, "the last 10 s"),
        (56, 63, None, "the last 8 rows"),
        (48, 55, None, "15 to 8 rows before the last"),
        (5, 5, None, "58 rows before the last"),
        (62, 62, None, "1 row before the last"),
        (63, 63, None, "the last 1 row"),
    ],
)
def test_a_span_is_told_by_how_long_ago_it_was(
    first: int, last: int, step: float | None, said: str
) -> None:
    """In time where there is a clock, else in rows; a span of one row names one moment."""
    assert describe_span(first, last, 64, step) == said


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("run", "runs"),
        ("batch", "batches"),
        ("separate batch", "separate batches"),
        ("independent stretch of 6 h", "independent stretches of 6 h"),
        ("dish", "dishes"),
        ("facility", "facilities"),
        ("day", "days"),
        ("box", "boxes"),
    ],
)
def test_pages_and_messages_say_the_same_plural(noun: str, many: str) -> None:
    """One rule, whichever way it is asked for."""
    asked = make_environment().from_string(
        "{{ counted(3, noun) }}|{{ noun | inflect(3) }}|{{ noun | plural }}|{{ counted(1, noun) }}"
    )
    assert asked.render(noun=noun) == f"3 {many}|{many}|{many}|1 {noun}"
    assert (count_noun(3, noun), inflect(noun, 3), inflect(noun, 1)) == (f"3 {many}", many, noun)
