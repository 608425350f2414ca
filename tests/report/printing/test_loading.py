"""What a template of one's own asks for and a report never loads: told with its line, and nothing else told."""

from pathlib import Path

import pytest

from planner.report.printing.loading import MOST, loading_notes, page_problems, style_problems
from planner.report.printing.template import list_templates, template_at
from planner.report.render import render
from tests.report.sample_plan import empty_plan


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("a { color: red }", []),
        ("a { background: url(data:image/png;base64,AA==) } b { fill: url(#own) }", []),
        ("/* @import 'x'; { url(http://x) */ a::before { content: '} @import url(http://x) {' }", []),
        ("a { content: '\\'{' } .b\\{ { }", []),
        ("@import 'https://example.com/a.css';", ["@import will not load"]),
        ("@import url(http://example.com/a.css);", ["@import will not load"]),
        ("a { background: url('file:///etc/passwd') }", ["url(file:///etc/passwd) will not load"]),
        ("a { background: URL( pictures/a.png ) }", ["url(pictures/a.png) will not load"]),
        ("@font-face { src: url(data:font/woff2;base64,AA==) }", ["will not load"]),
        ("a { color: red\nb { color: blue }", ["'{' is never closed"]),
        ("a { } }", ["'}' closes nothing"]),
    ],
)
def test_a_style_says_what_it_asks_for(style: str, told: list[str]) -> None:
    found = [text for _, text in style_problems(style)]
    assert len(found) == len(told)
    assert all(part in text for part, text in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("{{ head }}<p class='a'>{{ report.title.name }}</p><img src=\"{{ logo }}\" alt=''>", []),
        ("{# <script> #}<!-- <img src=a.png> --><img src='data:image/png;base64,AA=='>", []),
        ("<script type='application/json'>{}</script>", []),
        ("<p>{% if a < b %}x{% endif %}</p>", []),
        ("<img alt='a > b' src=https://example.com/a.png>", ["<img src=https://example.com/a.png> will not load"]),
        ("<IMG SRC='a.png'>", ["<img src=a.png> will not load"]),
        ("<script>alert(1)</script>", ["<script> will not run"]),
        ("<script src=a.js></script>", ["<script> will not run"]),
        ("<p onclick='a()' style='color: red'>", ["<p onclick=…> will not run", "<p style=…> will not apply"]),
        ("<style>a { }</style>", ["<style> will not apply"]),
    ],
)
def test_a_page_says_what_it_asks_for(page: str, told: list[str]) -> None:
    found = [text for _, text in page_problems(page)]
    assert len(found) == len(told)
    assert all(part in text for part, text in zip(told, found, strict=True))


def test_notes_name_the_line_and_reach_whoever_renders(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "template.yaml").write_text("extends: technical")
    (mine / "style.css").write_text("a { color: red }\n\n@import 'x';\n")
    template = template_at(mine)
    (note,) = loading_notes(template)
    assert note.startswith("mine/style.css:3: @import will not load")
    _, notes = render(empty_plan(), template, tmp_path / "out", ["html"])
    assert note in notes
    (mine / "style.css").write_text("}" * (MOST + 3))
    assert loading_notes(template)[MOST:] == ("mine: 3 more of the kind",)


def test_the_planners_own_templates_ask_for_nothing() -> None:
    assert [loading_notes(template) for template in list_templates()] == [()] * len(list_templates())
    for template in list_templates():
        for name in ("style.css", "paper.css"):
            for folder in template.folders:
                if (folder / name).is_file():
                    assert list(style_problems((folder / name).read_text())) == []
