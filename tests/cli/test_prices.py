"""`planner prices`: six sources at once, one of them broken; what is told, kept, compared and planned with."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

from planner.catalog.prices.source import Ask, Fetched, Source
from planner.cli import prices_edge
from planner.http.addresses import read_address
from planner.http.failure import BrokenAnswerError
from planner.http.transport import Patience, Transport
from tests.catalog.prices.rows import DAY, LATER, FakeSource, price
from tests.cli.calls import run
from tests.http.servers import FakeTime, Reply, Request, Server, serving

pytestmark = pytest.mark.usefixtures("without_advice")

SIX = ("aws", "gcp", "lambda", "nebius", "runpod", "vast")
SCENARIO = """\
api_version: planner/v1
kind: FineTune
metadata: {name: small}
models: [qwen2.5-7b]
methods: [lora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [h100-sxm], counts: [1], providers: [lambda, vast], allow: [marketplace]}
quality: {task: general}
"""
OTHER = SCENARIO.replace("[lambda, vast]", "[lambda]")


@dataclass
class World:
    """The servers, what they answer, and the day."""

    server: Server
    usd: dict[str, float]
    broken: set[str]
    day: str = DAY

    def answer(self, request: Request) -> Reply:
        name = request.path.strip("/")
        if name in self.broken:
            return Reply(500)
        rows = [{"region": "us-east-1", "usd": self.usd[name]}, {"region": "eu-west-1", "usd": self.usd[name] + 0.5}]
        return Reply(content=rows)

    def source(self, name: str) -> FakeSource:
        def gives(ask: Ask) -> Fetched:
            reply = ask.transport.send("GET", read_address(f"{self.server.url}/{name}"), {})
            if reply.status != 200:
                message = f"{name} answers {reply.status}"
                raise BrokenAnswerError(message)
            rows = (
                price(
                    provider=name, instance="h100", region=row["region"], usd_per_hour=row["usd"], as_of=ask.day,
                    source=name, memory_gib=200.0, market="cloud",
                )
                for row in json.loads(reply.body)
            )  # fmt: skip
            return Fetched(tuple(rows), {"H300": 2}, ("row 3: no price",))

        return FakeSource(name, gives, (name,))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with serving() as server:
        made = World(server, {name: 2.0 + at / 10 for at, name in enumerate(SIX)}, set())
        server.answer = made.answer
        keyed = FakeSource("keyed", lambda _: Fetched((price(),)), required=("KEYED_API_KEY",))
        sources: dict[str, Source] = {**{name: made.source(name) for name in SIX}, "keyed": keyed}
        transport = Transport(FakeTime().clock, Patience(tries=2, timeout_s=20.0))
        monkeypatch.setattr(prices_edge, "today", lambda: made.day)
        monkeypatch.setattr(prices_edge, "known_sources", lambda: MappingProxyType(sources))
        opened = prices_edge.open_ask
        monkeypatch.setattr(
            prices_edge,
            "open_ask",
            lambda catalog, day, *_: Ask(transport, opened(catalog, day).environment, day, lambda _c, _g: None),
        )
        yield made


def _rows(path: Path) -> dict[str, tuple[str, str]]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    table = csv.DictReader(io.StringIO("\n".join(lines)))
    return {f"{row['provider']} {row['region']}": (row["usd_per_hour"], row["as_of"]) for row in table}


def test_of_six_sources_at_once_five_are_updated_and_the_broken_one_is_kept(world: World, tmp_path: Path) -> None:
    first = run("prices", "refresh", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    before = (tmp_path / "prices" / f"{DAY}.csv").read_bytes()
    world.day, world.broken = LATER, {"vast"}
    world.usd = {name: usd + 1 for name, usd in world.usd.items()}
    done = run("prices", "refresh", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0
    states = {row["source"]: (row["state"], row["prices"], row["why"]) for row in json.loads(done.stdout)}
    assert states == dict.fromkeys(SIX, ("updated", 2, "")) | {
        "vast": ("kept", 2, "vast answers 500"), "keyed": ("not asked", 0, "needs KEYED_API_KEY"),
    }  # fmt: skip
    assert "10 rows left out" not in done.stderr
    assert "aws: card 'H300' is not in the catalog (2 rows left out)" in done.stderr
    assert "aws: left out: row 3: no price" in done.stderr
    assert f"wrote prices/{LATER}.csv: 12 prices, without vast" in done.stderr
    found = _rows(tmp_path / "prices" / f"{LATER}.csv")
    assert found["vast us-east-1"] == ("2.5", DAY)
    assert found["aws eu-west-1"] == ("3.5", LATER)
    assert (tmp_path / "prices" / f"{DAY}.csv").read_bytes() == before
    assert "# vast: asked 2026-11-29; since then: vast answers 500\n" in (tmp_path / f"prices/{LATER}.csv").read_text()


def test_exit_4_only_where_what_failed_was_required_or_a_scenario_needs_it(world: World, tmp_path: Path) -> None:
    (tmp_path / "needs.yaml").write_text(SCENARIO)
    (tmp_path / "other.yaml").write_text(OTHER)
    world.broken = {"vast"}
    assert run("prices", "refresh", "--require", "aws", "--for", "other.yaml", cwd=tmp_path).returncode == 0
    needed = run("prices", "refresh", "--for", "needs.yaml", cwd=tmp_path)
    assert needed.returncode == 4
    assert "needs.yaml: may choose vast, and no earlier snapshot has its prices" in needed.stderr
    nothing = SCENARIO.replace("h100-sxm", "l4")
    for providers, code in (("[vast]", 4), ("[nebius]", 2)):
        (tmp_path / "nothing.yaml").write_text(nothing.replace("[lambda, vast]", providers))
        done = run("prices", "refresh", "--for", "nothing.yaml", cwd=tmp_path)
        assert done.returncode == code, done.stderr
        said = "nothing.yaml: no offer of the catalog matches what it asks for, without vast"
        assert (said in done.stderr) == (code == 4)
    (tmp_path / "wrong.yaml").write_text(SCENARIO.replace("qwen2.5-7b", "qwen-none"))
    assert run("prices", "refresh", "--for", "wrong.yaml", cwd=tmp_path).returncode == 2
    required = run("prices", "refresh", "--require", "vast", "--force", cwd=tmp_path)
    assert required.returncode == 4
    assert "vast is required and could not be had" in required.stderr
    world.broken = set()
    assert run("prices", "refresh", "--for", "needs.yaml", cwd=tmp_path).returncode == 0
    # Kept prices are good enough until they are stale.
    world.broken, world.day = {"vast"}, LATER
    assert run("prices", "refresh", "--for", "needs.yaml", cwd=tmp_path).returncode == 0
    stale = run("prices", "refresh", "--for", "needs.yaml", cwd=tmp_path, PLANNER_PRICE_MAX_AGE_MONTHS="0.01")
    assert stale.returncode == 4
    assert "may choose vast, and its prices are up to 0 months old (stale from 0.01)" in stale.stderr


def test_where_nothing_can_be_had_nothing_is_lost(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "vast", cwd=tmp_path)
    before = _rows(tmp_path / "prices" / f"{DAY}.csv")
    world.day, world.broken = LATER, set(SIX)
    failed = run("prices", "refresh", "vast", cwd=tmp_path)
    assert failed.returncode == 4
    assert _rows(tmp_path / "prices" / f"{LATER}.csv") == before


def test_young_prices_are_not_fetched_again_unless_asked(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", cwd=tmp_path)
    asked = len(world.server.requests)
    idle = run("prices", "refresh", cwd=tmp_path)
    assert idle.returncode == 0
    assert "nothing is due: aws, gcp, lambda, nebius, runpod, vast; --force asks again" in idle.stderr
    assert len(world.server.requests) == asked
    assert run("prices", "refresh", "--force", "vast", cwd=tmp_path).returncode == 0
    assert len(world.server.requests) == asked + 1
    world.day = LATER
    run("prices", "refresh", "gcp", cwd=tmp_path, PLANNER_PRICE_TTL_HOURS="48")
    assert len(world.server.requests) == asked + 1
    run("prices", "refresh", "gcp", cwd=tmp_path)
    assert len(world.server.requests) == asked + 2


def test_a_jump_is_told_and_taken_by_its_key(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "vast", cwd=tmp_path)
    world.day, world.usd["vast"] = LATER, 25.0
    done = run("prices", "refresh", "vast", cwd=tmp_path)
    assert done.returncode == 0
    key = "vast/h100/us-east-1/on_demand"
    assert f"{key}: 25 USD/h after 2.5 is not believed; --confirm '{key}' takes it" in done.stderr
    assert f"1 price waits in prices/{LATER}.quarantine.csv" in done.stderr
    assert _rows(tmp_path / "prices" / f"{LATER}.csv")["vast us-east-1"] == ("2.5", DAY)
    taken = run("prices", "refresh", "vast", "--confirm", key, cwd=tmp_path)
    assert taken.returncode == 0
    assert _rows(tmp_path / "prices" / f"{LATER}.csv")["vast us-east-1"] == ("25", LATER)
    assert not (tmp_path / "prices" / f"{LATER}.quarantine.csv").exists()
    again = run("prices", "refresh", "--confirm", "vsat", cwd=tmp_path)
    assert "--confirm vsat: no price waits that this fits" in again.stderr


def test_test_says_which_sources_can_be_reached_and_writes_nothing(world: World, tmp_path: Path) -> None:
    world.broken = {"gcp"}
    done = run("prices", "test", "--format", "json", cwd=tmp_path)
    assert done.returncode == 4
    rows = {row["source"]: row for row in json.loads(done.stdout)}
    assert [row["reached"] for row in rows.values()] == [True, False, True, True, True, True, False]
    assert (rows["gcp"]["why"], rows["keyed"]["why"]) == ("gcp answers 500", "KEYED_API_KEY is not set")
    assert (rows["aws"]["prices"], rows["aws"]["unknown_cards"], rows["aws"]["malformed"]) == (2, 1, 1)
    assert not list(tmp_path.iterdir())
    # A key that nobody asked for may be missing; a source that is named must be reached.
    world.broken = set()
    table = run("prices", "test", cwd=tmp_path)
    assert (table.returncode, table.stderr) == (0, "6 of 7 sources can be reached\n")
    assert re.search(r"^keyed +no +0 .*KEYED_API_KEY is not set$", table.stdout, re.MULTILINE)
    assert run("prices", "test", "keyed", cwd=tmp_path).returncode == 4
    secret = run("prices", "test", "keyed", cwd=tmp_path, KEYED_API_KEY="s3cret")
    assert secret.returncode == 0
    assert "s3cret" not in secret.stdout + secret.stderr


def test_an_unknown_source_is_suggested(world: World, tmp_path: Path) -> None:
    wrong = run("prices", "refresh", "vats", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "no source 'vats'; did you mean 'vast'?" in wrong.stderr
    assert run("prices", "refresh", "--require", "awz", cwd=tmp_path).returncode == 2


def test_diff_shows_the_largest_move_first(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "aws", "gcp", "vast", cwd=tmp_path)
    world.day = LATER
    world.usd |= {"aws": 1.5, "gcp": 8.4}
    run("prices", "refresh", "aws", "gcp", "lambda", "--into", "new", cwd=tmp_path)
    done = run("prices", "diff", f"prices/{DAY}.csv", "new", "--format", "csv", cwd=tmp_path)
    *doubts, last = done.stderr.splitlines()
    assert (done.returncode, last) == (0, "4 moved (2 up, 2 down), 2 appeared, 2 vanished, 0 the same")
    assert all("gcp has no region 'eu-west-1'" in one or "gcp has no region 'us-east-1'" in one for one in doubts)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["provider"], row["region"], row["change"], row["percent"]) for row in rows] == [
        ("gcp", "us-east-1", "moved", "300.0"), ("gcp", "eu-west-1", "moved", "242.31"),
        ("aws", "us-east-1", "moved", "-25.0"), ("aws", "eu-west-1", "moved", "-20.0"),
        ("lambda", "eu-west-1", "appeared", ""), ("lambda", "us-east-1", "appeared", ""),
        ("vast", "eu-west-1", "vanished", ""), ("vast", "us-east-1", "vanished", ""),
    ]  # fmt: skip
    table = run("prices", "diff", "prices", "new", "--limit", "1", cwd=tmp_path).stdout
    assert re.search(r"^gcp +h100 +us-east-1 +on_demand +moved +2.1 +8.4 +300$", table, re.MULTILINE)
    assert (
        "| gcp | h100 | us-east-1 |"
        in run("prices", "diff", "prices", "new", "--format", "markdown", cwd=tmp_path).stdout
    )
    parsed = json.loads(run("prices", "diff", "prices", "new", "--format", "json", cwd=tmp_path).stdout)
    assert parsed[4]["before_usd_per_hour"] is None
    nothing = run("prices", "diff", "new", "new", cwd=tmp_path)
    assert nothing.stdout == "nothing moved\n"
    assert nothing.stderr.endswith("\n0 moved (0 up, 0 down), 0 appeared, 0 vanished, 6 the same\n")


def test_against_the_bundled_list_only_what_a_snapshot_has_changes(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "lambda", cwd=tmp_path)
    rows = json.loads(run("prices", "diff", "bundled", "prices", "--format", "json", cwd=tmp_path).stdout)
    assert {row["provider"] for row in rows} == {"lambda"}
    assert sum(row["change"] == "appeared" for row in rows) == 2
    assert run("prices", "diff", "bundled", "bundled", cwd=tmp_path).stdout == "nothing moved\n"
    assert run("prices", "diff", "bundled", "nowhere", cwd=tmp_path).returncode == 2


def test_show_has_ages_and_sources_of_the_prices_in_force(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "lambda", cwd=tmp_path)
    words = ("prices", "show", "--gpu", "h100-sxm", "--provider", "lambda", "--format", "json")
    (cheap, dear) = json.loads(run(*words, "--prices", "prices", cwd=tmp_path).stdout)
    assert (cheap["usd_per_gpu_hour"], cheap["age_days"], cheap["source"]) == (2.2, 0, "lambda")
    assert dear["region"] == "eu-west-1"
    assert len(json.loads(run(*words, "--region", "eu-west-1", cwd=tmp_path, PLANNER_PRICES="prices").stdout)) == 1
    ours = json.loads(run(*words, cwd=tmp_path).stdout)
    assert {row["source"] for row in ours} == {"bundled"}
    assert "did you mean 'lambda'" in run("prices", "show", "--provider", "lambdas", cwd=tmp_path).stderr
    assert "no card 'h1000'" in run("prices", "show", "--gpu", "h1000", cwd=tmp_path).stderr
    slip = run("prices", "show", "--gpu", "h100", "--region", "us-eas-1", cwd=tmp_path)
    assert "no region 'us-eas-1' beside the rest; did you mean 'us-east-1'?" in slip.stderr
    limited = run("prices", "show", "--tier", "spot", "--limit", "3", cwd=tmp_path)
    assert len(limited.stdout.splitlines()) == 4
    assert re.match(r"3 of [\d,]+ prices; catalog of", limited.stderr)


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_scenario_on_two_snapshots_differs_by_its_prices_alone(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", *SIX, cwd=tmp_path)
    world.day = LATER
    world.usd = {name: usd * 1.5 for name, usd in world.usd.items()}
    run("prices", "refresh", *SIX, cwd=tmp_path)
    old, new = (tmp_path / "prices" / f"{day}.csv" for day in (DAY, LATER))
    here = tmp_path / "work"
    here.mkdir()
    (here / "small.yaml").write_text(SCENARIO)
    locked = run("lock", "small.yaml", cwd=here, PLANNER_PRICES=str(old))
    assert f"new, prices of {DAY}" in locked.stdout
    _git(here, "init", "-q")
    _git(here, "add", "-A")
    _git(here, "commit", "-qm", "lock")
    assert run("lock", "--refresh", "small.yaml", "--prices", new, cwd=here).returncode == 0
    done = run("diff", "--base", "HEAD", "--format", "json", "--prices", new, cwd=here)
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["scenarios"]
    for figure, parts in one["delta"].items():
        assert (parts["planner"], parts["scenario"]) == (0, 0), figure
        assert parts["prices"] == parts["total"]
    before, after = one["before"]["configuration"], one["after"]["configuration"]
    assert before["offer"]["price_usd_per_hour"] * 1.5 == pytest.approx(after["offer"]["price_usd_per_hour"])
    assert one["delta"]["cost_usd"]["prices"] == pytest.approx(after["cost_usd"] - before["cost_usd"])
    assert one["delta"]["cost_usd"]["prices"] > 0
    assert one["delta"]["hours"]["total"] == 0
    checked = run("check", "--base", "HEAD", "--prices", new, cwd=here)
    assert checked.returncode == 0
    assert "prices" in checked.stdout


def test_a_choice_must_rest_on_a_fresh_price_where_that_is_asked(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", *SIX, cwd=tmp_path)
    world.day, world.broken = LATER, {"lambda", "vast"}
    run("prices", "refresh", *SIX, cwd=tmp_path)
    (tmp_path / "small.yaml").write_text(SCENARIO)
    words = ("plan", "small.yaml", "--outputs", "none", "--format", "json", "--prices", "prices")
    plain = run(*words, cwd=tmp_path, PLANNER_PRICE_TTL_HOURS="12")
    assert plain.returncode == 0
    assert re.search(
        r"small.yaml: .*knee.*: the price of \w+ h100 in us-east-1 is 1 days old on 2026-11-30", plain.stderr
    )
    assert json.loads(plain.stdout)["catalog"]["as_of"] == LATER
    assert "planner prices refresh" not in plain.stderr
    old = run(*words, "--require-fresh", cwd=tmp_path, PLANNER_PRICE_TTL_HOURS="12")
    assert old.returncode == 4
    assert "`planner prices refresh`" in old.stderr
    assert "not every provider has a source: `planner prices test` lists which" in old.stderr
    fresh = run(*words, "--require-fresh", cwd=tmp_path, PLANNER_PRICE_TTL_HOURS="24")
    assert (fresh.returncode, "days old" in fresh.stderr) == (0, False)
    check = ("check", "small.yaml", "--prices", "prices", "--require-fresh")
    assert run(*check, cwd=tmp_path, PLANNER_PRICE_TTL_HOURS="12").returncode == 4
    assert run(*check, cwd=tmp_path).returncode == 0


def test_a_snapshot_with_a_typo_is_told_with_its_line_by_every_verb(world: World, tmp_path: Path) -> None:
    run("prices", "refresh", "vast", cwd=tmp_path)
    path = tmp_path / "prices" / f"{DAY}.csv"
    path.write_text(path.read_text().replace("us-east-1,on_demand", "us-east-1,on-demand"))
    (tmp_path / "small.yaml").write_text(SCENARIO)
    for words in (
        ("validate", "small.yaml", "--prices", "prices"), ("estimate", "small.yaml", "--prices", "prices"),
        ("list", "offers", "--prices", "prices"), ("prices", "diff", "bundled", "prices"),
        ("prices", "refresh", "vast"),
    ):  # fmt: skip
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert f"prices/{DAY}.csv:5: tier 'on-demand' is not known; did you mean 'on_demand'?" in done.stderr
    missing = run("validate", "small.yaml", cwd=tmp_path, PLANNER_PRICES="nowhere")
    assert (missing.returncode, "nowhere: no such snapshot" in missing.stderr) == (2, True)
