"""Pages in, a plain `docs/` folder and `mkdocs.yml` out: any builder that eats those will do.

Never: a plugin or hook of ours; a value from a manifest where the theme would not escape it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator.colours import SITE, format_style
from generator.notice import NOTICE
from generator.pages.page import Page
from generator.records import SiteInfo
from generator.render import TEMPLATES

NAV = (
    {"Overview": "index.md"},
    {"Reports": "reports/index.md"},
    {"Models": "models/index.md"},
    {"Datasets": "datasets/index.md"},
    {"Agents": "agents/index.md"},
    {"Provenance": "provenance/index.md"},
)
COMPARISONS = {"Comparisons": "compare/index.md"}
STYLES = ("colours", "site", "compare", "dataset", "claims", "gates", "screens")
SYSTEM, LIGHT, DARK = (f"(prefers-color-scheme{value})" for value in ("", ": light", ": dark"))


def stage(site: SiteInfo, pages: Sequence[Page], folder: Path) -> None:
    """Writes `folder/docs/` with every page and asset, and `folder/mkdocs.yml`."""
    docs = folder / "docs"
    shutil.copytree(TEMPLATES / "assets", docs / "assets")
    (docs / "assets/colours.css").write_text(format_style(SITE), encoding="utf-8", newline="\n")
    for page in pages:
        path = docs / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text(), encoding="utf-8", newline="\n")
    compares = any(page.path == COMPARISONS["Comparisons"] for page in pages)
    settings = json.dumps(make_mkdocs_settings(site, compares), indent=1)  # YAML without its traps
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8", newline="\n")


def make_mkdocs_settings(site: SiteInfo, compares: bool = False) -> dict[str, Any]:
    """What `mkdocs.yml` holds. The theme's own templates escape nothing: ours in `theme/` do."""
    return {
        "site_name": site.title,
        "docs_dir": "docs",
        "use_directory_urls": False,
        "theme": _make_theme(),
        "plugins": ["search", "offline"],
        "nav": [*NAV[:2], *([COMPARISONS] if compares else []), *NAV[2:]],
        "not_in_nav": "/reports/*/\n/compare/*/\n/models/*/\n/datasets/*/\n/agents/*/\n",
        "markdown_extensions": [{"toc": {"toc_depth": "2-2", "title": "On this page"}}],
        "extra": {
            "generator": False,
            "polyfills": ["assets/iframe-worker.js"],
            "notice": NOTICE,
            "organisation": site.organisation,
        },
        "extra_css": [f"assets/{name}.css" for name in STYLES],
    }


def _make_theme() -> dict[str, Any]:
    return {
        "name": "material",
        "custom_dir": str(TEMPLATES / "theme"),
        "font": False,
        "favicon": "assets/logo.svg",
        "features": ["navigation.tabs", "navigation.tabs.sticky", "navigation.top"],
        "palette": [
            _make_scheme(SYSTEM, "default", "brightness-auto", "Colours as the system: use light"),
            _make_scheme(LIGHT, "default", "brightness-7", "Light colours: use dark"),
            _make_scheme(DARK, "slate", "brightness-4", "Dark colours: use the system’s"),
        ],
    }


def _make_scheme(media: str, scheme: str, icon: str, name: str) -> dict[str, Any]:
    toggle = {"icon": f"material/{icon}", "name": name}
    own = {"primary": "custom", "accent": "custom"}
    return {"media": media, "scheme": scheme, "toggle": toggle, **own}
