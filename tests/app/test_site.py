"""The documentation site: whole without a network, every link leads somewhere, and a browser finds nothing wrong."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.app.conftest import NewPage, assert_accessible, assert_fits
from tests.built_site import Read, Site, build

pytestmark = pytest.mark.slow

#: One of each kind: start, table of contents, code with pictures, tables, and one too long for axe-core.
LOOKED_AT = ["index", "how-to/index", "how-to/decide", "statistics", "evidence"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site, built once; a warning is an error."""
    return build(tmp_path_factory.mktemp("documentation"))


def opened(new_page: NewPage, site: Site, name: str, **options: str) -> Page:
    """A page of the site, opened as a file."""
    page = new_page(site.folder.as_uri(), **options)
    page.goto(f"{site.folder.as_uri()}/{name}.html")
    page.wait_for_load_state()
    return page


def test_every_link_of_the_site_leads_somewhere(site: Site) -> None:
    assert len(site.pages) > 60
    assert not list(site.dead_ends())


def test_a_dead_link_and_a_dead_place_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html"></a><a href="a.html#there"></a><a href="a.html#here" id="here">')
    assert sorted(Site(tmp_path).dead_ends()) == ["a.html: a.html#there: no such place", "a.html: b.html: no such file"]


def test_no_page_fetches_anything_from_outside(site: Site) -> None:
    fetched = {address for read in site.pages.values() for address in read.fetched}
    assert fetched
    assert [address for address in fetched if urlsplit(address).netloc] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.folder.rglob("*.css"))
    assert re.findall(r"url\([\"']?(?:https?:)?//|@import", styles) == []


def test_every_picture_has_words(site: Site) -> None:
    assert {path.name: read.silent for path, read in site.pages.items() if read.silent} == {}
    read = Read()
    read.feed('<img src="a.png" alt=" "><img src="b.png" alt="a lead">')
    assert read.silent == ["a.png"]


def test_addresses_outside_are_well_formed(site: Site) -> None:
    for address in site.outside():
        parts = urlsplit(address)
        assert parts.scheme in ("https", "http", "mailto"), address
        assert re.fullmatch(r"localhost|[\w.-]+\.[a-z]{2,}", parts.hostname or ""), address
        assert " " not in address, address


def test_the_start_page_shows_the_app_and_the_one_command(site: Site) -> None:
    start = site.text("index.html")
    assert "app-floor" in start
    assert "make demo" in re.sub(r"<[^>]+>", "", start)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_pages_ask_nothing_outside_fit_and_can_be_read_by_everybody(
    site: Site, new_page: NewPage, size: str, theme: str
) -> None:
    """The spy of each page fails the test where a request leaves or the console speaks."""
    page = opened(new_page, site, "index", size=size, theme=theme)
    for name in LOOKED_AT:
        page.goto(f"{site.folder.as_uri()}/{name}.html")
        page.wait_for_load_state()
        assert_fits(page)
        if name != "evidence":
            assert_accessible(page)


def test_the_search_finds_a_liaison(site: Site, new_page: NewPage) -> None:
    page = opened(new_page, site, "index")
    page.get_by_placeholder("Search").first.fill("liaison")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=liaison*")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    titles = found.all_inner_texts()
    assert len(titles) > 5
    found.first.click()
    page.wait_for_load_state()
    assert "liaison" in page.locator("article").inner_text().lower()
