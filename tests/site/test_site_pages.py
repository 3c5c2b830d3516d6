"""What pages say, in which order, and what they never say."""

from __future__ import annotations

import copy
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import html5lib
import pytest
from markupsafe import escape

from generator.errors import UsageError
from generator.kinds import TokenKind
from generator.notice import NOTICE
from generator.pages import make_pages
from generator.pages.presentable import LONGEST_NAME, UNNAMED, make_presentable
from generator.records import Sensor
from generator.words import token_sentence
from tests.site import records_for_pages as hand_made
from tests.site.conftest import BuiltSite

NEVER = (
    "caused",
    "because of",
    "root cause",
    "proves",
    "due to",
    "responsible for",
    "safe",
    "compliant",
    "certified",
    "verified",
    "accurate",
    "confidence",
    "the AI knows",
    "monitor only these",
    "you can remove",
    "you can ignore",
)
ORDER = (
    "The answer",
    "Can I rely on it?",
    "What this does not say",
    "Where to look",
    "What was claimed, and how it held",
    "Which sensors, and when",
    "What was expected",
    "If an instrument misbehaves",
    "What the model looked at",
    "The model",
    "The data",
    "How it was tested",
    "Downloads",
    "Provenance",
)
LOOKED = (
    "May a ranking by attention be believed?",
    "What was attended to",
    "What did the attending",
    "Layers and heads",
)


@cache
def parse_page(path: Path) -> Any:
    """A page's elements; what scripts say is cut out first, the parser reads it letter by letter.

    A script ends at the first end tag: what were cut too soon would be read as text.
    """
    text = re.sub(r"(<script\b[^>]*>).*?(?=</script)", r"\1", path.read_text("utf-8"), flags=re.S)
    return html5lib.parse(text, namespaceHTMLElements=False)


@cache
def visible(path: Path) -> str:
    """A page's text as a reader sees it, scripts left out, white space as single blanks."""
    body = copy.deepcopy(parse_page(path).find("body"))
    for parent in list(body.iter()):
        for child in [c for c in parent if c.tag in {"script", "style", "noscript"}]:
            child.text = None
    return " ".join(" ".join(body.itertext()).split())


@cache
def spoken(path: Path) -> str:
    """The same with what is read out or shown on pointing: titles, labels, alternatives."""
    tree = parse_page(path)
    said = ("title", "alt", "aria-label", "content", "placeholder")
    attributes = [e.attrib[name] for e in tree.iter() for name in said if name in e.attrib]
    return " ".join([visible(path), *attributes])


def section(text: str, title: str, following: str) -> str:
    """The Markdown of a page between two headings."""
    return text.partition(f"## {title}\n")[2].partition(f"## {following}\n")[0]


def page_text(path: str) -> str:
    """The Markdown of one page of the two hand-made runs and the failed one."""
    records = [
        hand_made.make_sensor_run()[0],
        hand_made.make_timestep_run()[0],
        hand_made.make_failed_run(),
    ]
    return next(p.text() for p in make_pages(hand_made.SITE, records) if p.path == path)


def headings(page: Path, level: int) -> list[str]:
    """The headings of one level, in their order."""
    found = re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", page.read_text(encoding="utf-8"))
    return [unescape(re.sub(r"<[^>]*>", "", title)) for title in found]


def test_a_report_answers_first(built: BuiltSite) -> None:
    """A report's sections stand in the order in which a plant engineer reads."""
    page = built.folder / "reports/gl-018-boiler-house/index.html"
    assert headings(page, 2) == list(ORDER)
    assert [title for title in headings(page, 3) if title in LOOKED] == list(LOOKED)


def test_a_report_without_claims_has_no_empty_section() -> None:
    """What was not tested has no heading; what is left stands in the same order."""
    record = hand_made.make_sensor_run()[0].model_copy(update={"claims": None})
    pages = make_pages(hand_made.SITE, [record])
    text = next(p.text() for p in pages if p.path == f"reports/{record.id}/index.md")
    assert re.findall(r"^## (.*)$", text, re.M) == [
        title for title in ORDER if title in (*ORDER[:3], *ORDER[8:11], *ORDER[12:])
    ]
    assert "It was not tested here whether the prediction changes" in text


def test_what_was_looked_at_names_the_first_sensors_and_the_even_share() -> None:
    """The sentence on attention names the top sensors, their lift and the uniform baseline."""
    record = hand_made.make_sensor_run()[0]
    text = section(page_text(f"reports/{record.id}/index.md"), *ORDER[8:10])
    assert record.attention is not None
    first = min(record.attention.positions, key=lambda p: p.rank)
    assert f"went most to <strong>{first.name}" in text
    assert f"received {first.lift:.2f}× an even share" in text
    assert "The mark on each bar is the even share, 12.5%." in text


