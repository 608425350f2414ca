"""What in a snapshot made by hand is refused or doubted against the bundled list, told alike by all that read it."""

from pathlib import Path

import pytest

from planner.catalog.exchange import Rate, rate_slip
from planner.catalog.loader import load_catalog
from planner.catalog.prices.checking import Known
from planner.catalog.prices.difference import rows_in_force
from planner.catalog.prices.doubts import SHOWN, doubts
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.snapshot import Snapshot, read_snapshot, snapshot_text
from planner.errors import PlannerError
from planner.planning import read_scenario
from tests.catalog.prices.rows import DAY, price
from tests.cli.calls import SMALL, run
from tests.planning.test_overlays import write

BUNDLED = load_catalog()
KNOWN = Known.of(BUNDLED)
LISTED = [row for row in rows_in_force(BUNDLED) if (row.instance, row.tier) == ("p5.48xlarge", "on_demand")]
DEAREST = max(row.usd_per_hour for row in LISTED)
CHEAPEST = min(row.usd_per_hour for row in LISTED)


def machine(**changes: object) -> PriceRow:
    """A price of a p5.48xlarge as the bundled list has it, but for the changes."""
    given = {
        "provider": "aws", "instance": "p5.48xlarge", "region": "us-east-1", "gpu": "h100-sxm", "gpu_count": 8,
        "usd_per_hour": 55.0, "market": "cloud", "source": "by hand",
    }  # fmt: skip
    return price(**(given | changes))


def read(folder: Path, *rows: PriceRow) -> Snapshot:
    path = folder / f"{DAY}.csv"
    path.write_text(snapshot_text(Snapshot(DAY, rows)), "utf-8")
    return read_snapshot(path, KNOWN)


def told(folder: Path, *rows: PriceRow) -> list[str]:
    return list(doubts(read(folder, *rows), Path("p.csv"), BUNDLED))


def test_nothing_is_doubted_of_the_bundled_list_itself(tmp_path: Path) -> None:
    ours = [row for row in rows_in_force(BUNDLED) if len(row.as_of) == 10]
    assert len(ours) > 1000
    path = tmp_path / "2099-01-01.csv"
    path.write_text(snapshot_text(Snapshot("2099-01-01", tuple(ours))), "utf-8")
    assert doubts(read_snapshot(path, KNOWN), path, BUNDLED) == ()


def test_a_region_that_its_provider_does_not_have(tmp_path: Path) -> None:
    lines = told(tmp_path, machine(region="us-eats-1"), machine(region="us-eats-1", tier="spot"), machine())
    assert lines == ["p.csv:4: aws has no region 'us-eats-1' in the bundled list: did you mean 'us-east-1'?"]
    assert told(tmp_path, machine(region="any"), price(region="Atlantis")) == []  # a marketplace has its hosts'


def test_tenfold_off_all_regions(tmp_path: Path) -> None:
    lines = told(tmp_path, machine(usd_per_hour=10 * DEAREST), machine(region="us-east-2", usd_per_hour=CHEAPEST / 10))
    assert lines == [
        f"p.csv:3: {10 * DEAREST:g} USD per hour is ten times what the bundled list has for aws p5.48xlarge "
        f"(on_demand), or more: {CHEAPEST:g} to {DEAREST:g}",
        f"p.csv:4: {CHEAPEST / 10:g} USD per hour is a tenth of what the bundled list has for aws p5.48xlarge "
        f"(on_demand), or less: {CHEAPEST:g} to {DEAREST:g}",
    ]
    near = (machine(usd_per_hour=9.9 * DEAREST), machine(region="us-east-2", usd_per_hour=CHEAPEST / 9.9))
    assert told(tmp_path, *near, machine(tier="reserved_1y", usd_per_hour=1)) == []


def test_many_are_counted(tmp_path: Path) -> None:
    lines = told(tmp_path, *(machine(region=f"nowhere-{n:02d}") for n in range(SHOWN + 3)))
    assert len(lines) == SHOWN + 1
    assert lines[-1] == "p.csv: 3 lines more like these"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"gpu_count": 1}, "1 x h100-sxm"), ({"gpu": "l4"}, "8 x l4"),
        ({"instance": "P5.48XLARGE", "gpu_count": 4}, "4 x h100-sxm"),
    ],
)  # fmt: skip
def test_another_machine_of_the_same_name_is_refused(tmp_path: Path, changes: dict[str, object], what: str) -> None:
    with pytest.raises(PlannerError, match=rf"{DAY}\.csv:3: aws .* has 8 x h100-sxm in the bundled list, not {what}"):
        read(tmp_path, machine(**changes))


