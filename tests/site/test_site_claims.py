"""What a report's page says of claims, in every state its answer can be in."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest

from generator.kinds import TokenKind, Verdict
from generator.notice import MODEL_OUTPUT
from generator.pages import make_pages
from generator.pages.presentable import LONGEST, LONGEST_NAME
from generator.records import (
    Claim,
    ClaimsRecord,
    GatesRecord,
    Interval,
    Quality,
    RunRecord,
    Thresholds,
)
from tests.claims_by_hand import make_claim, make_claims_record
from tests.site import claims_for_pages as claims
from tests.site import records_for_pages as hand_made
from tests.site.hostile_names import make_hostile_run
from tests.site.test_site_pages import NEVER, section

MORE = "What was claimed, and how it held"


def run_of(found: ClaimsRecord, tokens: TokenKind = TokenKind.SENSORS) -> RunRecord:
    """The hand-made run of that kind of token with these claims, and their gate."""
    made = hand_made.make_sensor_run if tokens is TokenKind.SENSORS else hand_made.make_timestep_run
    record = made()[0]
    assert record.quality is not None
    measured: Quality = record.quality.model_copy(update={"adequacy": found.adequacy})
    return record.model_copy(update={"claims": found, "quality": measured})


def pages_of(found: ClaimsRecord, tokens: TokenKind = TokenKind.SENSORS) -> dict[str, str]:
    """The Markdown of every page of a site with that one run, by path."""
    record = run_of(found, tokens)
    gates = GatesRecord(thresholds=found.thresholds, changed_thresholds=found.thresholds.changed)
    pages = make_pages(hand_made.SITE, [record], gates=gates)
    return {page.path: page.text() for page in pages}


def page_of(found: ClaimsRecord, tokens: TokenKind = TokenKind.SENSORS) -> str:
    """The Markdown of the run's own page."""
    return pages_of(found, tokens)[f"reports/{run_of(found, tokens).id}/index.md"]


