"""`planner prices history`, `alerts`, `advise` and `watch`."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.catalog.prices.alerts import Alert, Kind, Thresholds
from planner.catalog.prices.history import record
from planner.catalog.prices.history_files import open_history
from planner.catalog.prices.row import PriceRow
from planner.catalog.prices.series import read_series
from planner.catalog.prices.snapshot import Snapshot, snapshot_text
from planner.catalog.prices.source import Ask, Fetched
from planner.catalog.rows import Catalog
from planner.cli import price_options, prices_edge, prices_watch
from planner.cli.explain import find_configuration
from planner.cli.price_rows import course
from planner.cli.prices_watch import Told, not_told, rounds
from planner.errors import InputError
from planner.report.reading import read_plan
from tests.catalog.prices.price_histories import KEY, NOW, ROW, at, filled, laid
from tests.catalog.prices.rows import FakeSource
from tests.cli.calls import SMALL, run
from tests.http.servers import FakeTime

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_options, "now", lambda: NOW)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    (folder / "small.yaml").write_text(SMALL.replace("deadline: 24 h", "deadline: 20 days"))
    assert run("plan", "small.yaml", "-q", "--outputs", "none", "-o", "out", cwd=folder).returncode == 0
    return folder / "out"


def planned_row(plan: Path, usd: float) -> PriceRow:
    c = find_configuration(read_plan(plan), None)
    return at(
        usd, provider=c.offer.provider, instance=c.offer.instance, region=c.offer.region, tier=c.offer.tier,
        gpu=c.hardware.gpu, gpu_count=c.hardware.count,
    )  # fmt: skip


def test_a_history_is_shown_as_table_markdown_json_and_chart(tmp_path: Path) -> None:
    filled(tmp_path / "h", [20.0, 22.0, 11.0], DAY)
    shown = run("prices", "history", "--history", "h", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    first = shown.stdout.splitlines()[1]
    assert all(part in first for part in ("aws p5.48xlarge us-east-1 spot", "11.00", "-50.0 %", "unknown", "▇█▁"))
    assert "2026-11-29      22.00  " + "█" * 40 in shown.stdout
    ascii_only = run("prices", "history", "--format", "markdown", cwd=tmp_path, PLANNER_HISTORY="h").stdout
    assert ascii_only.startswith("| offer | gpu | USD/h |")
    (row,) = json.loads(run("prices", "history", "--history", "h", "--format", "json", cwd=tmp_path).stdout)
    assert (row["change_24h"], row["change_7d"], row["highest_at"]) == (-0.5, None, "2026-11-29T12:00:00Z")
    none = run("prices", "history", "--history", "h", "--gpu", "l4", cwd=tmp_path)
    assert (none.returncode, none.stdout) == (0, "nothing matches\n")
    assert "no gpu 'l4'; there is h100-sxm" in none.stderr
    family = run("prices", "history", "--history", "h", "--gpu", "h100", "--format", "json", cwd=tmp_path)
    assert [row["gpu"] for row in json.loads(family.stdout)] == ["h100-sxm"]
    near = run("prices", "history", "--history", "h", "--gpu", "h100", "--region", "us-eas-1", cwd=tmp_path)
    assert "no region 'us-eas-1' beside the rest; did you mean 'us-east-1'?" in near.stderr
    assert run("prices", "alerts", "--history", "h", "--gpu", "h100", cwd=tmp_path).returncode == 5


def test_a_chart_is_drawn_where_it_is_asked_for(tmp_path: Path) -> None:
    filled(tmp_path / "h", [20.0, 22.0], DAY)
    done = run("prices", "history", "--history", "h", "--chart", "prices.svg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "aws p5.48xlarge us-east-1 spot" in (tmp_path / "prices.svg").read_text()


def test_dated_snapshots_fill_a_history_once(tmp_path: Path) -> None:
    for day, usd in (("2026-11-29", 21.0), ("2026-11-20", 20.0)):
        rows = (at(usd, as_of=day), at(9.0, region="eu-west-1", as_of="2026-11-20"))
        (tmp_path / f"{day}.csv").write_text(snapshot_text(Snapshot(day, rows)))
    words = ("prices", "history", "--import", "2026-11-29.csv", "2026-11-20.csv", "--history", "h")
    first, again = run(*words, cwd=tmp_path), run(*words, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "2026-11-20.csv: 2 prices recorded", "2026-11-29.csv: 1 prices recorded; 1 known already",
    ]  # fmt: skip
    assert again.stdout.count("0 prices recorded; 2 known already") == 2
    found = {one.key[2]: one.usd_per_hour.tolist() for one in read_series(open_history(tmp_path / "h"), {}, NOW)}
    assert found == {"us-east-1": [20.0, 21.0], "eu-west-1": [9.0]}


def test_a_snapshot_with_a_slip_leaves_the_history_as_it_was(tmp_path: Path) -> None:
    text = snapshot_text(Snapshot("2026-11-29", (at(21.0, as_of="2026-11-29"),)))
    (tmp_path / "good.csv").write_text(text)
    (tmp_path / "bad.csv").write_text(text.replace(",21,", ",-21,"))
    done = run("prices", "history", "--import", "good.csv", "bad.csv", "--history", "h", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.csv:3: " in done.stderr
    assert not (tmp_path / "h").exists()


def test_of_snapshots_all_are_recorded_or_none_and_every_problem_is_told(tmp_path: Path) -> None:
    for day, usd in (("2026-11-28", 20.0), ("2026-11-29", 21.0), ("2026-12-02", 22.0), ("2026-12-03", 23.0)):
        text = snapshot_text(Snapshot(day, (at(usd, as_of=day),)))
        (tmp_path / f"{day}.csv").write_text(text.replace(",21,", ",-21,"))
    (tmp_path / "typo.csv").write_text("# prices as of 2026-11-30\nprovider\n")
    words = ("prices", "history", "--history", "h", "--import", *sorted(path.name for path in tmp_path.iterdir()))
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    said = done.stderr.splitlines()
    assert "2026-11-29.csv:3: usd_per_hour -21 is no price" in said[0]
    assert "typo.csv" in said[1]
    assert [line.partition(", but")[0] for line in said if "2026-12" in line] == [
        f"2026-12-0{day}.csv: prices seen at 2026-12-0{day} 00:00 UTC" for day in (2, 3)
    ]
    assert said[-1] == "h: nothing recorded"
    assert not (tmp_path / "h").exists()


def test_an_import_knows_cards_without_any_other_snapshot(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(snapshot_text(Snapshot("2026-11-29", (at(21.0, as_of="2026-11-29"),))))
    done = run("prices", "history", "--import", "a.csv", "--history", "h", cwd=tmp_path, PLANNER_PRICES="gone")
    assert (done.returncode, done.stdout) == (0, "a.csv: 1 prices recorded\n")


def test_the_limit_holds_for_json_too(tmp_path: Path) -> None:
    laid(tmp_path / "h", [(at(1.0, region=f"r{number:02}"), [1.0]) for number in range(42)], DAY)
    words = ("prices", "history", "--history", "h")
    for limit, lines, entries in (((), 41, 42), (("--limit", "2"), 3, 2)):
        assert len(run(*words, *limit, cwd=tmp_path).stdout.splitlines()) == lines
        assert len(json.loads(run(*words, *limit, "--format", "json", cwd=tmp_path).stdout)) == entries


def test_alerts_end_with_five_and_none_with_zero(tmp_path: Path) -> None:
    filled(tmp_path / "h", [20.0, 15.0], DAY)
    told = run("prices", "alerts", "--history", "h", cwd=tmp_path)
    assert (told.returncode, told.stdout.splitlines()[1].split()[:2]) == (5, ["drop", "aws"])
    (alert,) = json.loads(run("prices", "alerts", "--history", "h", "--format", "json", cwd=tmp_path).stdout)
    assert (alert["kind"], alert["change"], alert["z"], alert["seen_at"]) == (
        "drop",
        -0.25,
        None,
        "2026-11-30T12:00:00Z",
    )
    none = run("prices", "alerts", "--history", "h", "--drop", "30", cwd=tmp_path)
    assert (none.returncode, none.stdout) == (0, "no price moved that far\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("history",), "no history named; give --history DIR or set PLANNER_HISTORY"),
        (("history", "--history", "none"), "none: no folder with a price history"),
        (("history", "--import", "--history", "h"), "--import and SNAPSHOT go together"),
        (("history", "--import", "none.csv", "--history", "h"), "none.csv: no such snapshot of prices"),
        (("alerts", "--history", "h", "--window", "x"), "--window"),
        (("advise", "out", "--history", "h", "--by", "soon"), "Invalid value for --by: 'soon' is no date"),
        (("advise", "out", "--history", "h", "--by", "0001-01-01T00:00+05:00"), "is no date: write 2026-12-05"),
        (("advise", "out", "nobody", "--history", "h"), "no single configuration 'nobody' in this plan"),
        (("advise", "out", "--history", "h"), "h: no history of "),
        (("advise", "none", "--history", "h"), "`planner plan SCENARIO` writes a plan.json"),
        (("watch", "--every", "1 s", "--history", "h"), "'1 s' is not from 1 min to 31.0 days"),
    ],
)
def test_bad_input_is_said(planned: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    filled(tmp_path / "h", [20.0], DAY)
    done = run("prices", *(str(planned) if word == "out" else word for word in words), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


def test_advice_names_what_to_do_and_why(planned: Path, tmp_path: Path) -> None:
    row = planned_row(planned, 1.0)
    falling = [100.0 * 0.98**day for day in range(40)]
    laid(tmp_path / "h", [(row, falling), (at(1.0, **_shape(row), provider="gcp"), [99.0] * 40)], DAY)
    words = ("prices", "advise", planned, "--history", "h", "--least-saving", "0")
    told = run(*words, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "Advice: wait " in told.stdout
    assert "more than the $" in told.stdout
    assert "costs more" in told.stdout
    assert "forecast by drift over 40 days (MASE: naive 1.00, drift 0.00" in told.stdout
    data = json.loads(run(*words, "--format", "json", cwd=tmp_path).stdout)
    assert data["advice"] == "wait" == data["options"][0]["what"]
    assert len([option for option in data["options"] if option["what"] == "wait"]) > 3
    assert "| * | wait " in run(*words, "--format", "markdown", cwd=tmp_path).stdout
    soon = json.loads(run(*words, "--by", "2026-12-01", "--format", "json", cwd=tmp_path).stdout)
    assert max(option["wait_hours"] for option in soon["options"]) == 24.0


def _shape(row: PriceRow) -> dict[str, object]:
    return {"gpu": row.gpu, "gpu_count": row.gpu_count, "tier": row.tier, "instance": "other", "region": "r"}


def test_watching_records_every_round_and_tells_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = FakeTime(NOW.timestamp()), [20.0, 14.0, 14.0]

    def gives(ask: Ask) -> Fetched:
        return Fetched((at(asked.pop(0), as_of=ask.day, source="fake"),))

    def moment() -> datetime:
        return datetime.fromtimestamp(clock.at, UTC)

    monkeypatch.setattr(price_options, "now", moment)
    monkeypatch.setattr(prices_watch, "sleep", clock.sleep)
    monkeypatch.setattr(prices_edge, "today", lambda: moment().date().isoformat())
    monkeypatch.setattr(prices_edge, "known_sources", lambda: {"fake": FakeSource("fake", gives, ("aws",))})
    done = run(
        "prices", "watch", "fake", "--every", "24 h", "--times", "3", "--history", "h", "--into", "s", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert clock.slept == [86400.0, 86400.0]
    (series,) = read_series(open_history(tmp_path / "h"), {}, moment())
    assert series.usd_per_hour.tolist() == [20.0, 14.0, 14.0]
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("drop", "no price"))] == [
        "no", "drop", "no",
    ]  # fmt: skip
    with (tmp_path / "s" / "2026-12-02.csv").open() as file:
        assert [line[8] for line in csv.reader(file) if line[0] == "aws"] == ["14"]


def test_a_round_that_fails_is_told_and_the_next_tries_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, states, open_ask = FakeTime(NOW.timestamp()), [False, True], prices_edge.open_ask

    def opened(catalog: Catalog, day: str) -> Ask:
        if not states.pop(0):
            message = "the folder is held"
            raise InputError(message)
        return open_ask(catalog, day)

    source = FakeSource("fake", lambda ask: Fetched((at(20.0, as_of=ask.day),)), ("aws",))
    monkeypatch.setattr(prices_watch, "sleep", clock.sleep)
    monkeypatch.setattr(prices_edge, "today", lambda: "2026-11-30")
    monkeypatch.setattr(prices_edge, "known_sources", lambda: {"fake": source})
    monkeypatch.setattr(prices_edge, "open_ask", opened)
    done = run("prices", "watch", "fake", "--times", "2", "--history", "h", "--into", "s", cwd=tmp_path)
    assert done.returncode == 0
    assert "round 1: the folder is held" in done.stderr
    assert len(read_series(open_history(tmp_path / "h"), {}, NOW)) == 1


def test_interrupted_between_rounds_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    source = FakeSource("fake", lambda ask: Fetched((at(20.0, as_of=ask.day),)), ("aws",))
    monkeypatch.setattr(prices_watch, "sleep", interrupted)
    monkeypatch.setattr(prices_edge, "today", lambda: "2026-11-30")
    monkeypatch.setattr(prices_edge, "known_sources", lambda: {"fake": source})
    done = run("prices", "watch", "fake", "--history", "h", "--into", "s", cwd=tmp_path)
    assert (done.returncode, "nothing half-written" in done.stderr) == (130, True)
    assert len(list((tmp_path / "h").rglob("*"))) == 2


def test_what_was_told_is_remembered_as_long_as_its_window_and_no_longer() -> None:
    told: Told = {}
    moment = NOW.replace(tzinfo=None)

    def fell(usd: float, kind: Kind = "drop") -> Alert:
        return Alert(kind, KEY, "h100-sxm", usd, moment, 20.0, usd / 20.0 - 1.0, float("nan"))

    def new(found: list[Alert], hours: int) -> list[Alert]:
        return not_told(found, told, NOW + timedelta(hours=hours), Thresholds())

    both = [fell(14.0), fell(30.0, "anomaly")]
    assert new(both, 0) == both
    assert new([], 12) == new(both, 24) == []
    assert new(both, 49) == both[:1]  # the drop had left its 24 hours, the anomaly not its 30 days
    for hour in range(50, 2000):
        new([fell(float(hour))], hour)
    assert len(told) == 25


def test_rounds_keep_their_beat_and_skip_what_is_past() -> None:
    clock = FakeTime(0.0)
    starts = []
    for number in rounds(timedelta(seconds=60), 5, clock.clock.now, clock.clock.sleep):
        starts.append(clock.at)
        clock.at += 150.0 if number == 2 else 10.0
    assert starts == [0.0, 60.0, 210.0, 270.0, 330.0]


def test_a_day_means_its_end_however_it_is_written() -> None:
    end = datetime(2026, 12, 5, 23, 59, 59, tzinfo=UTC)
    assert [price_options.moment(text) for text in ("2026-12-05", "20261205", "2026-W49-6")] == [end] * 3
    assert price_options.moment("2026-12-05T18:00+02:00") == datetime(2026, 12, 5, 16, tzinfo=UTC)


def test_a_course_is_bars_or_ascii() -> None:
    values = [1.0, float("nan"), 2.0, 8.0]
    assert (course(values, True), course(values, False)) == ("▁ ▂█", "_ .#")
    assert course([3.0, 3.0], True) == "▄▄"
    assert course([float("nan")], True) == ""


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    filled(tmp_path / "h", [20.0, 10.0], DAY, region="\x1b[2Jeu")
    for words in (("history",), ("alerts",), ("history", "--format", "json")):
        assert "\x1b" not in run("prices", *words, "--history", "h", cwd=tmp_path).stdout


def test_prices_dated_ahead_are_told_wherever_they_are_left_out(planned: Path, tmp_path: Path) -> None:
    record(tmp_path / "h", [ROW], NOW + DAY, NOW + DAY)
    for words in (("history",), ("alerts",), ("advise", planned)):
        done = run("prices", *words, "--history", "h", cwd=tmp_path)
        assert "1 prices are dated after now and left out" in done.stderr


def test_prices_that_wait_to_be_confirmed_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "2026-11-30.quarantine.csv").write_text("# prices that changed\n")
    done = run("prices", "history", "--import", "2026-11-30.quarantine.csv", "--history", "h", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "2026-11-30.quarantine.csv: left out: its prices wait to be confirmed" in done.stderr
    assert not (tmp_path / "h").exists()
