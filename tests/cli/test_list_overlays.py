"""`planner list --overlay`: what overlays lay on the catalog, beside the list's prices."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.errors import ExitCode
from tests.cli.calls import SMALL, run

HEAD = {"api_version": "planner/v1", "kind": "CatalogOverlay"}
RATE = {
    "provider": "aws", "instance": "p5.48xlarge", "regions": ["us-east-1"], "price": "$27.52", "as_of": "2026-11-01",
    "until": "2027-10-31", "source": "contract \u202e4711",
}  # fmt: skip
OWN = {
    "provider": "acme-dc", "instance": "shed", "gpu": "acme-card", "gpu_count": 4, "regions": ["dc1"],
    "price": "5 EUR", "as_of": "2026-10-01",
}  # fmt: skip


def write(folder: Path, name: str, **parts: Any) -> None:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(HEAD | {"metadata": {"name": name}} | parts), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "rates", offers=[RATE], discounts=[{"provider": "aws", "gpus": ["l4"], "percent": 18}])
    write(
        tmp_path, "ours", providers=[{"id": "acme-dc"}], gpus=[{"id": "acme-card", "like": "l4"}], offers=[OWN],
        discounts=[{"provider": "aws", "gpus": ["l4"], "regions": ["us-east-1"], "percent": 10}],
    )  # fmt: skip
    (tmp_path / "small.yaml").write_text(f"{SMALL}overlays: [rates.yaml, ours.yaml]\n")
    return tmp_path


def listed(folder: Path, *words: str) -> list[dict[str, Any]]:
    done = run("list", *words, "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def test_prices_beside_the_list_s(folder: Path) -> None:
    rows = listed(folder, "private", "--overlay", "small.yaml")
    (rate,) = (row for row in rows if row["instance"] == "p5.48xlarge")
    assert (rate["list_usd_per_hour"], rate["usd_per_hour"], rate["percent_off"]) == (55.04, 27.52, 50.0)
    assert (rate["how"], rate["as_of"], rate["until"], rate["overlay"]) == (
        "fixed rate", "2026-11-01", "2027-10-31", "rates",
    )  # fmt: skip
    assert "\u202e" not in rate["source"]
    (own,) = (row for row in rows if row["provider"] == "acme-dc")
    assert (own["list_usd_per_hour"], own["percent_off"], own["how"]) == (None, None, "machine of your own")
    off = {(row["region"] == "us-east-1", round(row["percent_off"], 6)) for row in rows if row["gpu"] == "l4"}
    assert off == {(True, 10.0), (False, 18.0)}  # of several lines the last one counts


def test_rates_by_time_are_listed_with_and_without_a_price_of_ones_own(folder: Path) -> None:
    weekend = {"providers": ["aws"], "gpus": ["h100-sxm"], "days": ["sat", "sun"], "percent_off": 40}
    write(folder, "night", time_rates=[weekend | {"source": "offer 12"}])
    rows = listed(folder, "private", "--overlay", "rates.yaml", "--overlay", "night.yaml")
    plain = {row["instance"]: row for row in rows if row["region"] == "us-west-2" and row["tier"] == "on_demand"}
    timed = plain["p5.48xlarge"]
    assert (timed["how"], timed["overlay"], timed["percent_off"]) == ("list price by time", "night", 0.0)
    assert "40 % off" in timed["by_time"]
    assert timed["source"] == "offer 12 (night)"
    own = next(row for row in rows if row["how"] == "fixed rate" and row["instance"] == "p5.48xlarge")
    assert "40 % off" in own["by_time"]
    assert all(row["by_time"] == "" for row in listed(folder, "private", "--overlay", "rates.yaml"))


def test_files_count_in_their_order(folder: Path) -> None:
    words = ("private", "--overlay", "ours.yaml", "--overlay", "rates.yaml", "--where", "gpu=l4")
    assert {round(row["percent_off"], 6) for row in listed(folder, *words)} == {18.0}


@pytest.mark.parametrize(("what", "name"), [("gpus", "acme-card"), ("providers", "acme-dc")])
def test_every_table_has_what_they_bring_along(folder: Path, what: str, name: str) -> None:
    assert [row["id"] for row in listed(folder, what, "--overlay", "small.yaml", "--where", f"id={name}")] == [name]
    assert listed(folder, what, "--where", f"id={name}") == []


def test_what_does_not_count_is_told(folder: Path) -> None:
    done = run("list", "private", "--overlay", "rates.yaml", "--as-of", "2028-01-01", "--limit", "1", cwd=folder)
    assert done.returncode == 0
    assert "warning: overlay rates: the price of aws p5.48xlarge ended on 2027-10-31" in done.stderr
    assert "p5.48xlarge" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("private",), "planner list private --overlay FILE"),
        (("private", "--overlay", "plain.yaml"), "plain.yaml: names no overlays"),
        (("private", "--overlay", "none.yaml"), "none.yaml: no such file"),
        (("private", "--overlay", "broken.yaml"), "broken.yaml:4:13: unknown provider 'awz'"),
        (("private", "--overlay", "bomb.yaml"), "bomb.yaml:"),
        (("private", "--overlay", "rates.yaml", "--overlay", "away/rates.yaml"), "lie in several repositories"),
    ],
)
def test_bad_input_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "plain.yaml").write_text(SMALL)
    write(folder, "broken", discounts=[{"provider": "awz", "percent": 5}])
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    (folder / "bomb.yaml").write_text("\n".join(lines))
    (folder / "away" / ".git").mkdir(parents=True)
    write(folder / "away", "rates", offers=[RATE])
    done = run("list", *words, cwd=folder)
    assert done.returncode == ExitCode.BAD_INPUT
    assert said in done.stderr