def plain(text: str) -> str:
    """The text without its tags, white space as single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def answer_of(found: ClaimsRecord) -> str:
    return plain(section(page_of(found), "The answer", "Can I rely on it?"))


def rows_of(table: str) -> list[str]:
    """The rows of a table in plain words."""
    return [plain(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)]


def groups_of(found: ClaimsRecord) -> str:
    """The section of claims about groups and their members."""
    return page_of(found).partition(f"## {MORE}\n")[2].partition("\n## ")[0]


def row_of_air(found: ClaimsRecord) -> str:
    """The row of the first group in plain words."""
    (row,) = [r for r in rows_of(groups_of(found)) if r.startswith("fuel_flow FT-101")]
    return row.removeprefix("fuel_flow FT-101 and air_flow FT-102 ")


@pytest.mark.parametrize("state", claims.STATES)
@pytest.mark.parametrize("tokens", [TokenKind.SENSORS, TokenKind.TIMESTEPS])
def test_the_answer_comes_before_attention(state: str, tokens: TokenKind) -> None:
    """In every state, and whatever a token is."""
    text = page_of(claims.STATES[state](), tokens)
    order = ["## The answer", "## Can I rely on it?", "## What this does not say", f"## {MORE}",
             "## If an instrument misbehaves", "## What the model looked at", "## The model",
             "## How it was tested"]  # fmt: skip
    if state == "not assessed":
        order.remove("## If an instrument misbehaves")  # folded among what was measured
    places = [text.index(f"\n{heading}\n") for heading in order]
    assert places == sorted(places)
    assert "attention" not in text[places[0] : places[1]].replace("/attention", "").casefold()


def test_an_answer_that_held_names_groups_by_their_size_with_tag_and_time() -> None:
    """The first reason stands beside the verdict; what was not tested and held is not named."""
    said = answer_of(claims.make_held_record())
    assert said.startswith(
        "Over 100 windows from 11 independent runs, the model’s warning rested on "
        "fuel_flow FT-101 and air_flow FT-102 , taken together, then on burner_temp TT-106 . "
        f"Tested and held {claims.HELD}"
    )
    assert "When: fuel_flow and air_flow mattered in the last 5 min 20 s." in said
    sentence = said.partition("Tested and held")[0]
    assert "oxygen_ppm" not in sentence
    assert "efficiency" not in sentence  # the largest effect, but not assessed


def test_a_larger_effect_that_could_not_be_assessed_is_told_beside_the_answer() -> None:
    """Else smaller groups would be taken for all that matters; a smaller one is not told."""
    told = f"Not assessed: efficiency , whose exchange moved the warning further. {claims.UNUSUAL}"
    assert told in answer_of(claims.make_held_record())
    assert "3 efficiency" not in answer_of(claims.make_held_record())
    first, *others = claims.make_held_record().claims
    larger = first.model_copy(update={"effect_sd": Interval(estimate=0.95)})
    found = claims.make_held_record().model_copy(update={"claims": (larger, *others)})
    assert "moved the warning further" not in answer_of(found)


def test_of_a_model_that_is_not_explained_nothing_is_claimed() -> None:
    """Its effects stay on the page, folded, under words that take them for no claim."""
    text = page_of(claims.make_not_assessed_record())
    said, _, folded = groups_of(claims.make_not_assessed_record()).partition("<details")
    assert plain(said).strip() == (
        "Nothing is claimed of a model that is not good enough to be explained."
    )
    assert "They are no claim about it, and no guide to the plant." in plain(folded)
    assert folded.count("<table") == folded.partition("</details>")[0].count("<table") + 1
    assert "## If an instrument misbehaves" not in text
    assert "fuel_flow 4.5 0.0021 7.7 12" in plain(folded)


def test_a_twins_figure_stands_beside_where_there_are_twins() -> None:
    """One more number in the row, and how many windows it rests on."""
    held = claims.make_held_record()
    first, *others = held.claims
    donors = held.donors.model_copy(update={"twins": 41})
    known = first.model_copy(update={"twin_sd": 0.66})
    found = held.model_copy(update={"claims": (known, *others), "donors": donors})
    assert row_of_air(found) == "31 29 to 33 0.77 0.39 0.66 11 of 11 Tested and held"
    assert "Fault undone" in groups_of(found)
    assert "Fault undone" not in groups_of(held)
    method = plain(section(page_of(found), "How it was tested", "Downloads"))
    assert "41 tested windows differ from the same simulated run without the fault" in method


def test_an_answer_that_held_in_part_says_so() -> None:
    """Seemed, and only in part, with the reason."""
    said = answer_of(claims.make_partly_held_record())
    assert (
        "the model’s warning seemed to rest on oxygen_ppm AT-104 and excess_air , taken together, "
        f"but this held only in part. Partly held {claims.PARTLY}"
    ) in said
    assert "rested on" not in said


def test_an_answer_of_no_group_is_no_answer_about_the_plant() -> None:
    """No group made a difference here; where to look is not said."""
    text = page_of(claims.make_none_held_record())
    assert "no group of sensors made a noticeable difference to the model’s warning." in (
        answer_of(claims.make_none_held_record())
    )
    assert "## Where to look" not in text
    assert "do not drop a sensor, an alarm or a calibration" in plain(text)


def test_what_could_not_be_assessed_is_not_said_to_make_no_difference() -> None:
    """One group not assessed beside five without effect: sentence, lamp and card all say so."""
    none = claims.make_none_held_record()
    first = claims.make_group_claim(claims.AIR, 0.3, Verdict.NOT_ASSESSED)
    pages = pages_of(none.model_copy(update={"claims": (first, *none.claims[1:])}))
    text = plain(pages["reports/gl-018-boiler-house/index.md"])
    assert (
        "no group of sensors that could be assessed made a noticeable difference to the model’s "
        "warning. 1 group was not assessed."
    ) in text
    assert "Tested in part: no group matters that could be assessed" in text
    assert (
        "Of 6 groups of sensors, 0 held, 5 held in part or made no noticeable difference and 1 was "
        "not assessed."
    ) in text
    assert "No group of sensors that could be assessed made a" in plain(pages["index.md"])


@pytest.mark.parametrize("reason", [claims.BEHIND, claims.FEW])
def test_a_reason_that_all_share_is_said_once(reason: str) -> None:
    """In the answer; no table repeats it group by group or member by member."""
    found = claims.make_not_assessed_record(reason, passed=reason == claims.FEW)
    text = page_of(found)
    assert answer_of(found).count(reason) == 1
    assert reason not in plain(section(text, MORE, "What the model looked at"))
    assert "What this model’s warning rests on was not assessed." in answer_of(found)


def test_reasons_that_differ_are_said_at_each_claim() -> None:
    """Not assessed for two reasons: both in the answer, and each at its group."""
    found = claims.make_not_assessed_record(claims.FEW)
    other = claims.make_group_claim(claims.AIR, 0.3, Verdict.NOT_ASSESSED, claims.UNUSUAL)
    mixed = found.model_copy(update={"claims": (other, *found.claims[1:])})
    table = plain(section(page_of(mixed), MORE, "If an instrument misbehaves"))
    assert table.count(claims.UNUSUAL) == 1
    assert table.count(claims.FEW) == 5 + 4  # groups and members
    for reason in (claims.FEW, claims.UNUSUAL):
        assert answer_of(mixed).count(reason) == 1


def test_every_claim_is_shown_also_the_failed() -> None:
    """Groups, members, spans, layers and heads: each with its effect, verdict and reason."""
    heads = [
        make_claim(["layer 0"], 0.6, granularity="layer"),
        make_claim(["layer 0, head 1"], 0.01, Verdict.NOT_SUPPORTED, "head"),
    ]
    held = claims.make_held_record()
    found = held.model_copy(update={"claims": (*held.claims, *heads)})
    tables = rows_of(groups_of(found)) + rows_of(
        section(page_of(found), "What the model looked at", "The model")
    )
    for one in (c for c in found.claims if c.granularity not in ("time", "cell")):
        (at,) = [
            at
            for at, row in enumerate(tables)
            if starts(row, one) and row.endswith(one.verdict.words)
        ]
        assert tables[at + 1] == one.reason
    assert tables.count("layer 0 0.60 0.55 to 0.65 Tested and held") == 1
    assert tables.count("layer 0, head 1 0.010 0 to 0.060 Tested, did not hold") == 1


def test_every_span_is_shown_also_those_that_failed() -> None:
    """All sensors together, then each group: four effects each, framed where they held."""
    text = section(
        page_of(claims.make_held_record()), "Which sensors, and when", "What was expected"
    )
    assert rows_of(text)[1:] == [
        "all sensors 0.050 0.20 0.50 0.60",
        "fuel_flow and air_flow 0.020 0.030 0.40 0.30",
        "oxygen_ppm and excess_air 0.010 0.020 0.020 0.090",
        "burner_temp 0.020 0.20 0.010 0.020",
    ]
    assert text.count("rp-heat--held") == 3 + 2 + 0 + 1
    assert text.count(f'title="{claims.SMALL}"') == 16 - 6


def starts(row: str, one: Claim) -> bool:
    """Whether a row is of a claim's subject; tags stand between the names of a group."""
    words = [word for word in row.split() if not re.fullmatch(r"[A-Z]{2}-\d+", word)]
    return " ".join(words).startswith(f"{' and '.join(one.subject)} ")


