"""Charts for paper: fewer elements, the same marks, and a word for each picture."""

from xml.etree.ElementTree import fromstring

import pytest

from planner.report.printing.paper_picture import INK, KEY, PICTURE, describe, simplified

SVG = "http://www.w3.org/2000/svg"
HEAD = f'<svg xmlns="{SVG}" width="9" height="9"><g fill="none" transform="translate(4,5)">'


def marks(inner: str) -> list[tuple[str, dict[str, str]]]:
    """(tag, attributes) of what is left of these marks, in order."""
    root = fromstring(simplified(f"{HEAD}{inner}</g></svg>"))
    return [(one.tag.removeprefix(f"{{{SVG}}}"), dict(one.attrib)) for one in root.iterfind("*//*")]


def test_groups_and_frames_that_draw_nothing_are_left_out() -> None:
    kept = marks(
        '<g class="mark-group" role="graphics-object"><g transform="translate(0,0)">'
        '<path class="background" d="M0,0h1v1h-1Z"/><g/><path class="mark" d="M1,1h2" stroke="red"/>'
        '<path class="foreground" d="" display="none"/></g></g>'
    )
    assert kept == [("path", {"d": "M1,1h2", "stroke": "red"})]


def test_a_ground_that_is_painted_stays() -> None:
    assert marks('<path class="background" d="M0,0h1v1h-1Z" fill="#eee"/>') == [
        ("path", {"d": "M0,0h1v1h-1Z", "fill": "#eee"})
    ]


def test_lines_that_look_alike_are_one_path_from_the_same_points_to_the_same() -> None:
    kept = marks(
        '<line transform="translate(2,-3)" x2="0" y2="30" stroke="currentColor" opacity="1"/>'
        '<line transform="translate(7.5,-3)" x2="4" stroke="currentColor" opacity="1"/>'
        '<line transform="translate(1,1)" x2="4" stroke="red"/>'
    )
    assert kept == [
        ("path", {"stroke": "currentColor", "d": "M2,-3l0,30M7.5,-3l4,0", "fill": "none"}),
        ("path", {"stroke": "red", "d": "M1,1l4,0", "fill": "none"}),
    ]


def test_lines_keep_their_place_between_other_marks() -> None:
    line = '<line transform="translate(0,1)" x2="1" stroke="red"/>'
    assert [tag for tag, _ in marks(f'{line}<rect width="2" height="2" fill="white"/>{line}')] == [
        "path",
        "rect",
        "path",
    ]


def test_a_turned_line_stays_a_line() -> None:
    assert marks('<line transform="rotate(90)" x2="1" stroke="red"/>')[0][0] == "line"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('fill="#999" opacity="0.45"', {"fill": "#999", "fill-opacity": "0.45"}),
        ('fill="#999" fill-opacity="0.5" opacity="0.5"', {"fill": "#999", "fill-opacity": "0.25"}),
        ('stroke="red" opacity="0.5"', {"stroke": "red", "stroke-opacity": "0.5"}),
        ('fill="#999" stroke="none" opacity="0.5"', {"fill": "#999", "stroke": "none", "fill-opacity": "0.5"}),
        ('fill="#999" stroke="red" opacity="0.5"', {"fill": "#999", "stroke": "red", "opacity": "0.5"}),
        ('fill="#999" stroke="red" opacity="1"', {"fill": "#999", "stroke": "red"}),
    ],
)
def test_opacity_is_that_of_the_one_thing_painted(given: str, told: dict[str, str]) -> None:
    assert marks(f'<path d="M0,0h9" {given}/>') == [("path", {"d": "M0,0h9", **told})]


def test_what_is_invisible_is_left_out_with_all_in_it() -> None:
    assert marks('<g opacity="0"><path d="M0,0h9" stroke="red"/></g>') == []


def test_ink_and_fonts_are_those_of_paper() -> None:
    root = fromstring(simplified(f"{HEAD}</g></svg>"))
    assert root.get("color") == INK
    assert root.get("font-family", "").startswith("'Source Sans Pro', ")


def test_every_picture_is_described_by_what_stands_around_it() -> None:
    page = fromstring(
        f'<body xmlns:s="{SVG}"><div aria-label="The front."><img/><p><s:svg/></p></div>'
        '<img alt="logo"/><img/><s:svg aria-label="Costs."/><s:svg aria-hidden="true"/></body>'
    )
    describe(page)
    assert [one.get("alt") for one in page.iter("img")] == ["The front.", "logo", PICTURE]
    assert [one.findtext(f"{{{SVG}}}title") for one in page.iter(f"{{{SVG}}}svg")] == ["The front.", "Costs.", KEY]
