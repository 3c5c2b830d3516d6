"""The page of agents: the whole list, what is explained here, and how to bring one."""

from __future__ import annotations

import json
import re
import tomllib
from html import unescape
from pathlib import Path

import pytest
import yaml

from generator.agents.catalogue import load_catalogue
from generator.agents.registry import GROUP
from generator.pages import make_pages
from generator.records import RunRecord
from generator.spec.models import AgentSpec, ModelSpec
from generator.spec.reports import ReportSpec
from tests.site import records_for_pages as hand_made
from tests.site.conftest import BuiltSite
from tests.site.test_site_pages import visible


def agents_page(*records: RunRecord) -> str:
    pages = make_pages(hand_made.SITE, records)
    return next(page for page in pages if page.path == "agents/index.md").text()


def run_of(id: str, agent: str) -> RunRecord:
    """The sensor run, explaining another agent."""
    record, _ = hand_made.make_sensor_run()
    changed = hand_made.make_agent().model_copy(update={"id": id, "agent": agent})
    return record.model_copy(update={"agent": changed})


def row(page: str, id: str) -> str:
    """The list's row of a number."""
    found = re.search(rf'<tr><th scope="row">{id} <small>.*?</tr>', page, re.DOTALL)
    assert found, id
    return found[0]


@pytest.mark.parametrize("records", [(), (hand_made.make_sensor_run()[0],)], ids=["none", "one"])
def test_all_twenty_numbers_are_shown(records: tuple[RunRecord, ...]) -> None:
    """With or without an agent on the site, each number has its row, name and sensors."""
    page = agents_page(*records)
    for entry in load_catalogue().agents:
        assert entry.name in unescape(row(page, entry.id))
        assert entry.senses in unescape(row(page, entry.id))


def test_three_states_are_told_apart() -> None:
    """Explained here: a link to its page; in the program; or bring your model."""
    page = agents_page(hand_made.make_sensor_run()[0])
    assert "agents/GL-018/index.html" in row(page, "GL-018")
    assert "#use-an-agent-of-this-program" in row(page, "GL-001")
    assert "#bring-your-model" in row(page, "GL-020")
    assert "20 numbers: 1 explained on this site; 3 have an agent in this program" in page


def test_a_brought_agent_is_listed_by_its_number_or_beside_the_list() -> None:
    """An id of the list takes its row; any other id is named as outside it."""
    page = agents_page(run_of("GL-020", "economiser-watch"), run_of("kiln-7", "kiln-watch"))
    assert "agents/GL-020/index.html" in row(page, "GL-020")
    beside = page.partition("No number of the list below:")[2].partition("</p>")[0]
    assert "agents/kiln-7/index.html" in beside
    assert "GL-020" not in beside


def test_a_number_nobody_built_has_no_page(built: BuiltSite) -> None:
    """Only agents that reports explain have pages of their own."""
    folders = {path.name for path in (built.folder / "agents").iterdir() if path.is_dir()}
    assert folders == {record.agent.id for record in built.records if record.agent}


def test_the_links_of_the_list_lead_to_headings(built: BuiltSite) -> None:
    """Both anchors are on the page."""
    html = (built.folder / "agents/index.html").read_text(encoding="utf-8")
    for anchor in ("use-an-agent-of-this-program", "bring-your-model"):
        assert f'id="{anchor}"' in html


def test_the_manifest_lines_on_the_page_are_right() -> None:
    """What a reader copies is accepted: every model, agent and report of both examples."""
    blocks = re.findall(r'<code class="rp-manifest">(.*?)</code>', agents_page(), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        lines = yaml.safe_load(unescape(block))
        models = {name: ModelSpec.model_validate(spec) for name, spec in lines["models"].items()}
        agents = {name: AgentSpec.model_validate(spec) for name, spec in lines["agents"].items()}
        [report] = (ReportSpec.model_validate_json(json.dumps(r)) for r in lines["reports"])
        assert report.agent in agents
        assert agents[report.agent].model in models


def test_the_entry_points_on_the_page_are_those_that_are_read() -> None:
    """The groups a package is told to declare, with the names the manifest lines use."""
    block = re.search(r'<code class="rp-package">(.*?)</code>', agents_page(), re.DOTALL)
    assert block
    groups = tomllib.loads(unescape(block[1]))["project"]["entry-points"]
    assert groups[GROUP] == {"my-agent": "my_package:MyAgent"}


def test_the_list_is_a_file_too(built: BuiltSite) -> None:
    """`catalogue.json` holds the twenty numbers and is in the list of digests."""
    found = json.loads((built.folder / "agents/catalogue.json").read_bytes())
    assert found["schema"] == "attention-reports/agent-catalogue/1"
    assert [entry["id"] for entry in found["agents"]] == [e.id for e in load_catalogue().agents]
    assert "agents/catalogue.json" in (built.folder / "SHA256SUMS").read_text(encoding="utf-8")


def test_the_page_reads_as_sentences(built: BuiltSite) -> None:
    """The visible text names the source of the list."""
    assert load_catalogue().source in visible(Path(built.folder / "agents/index.html"))
