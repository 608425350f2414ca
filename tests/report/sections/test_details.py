"""Terms of single configurations: they add up, are listed once, and their words plan what they name."""

import json
import shlex
from pathlib import Path

import pytest
import yaml

from planner.outcome import Reference
from planner.report.gather import report_data
from planner.report.reading import read_plan
from planner.report.sections.details import MOST, RULE_KEYS, compact, details_of
from tests.cli.calls import SMALL, run
from tests.report.sample_plan import empty_plan, hostile_plan, large_plan, sample_plan


def test_every_point_has_its_terms() -> None:
    plan = sample_plan()
    details = report_data(plan).details
    assert [d.id for d in details.configurations] == [c.id for c in (*plan.front, *plan.beside)]
    assert details.text == ""
    for d, c in zip(details.configurations, (*plan.front, *plan.beside), strict=True):
        assert d.memory.total == f"{c.memory_gib.total:,.1f} GiB"
        assert f"of {c.memory_gib.usable:,.1f} GiB usable" in d.memory.note
        for split, terms in (
            (d.memory, details.memory_terms),
            (d.cost, details.cost_terms),
            (d.time, details.time_terms),
        ):
            assert len(split.parts) == len(split.shares) == len(terms)
            assert sum(split.shares) == pytest.approx(100, abs=len(terms) / 2)


def test_what_is_unknown_is_told() -> None:
    plan = sample_plan()
    parts = plan.front[0].cost_parts.model_copy(update={"egress": None})
    c = plan.front[0].model_copy(update={"cost_parts": parts, "cost_usd": None})
    plan = plan.model_copy(update={"front": [c], "beside": []})
    (detail,) = report_data(plan).details.configurations
    cost = dict(zip(details_of(plan, report_data(plan).front).cost_terms, detail.cost.parts, strict=True))
    assert cost["egress"] == "unknown"
    assert cost["compute"] != "unknown"
    assert detail.cost.total == "unknown"


def test_a_long_front_keeps_its_decisions_and_says_what_it_left_out() -> None:
    plan = large_plan(MOST + 40)
    details = report_data(plan).details
    held = {d.id for d in details.configurations}
    count = len(held & {c.id for c in plan.front})
    assert MOST * 0.9 < count <= MOST
    assert set(plan.decisions.values()) <= held
    assert details.text.startswith(f"This page holds the terms of {count:,} of the 2,040 points: ")


def test_a_page_gets_the_same_with_each_text_once() -> None:
    details = report_data(sample_plan()).details
    page = json.loads(json.dumps(compact(details)))
    assert len(set(page["texts"])) == len(page["texts"])
    for d in details.configurations:
        splits, values = page["found"][d.id][:3], page["found"][d.id][3:]
        for at, split in zip(splits, (d.memory, d.cost, d.time), strict=True):
            total, note, *pairs = page["splits"][at]
            assert (page["texts"][total], page["texts"][note]) == (split.total, split.note)
            assert tuple(page["texts"][i] for i in pairs[::2]) == split.parts
            assert tuple(pairs[1::2]) == split.shares
        assert tuple(page["texts"][i] for i in values) == (*d.rule, *d.axes)


def test_nothing_feasible_has_no_terms() -> None:
    assert report_data(empty_plan()).details.configurations == ()


def test_values_are_yaml_and_end_no_word_of_a_shell() -> None:
    plan = hostile_plan()
    front = [
        plan.front[0].model_copy(update={"model": name}) for name in ("it's", "no", "a: b", "\x1b[31m", "qwen3-8b")
    ]
    details = report_data(plan.model_copy(update={"front": front})).details
    written = [d.rule[0] for d in details.configurations[:5]]
    assert [yaml.safe_load(text) for text in written] == ["it's", "no", "a: b", "\x1b[31m", "qwen3-8b"]
    assert not any("'" in text or "\x1b" in text for text in written)
    assert written[-1] == "qwen3-8b"


def test_no_axis_of_a_strange_name_gets_into_what_is_copied() -> None:
    plan = sample_plan()
    odd = {"dataset.share": 0.5, "a'; rm -rf ~; '": 1, "x: [1]\nlabels": 2, "train.lr\n": 3}
    front = [c.model_copy(update={"axes": odd}) for c in plan.front]
    details = report_data(plan.model_copy(update={"front": front, "beside": []})).details
    assert details.axes == ("dataset.share",)
    assert {d.axes for d in details.configurations} == {("0.5",)}


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        ("a b.yaml", [], ["planner", "plan", "a b.yaml"]),
        ("x.yaml", ["--set models=[a, b]"], ["planner", "plan", "x.yaml", "--set", "models=[a, b]"]),
        ("$(rm -rf ~).yaml", [], ["planner", "plan", "$(rm -rf ~).yaml"]),
        ("x.yaml\nrm -rf ~", [], []),
        ("<mapping>", [], []),  # a program gave it: there is no file to name
    ],
)
def test_the_command_is_typed_as_it_was_or_not_offered(path: str, changes: list[str], expected: list[str]) -> None:
    plan = sample_plan().model_copy(update={"scenario": Reference(path=path, digest="0", changes=changes)})
    assert shlex.split(report_data(plan).details.command) == expected


@pytest.mark.parametrize(
    "epochs", ["[1, 2]", pytest.param("{between: [1, 2]}", marks=pytest.mark.real)], ids=["listed", "continuous"]
)
def test_the_words_of_a_configuration_plan_it_alone(tmp_path: Path, epochs: str) -> None:
    (tmp_path / "small.yaml").write_text(f"{SMALL}axes: {{dataset.share: [0.5, 1.0], train.epochs: {epochs}}}\n")
    made = run("plan", "small.yaml", "-o", "out", "--outputs", "none", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    details = report_data(read_plan(tmp_path / "out")).details
    for detail in details.configurations[1:2]:
        rule = ", ".join(f"{key}: {value}" for key, value in zip(RULE_KEYS, detail.rule, strict=True))
        words = [*shlex.split(details.command)[1:], "--set", f"include=[{{{rule}}}]"]
        for path, value in zip(details.axes, detail.axes, strict=True):
            words += ["--set", f"axes.{path}=[{value}]"] if value else []
        again = run(*words, "-o", "one", "--outputs", "none", cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert [c.id for c in read_plan(tmp_path / "one").front] == [detail.id]