def test_another_form_of_the_card_and_a_marketplace_are_not(tmp_path: Path) -> None:
    assert (
        len(read(tmp_path, machine(gpu="h100-pcie"), machine(market="marketplace", region="x", gpu_count=1)).rows) == 2
    )


def test_every_verb_tells_it_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    read(tmp_path, machine(usd_per_hour=10 * DEAREST))
    said = f"warning: {DAY}.csv:3: {10 * DEAREST:g} USD per hour is ten times"
    for words in (
        ("validate", "small.yaml", "--prices", f"{DAY}.csv"),
        ("plan", "small.yaml", "--prices", f"{DAY}.csv", "--outputs", "none", "--out", "out"),
        ("prices", "show", "--prices", f"{DAY}.csv", "--limit", "1"), ("prices", "diff", "bundled", f"{DAY}.csv"),
        ("prices", "diff", f"{DAY}.csv", f"{DAY}.csv"),
        ("prices", "history", "--history", "h", "--import", f"{DAY}.csv"),
    ):  # fmt: skip
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 0, (words, done.stderr)
        assert done.stderr.count(said) == 1, words


def test_what_is_refused_is_refused_by_every_verb(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    good = tmp_path / f"{DAY}.csv"
    good.write_text(snapshot_text(Snapshot(DAY, (machine(gpu_count=1, confidence="sure"),))))
    for words in (
        ("validate", "small.yaml", "--prices", good.name), ("prices", "show", "--prices", good.name),
        ("prices", "diff", "bundled", good.name), ("prices", "history", "--history", "h", "--import", good.name),
    ):  # fmt: skip
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2, words
        assert f"{DAY}.csv:3: confidence 'sure' is not known" in done.stderr
        assert f"{DAY}.csv:3: aws p5.48xlarge has 8 x h100-sxm in the bundled list, not 1 x h100-sxm" in done.stderr


def test_an_empty_snapshot_and_one_without_prices(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    path = tmp_path / f"{DAY}.csv"
    path.touch()
    done = run("validate", "small.yaml", "--prices", path.name, cwd=tmp_path)
    assert (done.returncode, f"{path.name}: is empty: a snapshot starts with its day" in done.stderr) == (2, True)
    read(tmp_path)
    done = run("prices", "history", "--history", "h", "--import", path.name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{path.name}: holds no price: nothing recorded\n")
    done = run("validate", "small.yaml", "--prices", path.name, cwd=tmp_path)
    assert f"warning: {path.name}: holds no price: those of the catalog count" in done.stderr


def test_a_rate_that_is_tenfold_off(tmp_path: Path) -> None:
    euro = BUNDLED.currencies["EUR"].usd_per_unit
    given = [{"currency": "EUR", "usd_per_unit": 10 * euro, "as_of": "2026-01-01"}]
    warnings = read_scenario(write(tmp_path, {}, {"currencies": given})).warnings
    assert [one.at for one in warnings] == ["currencies[0].usd_per_unit"]
    assert f"one EUR is {10 * euro:g} USD here and was {euro:g} USD on" in warnings[0].message
    given[0]["usd_per_unit"] = 9 * euro
    assert read_scenario(write(tmp_path, {}, {"currencies": given})).warnings == ()


def test_a_rate_the_wrong_way_round() -> None:
    rates = {"JPY": Rate("JPY", 0.0065, "2026-11-01", "a bank")}
    turned = rate_slip("JPY", 154.0, rates)
    assert turned.endswith("was 0.0065 USD on 2026-11-01 (a bank); write USD for one JPY, not JPY for one USD")
    assert rate_slip("JPY", 0.0007, rates) == ""
    assert "for one USD" not in rate_slip("JPY", 0.0006, rates)
    assert rate_slip("XTS", 154.0, rates) == ""