def test_no_sensor_is_named_for_a_time_step() -> None:
    """Where tokens are time steps, nothing on attention holds a sensor's name or tag."""
    text = page_text("reports/timesteps-boiler-house/index.md")
    looked = section(text, "What the model looked at", "The model")
    names = [name for name in hand_made.NAMES if name in looked]
    tags = [row[2] for row in hand_made.SENSORS if row[2] and row[2] in looked]
    assert (names, tags) == ([], [])
    assert escape(token_sentence(TokenKind.TIMESTEPS)) in looked
    assert "It cannot be told from this model." in looked


def test_quality_stands_beside_the_best_simple_rule() -> None:
    """A model that loses to a simple rule is said to, with both figures."""
    text = page_text("reports/timesteps-boiler-house/index.md")
    lamps = section(text, "Can I rely on it?", "What this does not say")
    assert "Not good enough to be explained" in lamps
    assert "The model is behind the best simple rule in ROC AUC" in lamps
    assert ">0.871</span>" in lamps
    assert ">0.903</span>" in lamps


def test_attention_is_not_sold_as_a_test() -> None:
    """Every report says that what was looked at is no reason, and carries the notice."""
    text = page_text("reports/gl-018-boiler-house/index.md")
    limits = section(text, "What this does not say", "Where to look")
    looked = section(text, "What the model looked at", "The model")
    assert "What was looked at is no reason for the prediction by itself." in looked
    assert NOTICE in limits
    assert "calculated from oxygen_ppm" in limits


@pytest.mark.parametrize("word", NEVER)
def test_words_never_used(built: BuiltSite, word: str) -> None:
    """No page of ours holds a word that promises more than attention or a test can show."""
    pages = [p for p in built.folder.rglob("index.html") if "hostile" not in str(p)]
    pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    assert [str(p) for p in pages if pattern.search(spoken(p))] == []


def test_the_notice_is_on_every_page(built: BuiltSite) -> None:
    """The one sentence is visible text on each page."""
    pages = sorted(built.folder.rglob("index.html"))
    assert len(pages) == 6 + 4 + 3 + 2 + 2
    assert [str(p) for p in pages if NOTICE not in visible(p)] == []


def test_simulated_data_is_named_on_every_page_concerned(built: BuiltSite) -> None:
    """Pages about simulated data carry the banner; pages about other data do not."""
    marked = {
        p.parent.relative_to(built.folder).as_posix()
        for p in built.folder.rglob("index.html")
        if 'class="rp-simulated"' in p.read_text(encoding="utf-8")
    }
    assert marked == {
        *(".", "reports", "models", "datasets", "agents", "provenance"),
        *(f"reports/{name}-boiler-house" for name in ("gl-018", "timesteps", "patchtst")),
        *("models/combustion", "models/combustion-timesteps"),
        *("datasets/boiler-house", "agents/GL-018"),
    }


@pytest.mark.parametrize(
    "page", ["index.html", "reports/index.html", "reports/patchtst-boiler-house/index.html"]
)
def test_a_failed_report_is_shown_with_its_reason(built: BuiltSite, page: str) -> None:
    """The reason stands on the overview, in the list and on the report's own page."""
    assert "model.safetensors is missing in its folder" in visible(built.folder / page)


def test_many_reports_are_rows() -> None:
    """With more reports than a page can bear as cards, the overview lists them as rows."""
    records = [hand_made.make_failed_run(f"run-{i}") for i in range(25)]
    overview = make_pages(hand_made.SITE, records)[0].text()
    assert "<article" not in overview
    assert overview.count('<th scope="row">') == 25


@pytest.mark.parametrize(
    "name", ["../x", "/etc", "index", "Assets", "a b", "", "a" * 65, "a__b", "x.", "C:\\x", "%2e"]
)
def test_an_id_that_leaves_its_folder_is_refused(name: str) -> None:
    """An id that could overwrite or escape is a usage error, before anything is written."""
    with pytest.raises(UsageError, match="report id"):
        make_pages(hand_made.SITE, [hand_made.make_failed_run(name)])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("oxygen_ppm", "oxygen_ppm"),
        ("gnp\u202eexe\u200b\x00\ud800", "gnpexe"),
        ("two\nlines", "two lines"),
        ("  \t", UNNAMED),
        ("n" * 200, "n" * (LONGEST_NAME - 1) + "…"),
    ],
)
def test_a_name_is_made_inert(name: str, shown: str) -> None:
    """Control and direction characters go, blank names say so, long ones are cut."""
    assert make_presentable(Sensor(name=name)).name == shown
