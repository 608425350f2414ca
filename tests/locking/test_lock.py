"""The lock file: made from a plan, read back, and refused with its place where it is none."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from planner.errors import InputError
from planner.gate.inputs import inputs_of
from planner.gate.lockfile import contents, make_lock
from planner.locking.choosing import CATALOG as OWN_PRICES
from planner.locking.lock import ReadLock, is_lock, lock_name, lock_path, lock_schema, lock_text, parse_lock, read_lock
from planner.locking.prices import edited
from planner.outcome import Configuration
from planner.planning import plan_ready, read_scenario
from planner.revision.closure import closure
from planner.revision.reading import folder_of
from planner.scenario.compose import meaning
from planner.source import MAX_BYTES, InvalidInput
from planner.version import __version__
from tests.locking.catalogs import CATALOG, SCENARIO, figures, later, lock, setting
from tests.revision.repositories import make_repository

INFEASIBLE = SCENARIO + "constraints: {max_cost: $0.001}\n"
CONTINUOUS = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot}
models: [qwen3-8b]
methods: [lora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [h100-sxm], counts: [1], providers: [nebius], tiers: [on_demand]}
axes: {dataset.share: {between: [0.5, 1]}}
objectives: [cost, time]
search: {evaluations: 10, seed: 7}
"""
DOUBLED = [(chr(98 + i), chr(97 + i)) for i in range(22)]
BOMB = "a: &a [x, x]\n" + "".join(f"{name}: &{name} [*{of}, *{of}]\n" for name, of in DOUBLED)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("lock") / "bot.yaml"
    path.write_text(SCENARIO)
    return lock(path, CATALOG).read_text()


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(SCENARIO)
    return path


def test_names() -> None:
    assert lock_path(Path("a/support-bot.yaml")) == Path("a/support-bot.lock.yaml")
    assert [lock_name(name) for name in ("a/b.yml", "b", "b.json")] == [
        "a/b.lock.yaml",
        "b.lock.yaml",
        "b.json.lock.yaml",
    ]
    assert [is_lock(name) for name in ("b.lock.yaml", "b.lock.yml", "lock.yaml", "b.yaml")] == [
        True,
        True,
        False,
        False,
    ]


def test_what_a_lock_holds(scenario: Path) -> None:
    made = make_lock(scenario, setting(CATALOG), refresh=False)
    assert made.state == "new"
    made.path.write_text(made.text)
    read = read_lock(made.path)
    assert (read.lock.catalog.as_of, read.lock.catalog.digest) == (CATALOG.as_of, CATALOG.digest)
    assert read.lock.planner == __version__
    assert read.lock.seed is None
    ready = read_scenario(scenario, CATALOG)
    assert read.lock.scenario.digest == meaning(ready.document)
    tree, inside = folder_of(scenario)
    assert read.lock.scenario.inputs == inputs_of(ready, closure(tree, inside), tree.root)
    assert set(read.lock.decisions) == set(made.plan.decisions) == {"cheapest", "fastest", "best", "knee"}
    for name, headline in read.lock.decisions.items():
        chosen = made.plan.configuration(made.plan.decisions[name])
        assert isinstance(chosen, Configuration)
        assert (headline.id, headline.cost_usd, headline.hours_hi) == (chosen.id, chosen.cost_usd, chosen.hours_hi)
        assert (headline.quality, headline.carbon_kg) == (chosen.quality, chosen.carbon_kg)
        assert headline.usd_per_hour == chosen.offer.price_usd_per_hour
    assert edited(read.offers, CATALOG) == ()
    assert make_lock(scenario, setting(CATALOG), refresh=False).state == "same"


