"""The verifier: each kind of tampering is found, named, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import UsageError
from generator.hashing import sha256_file
from generator.verify import verify_site
from generator.verify.resources import find_addresses, leaves_site
from tests.site.conftest import BuiltSite

PAGE = "reports/gl-018-boiler-house/index.html"
RECORD = "reports/gl-018-boiler-house/provenance.json"
TABLE = "reports/gl-018-boiler-house/sensors.csv"


@pytest.fixture(scope="module")
def light(built: BuiltSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without its largest file, which no page names as a resource."""
    folder = tmp_path_factory.mktemp("light") / "site"
    shutil.copytree(built.folder, folder, ignore=shutil.ignore_patterns("plotly.min.js"))
    resum(folder)
    return folder


@pytest.fixture
def site(light: Path, tmp_path: Path) -> Path:
    """A copy of the site that may be changed."""
    shutil.copytree(light, tmp_path / "site")
    return tmp_path / "site"


def kinds(site: Path) -> set[tuple[str, str]]:
    """(kind, file) of every finding."""
    return {(finding.kind, finding.file) for finding in verify_site(site)}


def resum(site: Path) -> None:
    """Writes the list anew, as somebody would who wants to hide a change."""
    files = sorted(p for p in site.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    lines = (f"{sha256_file(p)}  {p.relative_to(site).as_posix()}\n" for p in files)
    (site / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def insert(site: Path, markup: str, before: str = "</body>") -> None:
    """Puts markup into a page and lists the page's new digest."""
    path = site / PAGE
    text = path.read_text(encoding="utf-8").replace(before, markup + before, 1)
    path.write_text(text, encoding="utf-8", newline="\n")
    resum(site)


def test_a_flipped_byte(site: Path) -> None:
    """One changed byte in a table is found."""
    data = bytearray((site / TABLE).read_bytes())
    data[0] ^= 1
    (site / TABLE).write_bytes(data)
    assert kinds(site) == {("changed", TABLE)}


def test_a_change_hidden_in_a_new_list(site: Path) -> None:
    """A changed table is found although SHA256SUMS was rewritten: its run's own list tells."""
    (site / TABLE).write_text("another table\n")
    resum(site)
    assert kinds(site) == {("changed", TABLE)}


@pytest.mark.parametrize("text", ["no json", "[]", '{"artifacts": 1}'])
def test_a_record_that_lists_nothing(site: Path, text: str) -> None:
    """A provenance.json that cannot be read is a change, not a crash."""
    (site / RECORD).write_text(text)
    resum(site)
    assert kinds(site) == {("changed", RECORD)}


def test_an_extra_file(site: Path) -> None:
    """A file that is not listed is found, hidden ones too."""
    (site / "assets/.hidden").write_text("x")
    assert kinds(site) == {("extra", "assets/.hidden")}


def test_a_removed_file(site: Path) -> None:
    """A listed file that is gone is found, and the links to it."""
    (site / TABLE).unlink()
    assert kinds(site) == {("missing", TABLE), ("link", PAGE)}


def test_a_file_become_a_link(site: Path) -> None:
    """A symbolic link in the place of a file is a change, whatever it leads to."""
    (site / TABLE).unlink()
    (site / TABLE).symlink_to("heads.csv")
    assert ("changed", TABLE) in kinds(site)


@pytest.mark.parametrize("name", [None, "../outside", "/etc/hostname", "SHA256SUMS", "a\\b"])
def test_a_bad_line_in_the_list(site: Path, name: str | None) -> None:
    """A line that is no entry, or leads out of the site, is found; nothing outside is read."""
    with (site / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write("not a line\n" if name is None else f"{'0' * 64}  {name}\n")
    assert kinds(site) == {("sums", "SHA256SUMS")}


def test_a_list_that_is_gone(site: Path) -> None:
    """A site without its list of digests is not in order."""
    (site / "SHA256SUMS").unlink()
    assert ("sums", "SHA256SUMS") in kinds(site)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://evil.example/x.png">',
        '<img src="//evil.example/x.png">',
        '<img src="\\\\evil.example\\x.png">',
        '<img src="ht\ntps://evil.example/x.png">',
        '<img srcset="a.png 1x, https://evil.example/x.png 2x" src="data:,">',
        '<link rel="stylesheet" href="http://evil.example/x.css">',
        '<link rel="preconnect" href="https://evil.example">',
        '<style>@import "https://evil.example/x.css";</style>',
        "<style>p{background:u\\72l(https://evil.example/x.png)}</style>",
        "<p style=\"background:url('https://evil.example/x.png')\">x</p>",
        '<iframe src="https://evil.example"></iframe>',
        '<object data="https://evil.example/x.swf"></object>',
        '<embed src="https://evil.example/x">',
        '<svg><use href="https://evil.example/x.svg#a"/></svg>',
        '<form action="https://evil.example"></form>',
        '<meta http-equiv="refresh" content="0; url=https://evil.example">',
        '<video poster="https://evil.example/x.png"></video>',
        '<script src="https://evil.example/x.js"></script>',
        '<img src="file:///etc/passwd">',
    ],
)
def test_an_outside_resource(site: Path, markup: str) -> None:
    """Whatever would be fetched from outside is found, even when the list was rewritten."""
    insert(site, markup)
    assert ("outside", PAGE) in kinds(site)


def test_an_outside_resource_in_a_style_sheet(site: Path) -> None:
    """Style sheets are read too."""
    with (site / "assets/site.css").open("a", encoding="utf-8") as style:
        style.write("p { background: url( 'https://evil.example/x.png' ) }\n")
    resum(site)
    assert kinds(site) == {("outside", "assets/site.css")}


@pytest.mark.parametrize(
    "markup",
    [
        "<script>fetch('/x')</script>",
        '<script type="module">1</script>',
        '<img src="data:," onerror="1">',
        '<a href="javascript:1">x</a>',
        '<a href=" java\nscript:1">x</a>',
        '<iframe srcdoc="<script>1</script>"></iframe>',
    ],
)
def test_a_script_that_no_policy_allows(site: Path, markup: str) -> None:
    """Inline scripts, handlers and script addresses are found."""
    insert(site, markup)
    assert ("script", PAGE) in kinds(site)


def test_a_script_in_a_picture(site: Path) -> None:
    """An SVG picture may hold no script."""
    picture = site / "assets/logo.svg"
    picture.write_text(picture.read_text().replace("</svg>", "<script>1</script></svg>"))
    resum(site)
    assert kinds(site) == {("script", "assets/logo.svg")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<meta http-equiv="Content-Security-Policy"', "<meta data-was"),
        ("default-src 'none'; ", ""),
        ("connect-src 'self'", "connect-src https:"),
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("script-src 'self'", "script-src 'self' data:"),
    ],
)
def test_a_weakened_policy(site: Path, old: str, new: str) -> None:
    """A page without its policy, or with a weaker one, is found."""
    path = site / PAGE
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    resum(site)
    assert ("policy", PAGE) in kinds(site)


