"""Slips of people who write a scenario or an overlay for the first time: each is told with what to write."""

from pathlib import Path
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.planning import check_scenario
from planner.source import InvalidInput
from planner.source.forms import COUNTRIES, country_of, form_hint
from planner.space.overlay.laying import check_overlay
from tests.cli.calls import run
from tests.planning.test_overlays import EDP, NODE, SCENARIO, write


def hints(path: Path) -> dict[str, str | None]:
    return {one.at: one.hint for one in check_scenario(path)[0]}


def test_a_scenario_full_of_slips(tmp_path: Path) -> None:
    rate = {"providers": ["aws"], "hours": "22-6", "utc_offset": "+1", "percent_off": 30}
    hardware = SCENARIO["hardware"] | {"start": "next sat", "time_rates": [rate], "providers": ["acme-dc", "awss"]}
    path = write(tmp_path, {"hardware": hardware, "currency": "eur", "tax": 19})
    define = "see `planner list providers`, or define it in an overlay (kind: CatalogOverlay)"
    assert hints(path) == {
        "hardware.start": "write for example 2026-12-05T22:00+01:00, or best",
        "hardware.time_rates[0].hours": "write 22:00-06:00",
        "hardware.time_rates[0].utc_offset": 'write "+01:00"',
        "hardware.providers[0]": define,
        "hardware.providers[1]": f"did you mean 'aws'? else {define}",
        "currency": "write EUR",
        "tax": "write tax: {percent: 19}",
    }


def test_more_ways_to_slip(tmp_path: Path) -> None:
    hardware = SCENARIO["hardware"] | {"residency": ["Germany"]}
    path = write(tmp_path, {"hardware": hardware, "currency": "EURO", "tax": "19 %"})
    assert hints(path) == {
        "currency": "write EUR", "tax": "write tax: {percent: 19}", "hardware.residency[0]": "write DE",
    }  # fmt: skip


@pytest.mark.parametrize(("percent", "meant"), [("12,5", "12.5"), ("12,5 %", "12.5"), ("1,000", "1000"), ("5 %", "5")])
def test_a_decimal_comma_in_a_plain_number(tmp_path: Path, percent: str, meant: str) -> None:
    write(tmp_path, {}, {"discounts": [EDP | {"percent": percent}]})
    with pytest.raises(InvalidInput) as error:
        check_overlay(tmp_path / "prices-0.yaml", load_catalog())
    assert [(one.at, one.hint) for one in error.value.problems] == [("discounts[0].percent", f"write {meant}")]


def test_a_country_in_an_overlay(tmp_path: Path) -> None:
    write(tmp_path, {}, {"providers": [{"id": "acme-dc"}], "offers": [NODE | {"country": "Germany"}]})
    with pytest.raises(InvalidInput) as error:
        check_overlay(tmp_path / "prices-0.yaml", load_catalog())
    assert [(one.at, one.hint) for one in error.value.problems] == [("offers[0].country", "write DE")]


@pytest.mark.parametrize(
    ("form", "text", "meant"),
    [
        ("currency", "€", "EUR"), ("currency", "chf", "CHF"), ("currency", "groats of gold", None),
        ("country", "de", "DE"), ("country", " united  kingdom", "GB"), ("country", "Narnia", None),
        ("hours", "9 - 17", "09:00-17:00"), ("hours", "22:30 to 6", "22:30-06:00"), ("hours", "18-24", "18:00-24:00"),
        ("hours", "24-6", None), ("hours", "at night", None), ("hours", "25-6", None),
        ("utc-offset", "UTC-5", '"-05:00"'), ("utc-offset", "0530", '"+05:30"'), ("utc-offset", "Berlin", None),
        ("utc-offset", "+05:30", '"+05:30"'),
        ("none", "x", None),
    ],
)  # fmt: skip
def test_what_was_meant(form: str, text: str, meant: str | None) -> None:
    assert form_hint(form, text) == (None if meant is None else f"write {meant}")


def test_every_country_with_a_region_and_of_a_group_has_a_name() -> None:
    catalog = load_catalog()
    grouped = {code for codes in catalog.country_groups.values() for code in codes}
    named = {country_of(name) for name in COUNTRIES}
    assert {*catalog.offers.country.tolist(), *grouped} - {""} <= named


def test_an_overlay_that_is_not_there_is_guessed_as_a_path_that_resolves(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays" / "acme-2026.yaml").touch()
    path = write(tmp_path, {})
    path.write_text(path.read_text("utf-8").replace("overlays: []", "overlays: [overlays/acme-2025.yaml]"), "utf-8")
    assert hints(path) == {"overlays[0]": "did you mean 'overlays/acme-2026.yaml'?"}
    (tmp_path / "team").mkdir()
    inside = tmp_path / "team" / "small.yaml"
    inside.write_text(path.read_text("utf-8").replace("overlays/acme-2025", "../overlays/acme-2025"), "utf-8")
    assert hints(inside) == {"overlays[0]": "did you mean '../overlays/acme-2026.yaml'?"}


def test_a_document_that_is_no_scenario_says_what_to_name(tmp_path: Path) -> None:
    write(tmp_path, {}, {"offers": []})
    for verb in ("lock", "plan"):
        done = run(verb, "prices-0.yaml", cwd=tmp_path)
        assert done.returncode == 2
        assert "prices-0.yaml:2:7: this is a CatalogOverlay and no scenario" in done.stderr
        assert "hint: name a scenario that has it under `overlays`: its lock and its plan" in done.stderr


@pytest.mark.parametrize(
    ("text", "at", "hint"),
    [
        ("a: [", (1, 4), "a ']' is missing before the end of the file"),
        ("k: v\na: [\n\n", (2, 4), "a ']' is missing before the end of the file"),
        ("k: '['\na: {b: [1],  # ]\n", (2, 4), "a '}' is missing before the end of the file"),
    ],
)
def test_a_bracket_that_is_not_closed_is_told_where_it_is_opened(
    tmp_path: Path, text: str, at: tuple[int, int], hint: str
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    (problem,) = check_scenario(path)[0]
    assert problem.span is not None
    assert ((problem.span.line, problem.span.column), problem.hint) == (at, hint)


@pytest.mark.parametrize(
    ("price", "meant"), [("38,40 EUR", "38.40 EUR"), ("38,40", "38.40"), ("$1,50", "$1.50"), ("1,234", "1234")]
)
def test_a_decimal_comma_inside_braces(tmp_path: Path, price: str, meant: str) -> None:
    write(tmp_path, {}, {"offers": []})
    path = tmp_path / "prices-0.yaml"
    line: Any = f"offers: [{{provider: aws, instance: p5.48xlarge, price: {price}, as_of: 2026-11-01}}]"
    path.write_text(path.read_text("utf-8").replace("offers: []", line), "utf-8")
    with pytest.raises(InvalidInput) as error:
        check_overlay(path, load_catalog())
    told = [one.hint or "" for one in error.value.problems]
    assert any(hint.startswith(f"inside braces a comma ends a value: write {meant}") for hint in told), told
