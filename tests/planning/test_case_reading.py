"""A business case is read with its plans and tables, and everything that is wrong with it is told at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.planning import read_ready
from planner.planning.ready import CaseReady, Ready, ServingReady
from planner.source import InvalidInput, Problem

FINE_TUNE: dict[str, Any] = {
    "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "tune"}, "models": ["llama-3.1-8b"],
    "methods": ["lora"], "dataset": {"samples": 1000, "tokens_per_sample": 500}, "hardware": {"gpus": ["l40s"]},
    "overrides": {"more": {"dataset": {"samples": 9000}}},
}  # fmt: skip
SERVING: dict[str, Any] = {
    "api_version": "planner/v1", "kind": "Serving", "metadata": {"name": "serve"}, "apis": ["gpt-4o-mini"],
    "traffic": {"requests_per_month": 1e6, "input_tokens": 100, "output_tokens": 10},
}  # fmt: skip
CASE: dict[str, Any] = {
    "api_version": "planner/v1", "kind": "BusinessCase", "metadata": {"name": "case"},
    "horizon": "2 years", "discount_rate": "10 %",
}  # fmt: skip
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    (tmp_path / ".git").mkdir()
    for name, data in (("tune.yaml", FINE_TUNE), ("serve.yaml", SERVING)):
        (tmp_path / name).write_text(yaml.safe_dump(data))

    def written(*options: dict[str, Any], **changes: Any) -> Path:
        path = tmp_path / "case.yaml"
        path.write_text(
            yaml.safe_dump({**CASE, "options": list(options) or [{"name": "a"}], **changes}, sort_keys=False)
        )
        return path

    return written


def read(path: Path) -> CaseReady:
    ready = read_ready(path)
    assert isinstance(ready, CaseReady)
    return ready


def refused(path: Path) -> dict[str, Problem]:
    with pytest.raises(InvalidInput) as caught:
        read_ready(path)
    return {f"{problem.at}": problem for problem in caught.value.problems}


def test_plans_are_read_once_for_each_variant(write: Write) -> None:
    plans = [
        {"scenario": "tune.yaml"},
        {"scenario": "./tune.yaml", "decision": "knee"},
        {"scenario": "tune.yaml", "variant": ["more"]},
        {"scenario": "serve.yaml", "decision": "cheapest_api"},
    ]
    ready = read(write({"name": "a", "plans": plans}, {"name": "b", "plans": plans[:1]}))
    assert list(ready.plans) == [("a", 0), ("a", 1), ("a", 2), ("a", 3), ("b", 0)]
    assert ready.plans["a", 0] is ready.plans["a", 1] is ready.plans["b", 0]
    more, served = ready.plans["a", 2], ready.plans["a", 3]
    assert isinstance(more, Ready)
    assert more.scenario.dataset.samples == 9000
    assert isinstance(served, ServingReady)
    assert served.path == "serve.yaml"


def test_a_case_in_python_finds_its_plans_from_where_one_stands(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write({"name": "a", "plans": [{"scenario": "serve.yaml"}]})
    monkeypatch.chdir(path.parent)
    ready = read_ready(yaml.safe_load(path.read_text()))
    assert isinstance(ready, CaseReady)
    assert (ready.path, list(ready.plans)) == ("<mapping>", [("a", 0)])


def test_files_start_at_the_file_that_names_them(write: Write) -> None:
    path = write({"name": "b"}, extends="parts/lower.yaml")
    lower = path.parent / "parts" / "lower.yaml"
    lower.parent.mkdir()
    lower.write_text("demand: {users: {file: users.csv}}\n")
    (lower.parent / "users.csv").write_text("users\n10\n12\n")
    assert read(path).values == {"demand.users": (10.0, 12.0)}


def test_a_link_leads_nowhere_outside_the_repository(write: Write, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "users.csv"
    outside.write_text("users\n1\n2\n")
    path = write(demand={"users": {"file": "users.csv"}})
    (path.parent / "users.csv").symlink_to(outside)
    assert "lies outside the repository" in refused(path)["demand.users.file"].message


def test_a_broken_plan_keeps_no_other_problem_from_being_told(write: Write) -> None:
    path = write(
        {"name": "a", "plans": [{"scenario": "broken.yaml"}, {"scenario": "broken.yaml"}, {"scenario": "tnue.yaml"}]},
        baseline="b",
    )
    (path.parent / "broken.yaml").write_text(yaml.safe_dump({**FINE_TUNE, "models": ["no-such-model"]}))
    told = refused(path)
    assert set(told) == {"baseline", "models[0]", "options[0].plans[2].scenario"}
    assert told["models[0]"].file.endswith("broken.yaml")
    assert told["options[0].plans[2].scenario"].hint == "did you mean 'tune.yaml'?"


def test_one_value_of_a_column_is_no_spread(write: Write) -> None:
    path = write(demand={"users": {"file": "users.csv"}})
    (path.parent / "users.csv").write_text("users\n10\n\n")
    assert refused(path)["demand.users.file"].message.endswith("users.csv holds 1 values, at least 2 needed")


def test_a_spread_of_a_file_may_not_break_what_its_field_asks(write: Write) -> None:
    path = write({"name": "a", "parity": {"file": "parity.csv"}})
    (path.parent / "parity.csv").write_text("parity\n0\n0.9\n")
    assert refused(path)["options[0].parity"].hint == "give it a lowest value of 1 % or more"


@pytest.mark.parametrize(
    ("option", "at", "said"),
    [
        ({"parity": 0.001}, "parity", "parity may be under 1 %, and costs count by the part of the features there is"),
        ({"parity": {"normal": [0.3, 0.9]}}, "parity", "parity may be 0, and costs count"),
        (
            {"overlooked": {"experiments": 5, "failed_share": {"uniform": [0.5, 1]}}},
            "overlooked.failed_share",
            "all exp",
        ),
        (
            {"overlooked": {"experiments": 5, "failed_share": {"normal": [0.5, 0.9]}}},
            "overlooked.failed_share",
            "all exp",
        ),
    ],
)
def test_a_share_at_which_a_formula_has_no_value_is_refused(
    write: Write, option: dict[str, Any], at: str, said: str
) -> None:
    told = refused(write({"name": "a", **option}))
    assert set(told) == {f"options[0].{at}"}
    assert told[f"options[0].{at}"].message.startswith(said)


def test_a_spread_that_stays_below_is_none(write: Write) -> None:
    option = {
        "overlooked": {"experiments": 5, "failed_share": {"normal": [0.3, 0.5]}},
        "parity": {"lognormal": [0.5, 0.8]},
    }
    assert read(write({"name": "a", **option})).scenario.options[0].overlooked


def test_rows_without_a_number_are_told_and_left_out(write: Write) -> None:
    path = write(scale=[{"today": 5, "history": "h.csv"}])
    (path.parent / "h.csv").write_text("volume,cost_usd\n1,10\n2,\n,30\n4,30\n8,55\n")
    ready = read(path)
    assert ready.histories == {"scale": ((1.0, 10.0), (4.0, 30.0), (8.0, 55.0))}
    assert [p.message.split(" rows ")[0] for p in ready.warnings] == ["1 of 5", "1 of 5"]


@pytest.mark.parametrize(
    ("text", "part", "said"),
    [
        ("1,10\n2,20\n", {}, "holds 2 rows with a volume and a cost, at least 3 needed"),
        ("5,10\n5,20\n5,30\n", {}, "have the same volume, which says nothing of a larger scale"),
        (
            "1,10\n2,20\n3,30\n",
            {"fixed_per_month": 15},
            "1 of 3 rows of h.csv cost no more than the fixed part: $10.00",
        ),
        (
            "1,10\n2,20\n3,90\n",
            {"per_unit": 10},
            "2 of 3 rows of h.csv cost no more than the fixed and linear part: $10.00",
        ),
        ("1,0\n2,20\n3,90\n", {}, "1 of 3 rows of h.csv cost no more than 0: $0.00"),
    ],
)
def test_a_history_that_no_exponent_fits_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, text: str, part: dict[str, float], said: str
) -> None:
    path = write(scale=[{"today": 5, "history": "h.csv", **part}])
    (path.parent / "h.csv").write_text(f"volume,cost_usd\n{text}")
    monkeypatch.chdir(path.parent)
    assert said in refused(Path("case.yaml"))["scale[0].history"].message


def test_a_template_folder_and_a_currency_are_looked_up_too(write: Write) -> None:
    assert set(refused(write(templates="../../..", currency="XXX"))) == {"templates", "currency"}


@pytest.mark.parametrize(
    ("roles", "more", "at"),
    [
        ("build build", {}, None),
        ("build build buy", {}, "options[1].role"),
        ("build build buy", {"compare": {"build": "a", "buy": "c"}}, None),
        ("build buy buy", {}, "options[2].role"),
        ("keep keep", {}, "options[1].role"),
        ("keep keep", {"baseline": "b"}, None),
        ("other", {"compare": {"build": "a", "buy": "b"}}, "compare.buy"),
    ],
)
def test_which_options_are_compared_is_asked_where_it_is_not_clear(
    write: Write, roles: str, more: dict[str, Any], at: str | None
) -> None:
    options = [{"name": name, "role": role} for name, role in zip("abc", roles.split(), strict=False)]
    path = write(*options, **more)
    if at is None:
        assert read(path).scenario.options
    else:
        assert set(refused(path)) == {at}


def test_an_option_that_is_kept_needs_no_scores(write: Write) -> None:
    ready = read(
        write({"name": "a", "factors": {"x": 3}}, {"name": "b", "role": "keep"}, {"name": "c"}, factors={"x": 1})
    )
    assert [problem.at for problem in ready.warnings] == ["options[2]"]