def test_a_policy_that_comes_too_late(site: Path) -> None:
    """A policy below the first script does not count."""
    insert(site, '<script src="../../assets/iframe-worker.js"></script>', '<meta http-equiv="Cont')
    assert kinds(site) == {("policy", PAGE)}


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="nowhere.html">x</a>',
        '<a href="../../reports/">x</a>',
        '<a href="#no-such-anchor">x</a>',
        '<a href="../../index.html#no-such-anchor">x</a>',
        '<a href="../../../outside.html">x</a>',
        '<img src="gone.png">',
    ],
)
def test_a_broken_link(site: Path, markup: str) -> None:
    """A link to no file, a folder, no anchor or out of the site is found."""
    insert(site, markup)
    assert ("link", PAGE) in kinds(site)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://www.iso.org/">x</a>',
        '<a href="mailto:a@b.example">x</a>',
        '<a href="sensors.csv">x</a>',
        '<a href="%73ensors.csv?x=1#">x</a>',
        '<a href="#the-answer">x</a>',
        '<img src="data:image/png;base64,AAAA">',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '<script type="application/json">{"a": "https://x"}</script>',
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
        "<p>https://evil.example in words</p>",
    ],
)
def test_what_is_free(site: Path, markup: str) -> None:
    """Ordinary links, data, name spaces and words are no findings."""
    insert(site, markup)
    assert verify_site(site) == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{b:url(x.png)}", ["x.png"]),
        ("a{b:url( \"x y.png\" )}", ["x y.png"]),
        ("@import 'y.css';", ["y.css"]),
        ("/* url(no) */", []),
        ("a{b:image-set('z.png' 1x)}", ["z.png"]),
        ("a{b:url(\"data:image/svg+xml,<svg xmlns='http://w3.org'/>\")}",
         ["data:image/svg+xml,<svg xmlns='http://w3.org'/>"]),
    ],
)  # fmt: skip
def test_addresses_in_css(css: str, expected: list[str]) -> None:
    """Every way CSS names a file is read; comments and nested quotes are not."""
    assert list(find_addresses(css)) == expected


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("a.png", False),
        ("../a.png", False),
        ("../../a.png", True),
        ("/a.png", True),
        ("#x", False),
        ("?q=https://x", False),
        ("HTTPS://x", True),
    ],
)
def test_what_leaves_the_site(address: str, outside: bool) -> None:
    """An address leaves from `reports/page.html` when it climbs past the top or names a host."""
    assert leaves_site("reports/page.html", address) is outside


def test_findings_are_in_order(site: Path) -> None:
    """Findings are sorted by file, so that two runs print the same."""
    (site / "z").write_text("")
    (site / "a").write_text("")
    assert [finding.file for finding in verify_site(site)] == ["a", "z"]


def test_a_path_that_is_no_folder(tmp_path: Path) -> None:
    """A mistyped path is a usage error, not a clean bill."""
    with pytest.raises(UsageError, match="is not a folder"):
        verify_site(tmp_path / "nowhere")


def test_the_verifier_needs_none_of_the_rest() -> None:
    """It imports no model, no theme, no template and no drawing library."""
    code = "import sys, generator.verify; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "jinja2", "mkdocs", "matplotlib", "plotly", "polars"}
    assert heavy & set(run.stdout.split()) == set()
