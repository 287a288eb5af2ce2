"""A status is told by a word and a shape of its own: colour alone tells nobody anything."""

import re
from pathlib import Path

from notices.pages.templating import HERE
from notices.web import wording


def test_every_status_has_a_shape_that_no_other_one_has() -> None:
    assert wording.SHAPES.keys() == wording.STATUSES.keys()
    assert len(set(wording.SHAPES.values())) == len(wording.SHAPES)


def test_no_template_draws_a_status_by_itself() -> None:
    """The macro `badge` alone says a status, so that it looks the same wherever it stands."""
    by_hand = [
        path.name
        for path in Path(HERE, "templates").glob("*.html")
        if path.name != "macros.html" and re.search(r'class="badge [^"]*{{', path.read_text())
    ]

    assert by_hand == []


def test_no_style_draws_the_shape_of_a_status_once_more() -> None:
    style = Path(HERE, "static", "site.css").read_text()

    assert re.findall(r"\.badge[^{]*::(?:before|after)[^}]*content", style) == []