def test_a_lock_passes_its_schema(text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(lock_schema())
    data = yaml.safe_load(text)
    jsonschema.validate(data, lock_schema())
    assert json.loads(json.dumps(data)) == data


def test_the_first_lines_say_what_it_is(text: str) -> None:
    assert text.startswith("# Made by `planner lock bot.yaml`; commit it beside the scenario.")
    assert "`planner lock bot.yaml --refresh`" in text


@pytest.mark.parametrize(
    "name",
    [
        "two words.yaml", "quo'te.yaml", "new\nkind: Evil\n.yaml", "esc\x1b[31m.yaml", "{x}{0}.yaml", "$(id).yaml",
        "ü.yaml", "nel\x85.yaml", b"\xff.yaml".decode("utf-8", "surrogateescape"),
    ],
)  # fmt: skip
def test_a_strange_name_of_a_file_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(SCENARIO)
    made = make_lock(path, setting(CATALOG), refresh=False)
    read = parse_lock(made.text.encode(), "x.lock.yaml")
    assert read.lock.scenario.name == "bot"
    comment = made.text.splitlines()[:2]
    assert all(line.startswith("# ") and line.isprintable() for line in comment)
    assert not made.text.splitlines()[2].startswith("#")


def test_an_id_that_looks_like_a_number_stays_text(text: str) -> None:
    """3423154174e9 is a number by YAML 1.2, and twelve signs of a hash may well be one."""
    read = parse_lock(text.encode(), "x")
    lock_ = read.lock
    ids = ["3423154174e9", "123456789012", "0x1234567890", "1e5", "-1", ".5", "012345670123", "1_000"]
    for id_ in ids:
        decisions = {"knee": lock_.decisions["knee"].model_copy(update={"id": id_})}
        again = parse_lock(lock_text("bot.yaml", lock_.model_copy(update={"decisions": decisions})).encode(), "x")
        assert again.lock.decisions["knee"].id == id_


def test_prices_are_renewed_only_when_asked(scenario: Path) -> None:
    path = lock(scenario, CATALOG)
    today = later(5)
    with pytest.raises(InputError, match=r"holds prices of the catalog of 2026-11-22; .* add --refresh"):
        make_lock(scenario, setting(today), refresh=False)
    renewed = make_lock(scenario, setting(today), refresh=True)
    assert renewed.state == "renewed"
    assert parse_lock(renewed.text.encode(), "x").lock.catalog.digest == today.digest
    path.write_text("kind: Nonsense\n")
    with pytest.raises(InvalidInput, match="is no lock"):
        make_lock(scenario, setting(today), refresh=False)
    assert make_lock(scenario, setting(today), refresh=True).state == "renewed"


def test_a_scenario_for_which_nothing_is_feasible(scenario: Path) -> None:
    scenario.write_text(INFEASIBLE)
    read = read_lock(lock(scenario, CATALOG))
    assert read.lock.decisions == {}
    assert read.offers


def test_continuous_axes_carry_the_seed(scenario: Path) -> None:
    scenario.write_text(CONTINUOUS)
    read = read_lock(lock(scenario, CATALOG))
    assert read.lock.seed == 7
    then = plan_ready(read_scenario(scenario, CATALOG, prices=OWN_PRICES))
    now = plan_ready(read_scenario(scenario, later(4)))
    assert figures(now) == figures(then)


def test_the_same_inputs_inside_git_and_through_a_link(tmp_path: Path) -> None:
    """What a lock says of the files is what a comparison finds there."""
    repo = make_repository(
        tmp_path / "repo", {".ci/bot.yaml": SCENARIO + "extends: ../base.yaml\n", "base.yaml": "{train: {epochs: 2}}\n"}
    )
    (repo.root / "link.yaml").symlink_to(".ci/bot.yaml")
    for name in (".ci/bot.yaml", "link.yaml"):
        read = read_lock(lock(repo.root / name, CATALOG))
        tree, _ = folder_of(repo.root)
        found = closure(tree, name)
        ready = read_scenario(repo.root / name, CATALOG)
        assert read.lock.scenario.inputs == inputs_of(ready, found, tree.root)
        assert {"base.yaml", ".ci/bot.yaml", name} == set(found.files)


def test_two_scenarios_may_not_share_a_lock(tmp_path: Path) -> None:
    for name, text in (("a.yaml", SCENARIO), ("a.yml", INFEASIBLE)):
        (tmp_path / name).write_text(text)
    made = [make_lock(tmp_path / name, setting(CATALOG), refresh=False) for name in ("a.yaml", "a.yml")]
    with pytest.raises(InputError, match=r"a\.lock\.yaml would be the lock of two scenarios"):
        contents(made)
    assert list(contents([made[0], made[0]])) == [tmp_path / "a.lock.yaml"]


def refused(text: str | bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as told:
        parse_lock(text.encode() if isinstance(text, str) else text, "bot.lock.yaml")
    return told.value


def test_a_bad_line_is_shown_where_it_stands(text: str) -> None:
    lines = text.splitlines()
    at = len(lines) - 3
    cells = lines[at].split(",")
    cells[8] = "-1"
    error = refused("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :], ""]))
    (problem,) = error.problems
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (at + 1, 3)
    assert str(error).startswith(f"bot.lock.yaml:{at + 1}:3: usd_per_hour '-1' is not a number")
    assert lines[at].strip()[:12] in str(error)


def test_bad_lines_of_every_kind_are_shown_where_they_stand(text: str) -> None:
    head, _, table = text.partition("offers: |\n")
    rows = table.splitlines()
    first = head.count("\n") + 1
    for changed, at in (
        ([rows[0] + ",more", *rows[1:]], 1),
        ([rows[0], rows[1] + ",more", *rows[2:]], 2),
        ([*rows, rows[1]], len(rows) + 1),
        ([*rows[:2], "", *rows[2:]], 3),
        ([*rows[:2], '  "open', *rows[2:]], None),
    ):
        body = "\n".join(changed)
        (problem,) = refused(f"{head}offers: |\n{body}\n").problems
        assert problem.span is not None
        assert at is None or problem.span.line == first + at
        assert problem.span.line <= first + len(changed)


def test_a_table_that_is_written_another_way_is_shown_as_a_whole(text: str) -> None:
    head, _, table = text.partition("offers: |\n")
    for written in (json.dumps("a\nb\nc\n"), "'a\n\n  b\n\n  c'"):
        (problem,) = refused(f"{head}offers: {written}\n").problems
        assert problem.span is not None
        assert problem.span.line == head.count("\n") + 1
        assert problem.span.column == 9
    good = "\n".join(line[2:] for line in table.splitlines()) + "\n"
    assert parse_lock(f"{head}offers: {json.dumps(good)}\n".encode(), "x").offers


def hostile(text: str) -> dict[str, str | bytes]:
    """What somebody may commit as a lock."""
    kind = "kind: Lock\n"
    many = "".join(f"  d{i}: {{id: a, choice: b, offer: c}}\n" for i in range(30))
    return {
        "empty": "",
        "binary": bytes(range(256)),
        "list": "[1, 2]",
        "text": "just text",
        "another kind": text.replace(kind, "kind: Policy\n"),
        "another version": text.replace("planner/v1", "planner/v2"),
        "no offers": text.partition("offers: |")[0],
        "offers as a list": text.partition("offers: |")[0] + "offers: [1]\n",
        "unknown key": text.replace(kind, kind + "prices: {}\n"),
        "twice": text.replace(kind, kind + kind),
        "short digest": text.replace(CATALOG.digest, "abc"),
        "no such day": text.replace(CATALOG.as_of, "2026-99-99"),
        "a day and more": text.replace(f"as_of: '{CATALOG.as_of}'", f'as_of: "{CATALOG.as_of}\\n"'),
        "infinite": text.replace("    hours: ", "    hours: .inf #", 1),
        "not a number": text.replace("    hours: ", "    hours: .nan #", 1),
        "alias bomb": BOMB + text,
        "deep": kind + "a: " + "[" * 5000,
        "code": "!!python/object/apply:os.system ['x']\n",
        "huge": text + "#" * MAX_BYTES,
        "many decisions": text.replace("decisions:\n", f"decisions:\n{many}"),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(hostile("")))
def test_what_is_no_lock_is_refused(text: str, name: str) -> None:
    error = refused(hostile(text)[name])
    assert error.problems
    assert str(error).startswith("bot.lock.yaml")
    assert len(str(error)) < 20_000


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_lock(tmp_path / "x.lock.yaml")
    huge = tmp_path / "huge.lock.yaml"
    with huge.open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(InvalidInput, match="is larger than 1 MiB"):
        read_lock(huge)


def test_the_digest_is_that_of_the_file(text: str) -> None:
    one: ReadLock = parse_lock(text.encode(), "a")
    assert one.digest != parse_lock((text + "\n").encode(), "a").digest
    assert one.file == "a"