def test_groups_stand_by_the_size_of_their_effect() -> None:
    """Largest first, whatever the verdict, in the order of bars and table alike."""
    text = groups_of(claims.make_held_record())
    names = [plain(row) for row in re.findall(r'<th scope="row">(.*?)</th>', text)]
    assert [name.split()[0] for name in names[:6]] == [
        "efficiency", "fuel_flow", "oxygen_ppm", "burner_temp", "co_ppm", "nox_emission"
    ]  # fmt: skip


@pytest.mark.parametrize("state", claims.STATES)
def test_a_verdict_is_shown_as_what_it_is(state: str) -> None:
    """As many chips of each verdict in the table of groups as there are claims with it."""
    found = claims.STATES[state]()
    table = groups_of(found).partition("<table")[2].partition("</table>")[0]
    for verdict in Verdict:
        expected = sum(c.verdict is verdict for c in found.of("group"))
        assert table.count(f">{verdict.words}</span>") == expected, verdict


def test_what_was_not_assessed_is_never_called_not_supported() -> None:
    """Where nothing was assessed the words of a failed test are nowhere, on no page."""
    text = plain(" ".join(pages_of(claims.make_not_assessed_record()).values()))
    for word in (Verdict.NOT_SUPPORTED.words, "not supported", "no noticeable difference",
                 "no noticeable effect", "no group of sensors"):  # fmt: skip
        assert (
            word.casefold()
            not in text.replace(
                "A group that made no noticeable difference here may matter elsewhere", ""
            ).casefold()
        )


