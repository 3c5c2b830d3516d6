"""What a page that stands alone carries in itself: scripts, style sheets, the policy for them.

Never: a script that can end its own element, an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from generator.colours import ALONE, format_style
from generator.figures.explorer import SCRIPTS
from generator.hashing import script_hash
from generator.render import TEMPLATES


def to_inline_script(text: str) -> Markup:
    """A script as it may stand inline: newlines as HTML reads them, no end tag inside."""
    plain = text.replace("\r\n", "\n").replace("</script", "<\\/script")
    return Markup(plain.replace("<!--", "<\\!--"))  # noqa: S704 - scripts of ours and Plotly's


def read_plotly() -> Markup:
    """plotly.min.js of the installed package."""
    source = files("plotly").joinpath("package_data/plotly.min.js")
    return to_inline_script(source.read_text(encoding="utf-8"))


def read_own_scripts() -> Markup:
    """The drawings and the explorer, as one script."""
    folder = TEMPLATES / "assets" / "figures"
    return to_inline_script("".join((folder / name).read_text("utf-8") for name in SCRIPTS))


def read_styles() -> Markup:
    """The colours and the style sheets of the page and of the explorer."""
    sheets = (TEMPLATES / "export" / "report.css", TEMPLATES / "assets/figures/figures.css")
    texts = (format_style(ALONE), *(sheet.read_text("utf-8") for sheet in sheets))
    return Markup("\n".join(texts))  # noqa: S704


def format_policy(scripts: Sequence[str]) -> str:
    """The page's content policy: these scripts by digest, and nothing from outside."""
    allowed = " ".join(f"'{script_hash(text)}'" for text in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
