"""The built site in a real browser: opened by double-click, with the network cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from generator.records import SiteInfo
from generator.site import build_site
from tests.browser.visit import Visit
from tests.site import records_for_pages as hand_made
from tests.site.files_for_pages import write_artifacts
from tests.site.hostile_names import make_hostile_run
from tests.site.test_site_datasets import some_profile

pytestmark = pytest.mark.browser

LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
PAGES = (
    "index.html",
    "reports/index.html",
    "reports/gl-018-boiler-house/index.html",
    "reports/timesteps-boiler-house/index.html",
    "reports/patchtst-boiler-house/index.html",
    "reports/hostile/index.html",
    "models/combustion/index.html",
    "datasets/boiler-house/index.html",
    "datasets/hostile-data/index.html",
    "agents/GL-018/index.html",
    "provenance/index.html",
)
REPORT = "reports/gl-018-boiler-house/index.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a sensor run, a timestep run, a failed one, and one of hostile names."""
    home = tmp_path_factory.mktemp("site")
    made = []
    for record, weights in (
        hand_made.make_sensor_run(),
        hand_made.make_timestep_run(),
        make_hostile_run(),
    ):
        made.append(write_artifacts(record, weights, home / record.id, pictures=True))
    folders = {record.id: home / record.id for record in made}
    info = SiteInfo(title="Heat & <b>power</b>", organisation="Example Works")
    profile = some_profile(home)
    build_site(
        info, [*made, hand_made.make_failed_run()], folders, home / "site", profiles=[profile]
    )
    return home / "site"


def search(page: Any, words: str) -> list[str]:
    """The titles of the hits for some words, typed as a reader types them."""
    if page.viewport_size["width"] < 600:
        page.click("label.md-header__button[for=__search]")
    page.click(".md-search__input")
    page.keyboard.type(words)
    page.wait_for_selector(".md-search-result__item", timeout=30_000)
    titles = page.locator(".md-search-result__item h1, .md-search-result__item h2")
    return list(titles.all_inner_texts())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_silence(browser: Any, site: Path, name: str, look: str) -> None:
    """No message, no request to outside, nothing wider than the screen, no script from a name."""
    visit = Visit(browser, site / name, reach=False, **LOOKS[look])
    visit.page.wait_for_timeout(200)
    wide = visit.read("document.documentElement.scrollWidth > window.innerWidth")
    assert (visit.messages, visit.outside, wide) == ([], [], False)
    visit.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_search_works_from_disk(browser: Any, site: Path, look: str) -> None:
    """The search finds a sensor's report without a server, and says nothing on the console."""
    visit = Visit(browser, site / "index.html", reach=False, **LOOKS[look])
    assert "gl-018-boiler-house" in search(visit.page, "nox_emission")
    assert (visit.messages, visit.outside) == ([], [])
    visit.context.close()


def test_a_hit_leads_to_its_page(browser: Any, site: Path) -> None:
    """Following a hit opens the report it names."""
    visit = Visit(browser, site / "provenance/index.html", reach=False)
    search(visit.page, "gl-018-boiler-house")
    visit.page.locator(".md-search-result__link[href*='gl-018-boiler-house']").first.click()
    visit.page.wait_for_url("**/reports/gl-018-boiler-house/index.html*")
    assert (visit.messages, visit.outside) == ([], [])
    visit.context.close()


def test_searching_for_an_attack_shows_it(browser: Any, site: Path) -> None:
    """A hostile name among the hits is text: no element of its making appears."""
    visit = Visit(browser, site / "index.html", reach=False)
    search(visit.page, "onerror")
    assert visit.page.locator(".md-search-result img, .md-search-result script").count() == 0
    assert (visit.messages, visit.outside) == ([], [])
    visit.context.close()


def test_the_figures_draw_inside_the_site(browser: Any, site: Path) -> None:
    """The explorer of a report page draws under the page's own policy."""
    visit = Visit(browser, site / REPORT, reach=False)
    visit.page.locator(".ar-controls").scroll_into_view_if_needed()
    visit.wait()
    assert visit.page.get_attribute(".ar-explorer", "data-state") == "drawn"
    assert (visit.messages, visit.outside) == ([], [])
    visit.context.close()


def test_the_title_is_text(browser: Any, site: Path) -> None:
    """A title that looks like markup is shown as it is, in the tab, the bar and the heading."""
    visit = Visit(browser, site / "index.html", reach=False)
    assert visit.page.title() == "Heat & <b>power</b>"
    assert visit.page.inner_text("h1") == "Heat & <b>power</b>"
    assert visit.page.inner_text(".md-header__topic >> nth=0") == "Heat & <b>power</b>"
    visit.context.close()


def test_colours_follow_the_reader(browser: Any, site: Path) -> None:
    """The button changes light to dark, and the next page remembers."""
    visit = Visit(browser, site / "index.html", reach=False, color_scheme="light")
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    assert visit.read(scheme) == "default"
    for _ in range(2):
        visit.page.locator("form[data-md-component=palette] label:visible").click()
    assert visit.read(scheme) == "slate"
    visit.page.goto((site / "provenance/index.html").as_uri())
    assert visit.read(scheme) == "slate"
    visit.context.close()


def test_a_page_is_whole_without_scripts(browser: Any, site: Path) -> None:
    """With scripts off, the answer, the claims, the pictures and the tables are still there."""
    visit = Visit(browser, site / REPORT, reach=False, java_script_enabled=False)
    assert visit.page.locator(".rp-answer__sentence").is_visible()
    claims = visit.page.locator("table.rp-table--claims").first
    assert claims.is_visible()
    assert "Tested and held" in claims.inner_text()
    assert visit.page.locator(".ar-still img").count() == 5
    assert visit.page.locator("table.rp-table").count() >= 6
    visit.context.close()


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The site on loopback, as a web server publishes it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_search_works_from_a_server(browser: Any, served: str) -> None:
    """The same pages work when published: the policy lets the search read its own index."""
    context = browser.new_context()
    page = context.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{served}/index.html")
    assert "gl-018-boiler-house" in search(page, "nox_emission")
    assert messages == []
    context.close()