@cache
def spoken(state: str, tokens: TokenKind) -> str:
    """All pages of one state, as they are read."""
    return plain(" ".join(pages_of(claims.STATES[state](), tokens).values()))


@pytest.mark.parametrize("state", claims.STATES)
@pytest.mark.parametrize("word", NEVER)
def test_words_never_used(state: str, word: str) -> None:
    """No state of an answer promises more than a test can show, on any page."""
    for tokens in (TokenKind.SENSORS, TokenKind.TIMESTEPS):
        text = spoken(state, tokens)
        assert not re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)


@pytest.mark.parametrize("state", claims.STATES)
def test_figures_of_a_model_are_marked_as_such(state: str) -> None:
    """Beside effects and instruments stands that they are model output."""
    found = claims.STATES[state]()
    text = section(page_of(found), MORE, "What the model looked at")
    before, _, instruments = text.partition('aria-label="Dependence on instruments"')
    assert MODEL_OUTPUT in before
    assert MODEL_OUTPUT in instruments


def test_an_effect_has_its_range_its_unit_and_how_often_it_held() -> None:
    """In points of probability, with the share of the usual spread and the second method's."""
    assert row_of_air(claims.make_held_record()) == "31 29 to 33 0.77 0.39 11 of 11 Tested and held"


def test_a_role_stands_beside_its_sensors() -> None:
    """The target's own past, and what the plant sets, are not taken for other sensors."""
    held = claims.make_held_record()
    roles = {claims.AIR: "own history", ("burner_temp",): "known ahead"}
    changed = [c.model_copy(update={"role": roles.get(c.subject, "")}) for c in held.claims]
    text = plain(groups_of(held.model_copy(update={"claims": tuple(changed)})))
    assert "air_flow FT-102 (the target’s own history)" in text
    assert "burner_temp TT-106 (set by the plant, known ahead)" in text
    assert text.count("known ahead") == 1


def test_a_claim_without_figures_has_dashes() -> None:
    """Nothing could be measured: no 0 stands where there is no number."""
    unknown = claims.make_group_claim(claims.AIR, None, Verdict.NOT_ASSESSED)
    found = make_claims_record([unknown, *claims.make_none_held_record().claims[1:]])
    assert row_of_air(found) == "– – – – Not assessed"


def test_an_effect_without_limits_has_no_range() -> None:
    """One estimate and nothing beside it; the bar has no range either."""
    bare = {"effect": Interval(estimate=12.0), "effect_sd": Interval(estimate=0.3)}
    one = claims.make_group_claim(claims.AIR, 0.3, Verdict.WEAK).model_copy(update=bare)
    found = make_claims_record([one])
    assert row_of_air(found) == "12 0.30 0.15 11 of 11 Partly held"
    assert "rp-bar__range" not in page_of(found)


def test_changed_thresholds_are_marked() -> None:
    """On the report's page, in its table of thresholds, and on the first page of the site."""
    changed = pages_of(claims.make_held_record(Thresholds(floor_sd=0.02, cell_rate=0.2)))
    text = changed["reports/gl-018-boiler-house/index.md"]
    method = plain(section(text, "How it was tested", "Downloads"))
    assert "Changed thresholds floor_sd and cell_rate: not the defaults of this program." in method
    assert "floor_sd changed 0.02" in method
    assert method.count(" changed ") == 2
    assert "Changed thresholds." in plain(changed["index.md"])
    usual = pages_of(claims.make_held_record())
    assert "Changed thresholds" not in "".join(usual.values())
    assert "floor_sd 0.1 smallest effect that counts, in sd(F)" in plain(
        usual["reports/gl-018-boiler-house/index.md"]
    )


def test_every_threshold_is_on_the_page() -> None:
    """Each by its name, its value and what it means."""
    method = plain(section(page_of(claims.make_held_record()), "How it was tested", "Downloads"))
    for name, field in Thresholds.model_fields.items():
        assert name in method
        assert (field.description or "") in method


def test_how_it_was_tested_is_said_in_words() -> None:
    """What was explained, of how many windows, what stood in, and what was left out."""
    method = plain(section(page_of(claims.make_held_record()), "How it was tested", "Downloads"))
    for said in (
        "200 windows of the held-out part",
        "22 independent runs; half name, half test",
        "8 for each window, from 4,000 training windows that no event follows, drawn by a seed",
        "expected gradients: its shares miss the whole by 0.04 % at the median",
        "Kendall’s tau 0.67: they agree",
        "stand-ins come from 2,000 of 4,000 training windows",
    ):
        assert said in method


