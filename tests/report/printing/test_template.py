"""Templates: found by name or path, building on one another, and unable to reach beyond their folder."""

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.report.gather import report_data
from planner.report.printing.html import html
from planner.report.printing.page import added, fill
from planner.report.printing.template import MOST_BYTES, Template, find_template, list_templates, template_at
from planner.source import InvalidInput, render_all
from tests.conftest import Golden
from tests.report.sample_plan import hostile_plan, sample_plan

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
    "c0f01f0005000201e221bc330000000049454e44ae426082"
)


def ours(folder: Path, **files: str) -> Template:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return template_at(folder)


DATA = report_data(sample_plan())


def page(template: Template) -> str:
    return html(DATA, template, (), {})


def test_a_folder_with_colours_and_a_logo_is_a_template(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    template = ours(
        tmp_path, template__yaml="extends: technical\nlogo: logo.png\nbrand: Acme <AI>\n",
        style__css=":root { --accent: #c00; }",
    )  # fmt: skip
    text = page(template)
    assert 'alt="Acme &lt;AI&gt;"' in text
    assert 'src="data:image/png;base64,iVBOR' in text
    assert text.index("--accent: #005f99") < text.index("--accent: #c00")


def test_a_block_of_the_page_it_builds_on_can_be_replaced(tmp_path: Path) -> None:
    template = ours(
        tmp_path, template__yaml="extends: technical",
        report__html__j2="{% extends 'technical/report.html.j2' %}{% block kicker %}For the board{% endblock %}",
    )  # fmt: skip
    text = page(template)
    assert '<p class="kicker">For the board</p>' in text
    assert '<section id="front">' in text


def test_those_of_a_folder_come_before_the_planners_own(tmp_path: Path) -> None:
    ours(tmp_path / "technical", template__yaml="summary: Mine.", report__html__j2="{{ head }}mine")
    ours(tmp_path / "other", report__md__j2="# {{ report.title.name }}")
    found = {template.name: template for template in list_templates([tmp_path])}
    assert found["technical"].summary == "Mine."
    assert found["other"].forms() == ("md", "json")
    assert find_template("technical", [tmp_path]).folders == (tmp_path / "technical",)
    assert find_template("technical").folders != (tmp_path / "technical",)
    assert find_template(f"{tmp_path}/other").name == "other"


@pytest.mark.parametrize("asked", ["./nowhere", "..", "."])
def test_a_path_without_a_template_says_so(asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match=r"no template: a folder with report\.html\.j2"):
        find_template(asked)


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ("extends: nowhere", "no template 'nowhere'"),
        ("logo: ../../etc/passwd.png", "logo"),
        ("colour: red", "colour"),
        ("charts: front", "charts"),
    ],
)
def test_a_broken_manifest_is_told(manifest: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises((InputError, InvalidInput)) as caught:
        ours(tmp_path, template__yaml=manifest)
    told = caught.value
    text = render_all(told.problems, told.texts) if isinstance(told, InvalidInput) else str(told)
    assert complaint in text


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p>hello</p>{{ head }}", r"must print \{\{ head \}\} first"),
        ("no head at all", r"must print \{\{ head \}\} first"),
        ("<html><head>{{ head }}<meta http-equiv=refresh content='0;url=https://example.com'>", "leads nowhere"),
        ("{{ head }}<meta name='>' http-equiv=refresh content='0;url=https://example.com'>", "leads nowhere"),
        ('{{ head }}<meta name=a" http-equiv=refresh content=0;url=https://example.com>', "leads nowhere"),
        ("{{ head }}<link rel=dns-prefetch href='//example.com'>", "leads nowhere"),
        ("{{ head }}<iframe src='https://example.com'></iframe>", "leads nowhere"),
        ("{{ head }}<base href='https://example.com/'>", "leads nowhere"),
        ("{{ 1 / 0 }}", r"report\.html\.j2:1: ZeroDivisionError"),
        ("{% for a in range(99999) %}{{ 'x' * 9999 }}{% endfor %}", "prints more than"),
        ("{% include 'away.j2' %}", r"report\.html\.j2:1: away\.j2"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "runs through more than"),
        ("{% for a in range(9) %}\n{{ 9 ** 99999999 }}{% endfor %}", r"report\.html\.j2:2: .* too large"),
        ("{{ ('x' * 999999) * 999999 }}", r"report\.html\.j2:1: .* too large"),
        ("{{ 999999 * [1] * 999999 }}", "too large"),
        ("{{ '%999999999d' % 1 }}", "too large"),
        ("{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", r"report\.html\.j2:1: RecursionError"),
        ("{% include 'report.html.j2' %}", r"report\.html\.j2:1: RecursionError"),
    ],
)
def test_a_page_cannot_reach_out(body: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    template = ours(tmp_path / "mine", report__html__j2=body)
    (tmp_path / "mine" / "away.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match=complaint):
        page(template)


def test_scripts_are_the_planners_own_and_styles_end_nothing(tmp_path: Path) -> None:
    template = ours(tmp_path, template__yaml="extends: technical", report__js="fetch('https://example.com')")
    assert "example.com" not in added(template, "report.js")
    assert "use strict" in added(template, "report.js")
    (tmp_path / "style.css").write_text("</style><script>alert(1)</script>")
    with pytest.raises(InputError, match="would end the style"):
        page(template)
    (tmp_path / "style.css").write_text("a" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="larger than 512 KiB"):
        page(template)


def test_a_manifest_is_told_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        ours(tmp_path, template__yaml="extends: technical\ncolour: red\nlogo: logo.png\n")
    text = render_all(caught.value.problems, caught.value.texts)
    assert "colour" in text
    assert "no file 'logo.png' beside template.yaml" in text
    assert "template.yaml:3" in text


def test_a_folder_without_a_page_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no page: a template has report\.html\.j2 or report\.md\.j2, or extends"):
        ours(tmp_path, template__yaml="summary: Ours.")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (
            "{{ head }}\n{{ report.title.nmae }}",
            r"report\.html\.j2:2: report\.title has no 'nmae'; did you mean 'name'\?",
        ),
        (
            "{{ head }}{% for row in report.front %}\n{{ row.cst.text }}{% endfor %}",
            r":2: row has no 'cst'; did you mean 'cost'\?",
        ),
        ("{{ head }}{{ reprot.title }}", r":1: 'reprot' is undefined; did you mean 'report'\?"),
        ("{{ head }}{{ report.zzzzzz }}", r":1: report has no 'zzzzzz'$"),
        ("{{ head }}{{ report['title']['nmae'] }}", r":1: Title has no 'nmae'; did you mean 'name'\?"),
    ],
)
def test_a_mistyped_field_is_told_with_the_nearest(body: str, complaint: str, tmp_path: Path) -> None:
    template = ours(tmp_path, report__html__j2=body)
    with pytest.raises(InputError, match=complaint):
        page(template)


def test_a_logo_must_be_a_file_of_the_folder_and_small(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "mine" / "logo.png").symlink_to(tmp_path / "secret")
    template = ours(tmp_path / "mine", template__yaml="extends: technical\nlogo: logo.png")
    with pytest.raises(InputError, match="a logo is a file of the template's folder"):
        page(template)


def test_markdown_pages_make_every_value_inert(tmp_path: Path) -> None:
    template = ours(tmp_path, report__md__j2="# {{ name }} {{ 3 }}")
    text = fill(template, page="report.md.j2", name="<b>@team | [x](y)")
    assert text.startswith("# &#60;b&#62;@&#8203;team &#124; &#91;x&#93;(y) 3")


def test_a_comment_of_hostile_names_has_no_tag_of_theirs(golden: Golden) -> None:
    text = fill(find_template("comment"), page="report.md.j2", report=report_data(hostile_plan()))
    assert "<script" not in text
    golden("report/comment.md", fill(find_template("comment"), page="report.md.j2", report=report_data(sample_plan())))