def test_expectations_are_kept_either_way() -> None:
    """Met, broken, or not to be told: each with its reason and who was tested with it."""
    text = section(
        page_of(claims.make_held_record()), "What was expected", "If an instrument misbehaves"
    )
    rows = rows_of(text)[1:]
    assert rows == [
        "rests on air_flow Met",
        f"{claims.HELD} Tested together with fuel_flow.",
        "rests on co_ppm Broken",
        claims.SMALL,
        "does not rest on efficiency Cannot be told",
        claims.UNUSUAL,
    ]


def test_instruments_stand_in_a_table_with_dashes_where_there_is_no_number() -> None:
    """One row each, in the model's order."""
    text = page_of(claims.make_held_record())
    rows = rows_of(section(text, "If an instrument misbehaves", "What the model looked at"))[1:]
    assert len(rows) == 8
    assert rows[0] == "fuel_flow 4.5 0.0021 7.7 12"
    assert rows[-1] == "nox_emission 0.56 0.0021 – 1.5"


def test_a_ranking_by_attention_has_its_own_verdict() -> None:
    """A skill with its range, or why a map cannot carry a claim at all."""
    text = section(page_of(claims.make_held_record()), "What the model looked at", "The model")
    rows = rows_of(text.partition("May a ranking by attention be believed?")[2])
    assert rows[1] == "attention received sensors 0.62 0.42 to 0.82 0.12 Tested and held"
    assert rows[3] == "attention received spans of time – – Cannot be told from this model"
    assert rows[4] == "A token holds a sensor's whole window, so no moment may be named."


@pytest.mark.parametrize("state", claims.STATES)
def test_simulated_data_is_named_in_every_state(state: str) -> None:
    """Whatever the answer is, the banner stands before it."""
    for path, text in pages_of(claims.STATES[state]()).items():
        if path.startswith("reports/gl-018"):
            assert text.index("Simulated data") < text.index("## The answer")
        if path == "index.md":
            assert "Simulated data" in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("held", "fuel_flow and air_flow 31 points burner_temp 12 points Tested and held"),
        ("partly", "oxygen_ppm and excess_air 16 points Partly held"),
        ("none", "No group of sensors made a noticeable difference."),
        ("not assessed", f"Not assessed {claims.BEHIND}"),
    ],
)
def test_a_card_gives_the_answer_in_short(state: str, said: str) -> None:
    """On the overview: the groups that held, or that none did, or why nothing was assessed."""
    assert f"What the warning rests on {said}" in plain(
        pages_of(claims.STATES[state]())["index.md"]
    )


def test_hostile_names_in_claims_are_bounded_and_escaped() -> None:
    """No element of a name's making, no name longer than a page can bear, none left blank."""
    record = make_hostile_run()[0]
    pages = make_pages(hand_made.SITE, [record])
    text = next(p.text() for p in pages if p.path == "reports/hostile/index.md")
    part = text.partition(f"## {MORE}\n")[2].partition("## What the model looked at\n")[0]
    assert "&lt;script&gt;" in part
    assert not re.search(r"<(script|img|a href=.https?://evil)", part)
    names = [plain(name) for name in re.findall(r'<th scope="row">(.*?)</th>', part)]
    assert max(len(word) for name in names for word in name.split()) <= LONGEST_NAME
    assert max(len(run) for run in re.findall(r"n+", part)) <= LONGEST
    assert "(no name)" in names


@pytest.mark.parametrize(
    ("outside", "state"),
    [(0.02, "Like the training data"), (0.1, "Partly unlike the training data")],
)
def test_windows_unlike_training_are_told_by_their_lamp(outside: float, state: str) -> None:
    """One in a hundred is usual; ten in a hundred are not, and no lamp says they are like it."""
    held = claims.make_held_record()
    donors = held.donors.model_copy(update={"outside": outside})
    text = page_of(held.model_copy(update={"donors": donors}))
    lamp = plain(text.partition("Is it like the training data?")[2].partition("</section>")[0])
    assert lamp.strip().startswith(state)
