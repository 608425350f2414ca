"""Scenarios made of several files, overrides and --set: what counts, and where every value was written."""

from pathlib import Path
from typing import Any

import pytest

from planner.planning import check_scenario, read_scenario
from planner.scenario.assignments import parse_assignment
from planner.scenario.compose import Changes, Composed, compose, meaning
from planner.scenario.lineage import MAX_GENERATIONS
from planner.source import Document, InvalidInput, read_document, render_all

SMALL = """\
api_version: planner/v1
kind: FineTune
metadata: {name: small}
models: [qwen2.5-7b]
methods: [lora]
dataset: {samples: 20k, tokens_per_sample: {mean: 400, p95: 1200}}
hardware: {gpus: [l40s], counts: [1]}
"""


def written(folder: Path, **files: str) -> Path:
    """Files in a folder; the first is the scenario."""
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(text)
    return folder / f"{next(iter(files))}.yaml"


def composed(path: Path, *assignments: str, overrides: tuple[str, ...] = ()) -> Composed:
    found = compose(read_document(path, path.name), path, Changes(overrides, assignments))
    assert isinstance(found, Composed)
    return found


def refused(path: Path, *assignments: str, overrides: tuple[str, ...] = ()) -> str:
    with pytest.raises(InvalidInput) as caught:
        composed(path, *assignments, overrides=overrides)
    return render_all(caught.value.problems, caught.value.texts)


def at(document: Document, *path: str | int) -> tuple[str, int, int]:
    span = document.span(path)
    return document.file_at(path), span.line, span.column


LAYERED = {
    "main": "extends: [first.yaml, second.yaml]\na: {file: main}\noverrides: {x: {a: {x: 1}}, y: {a: {x: 2, y: 2}}}\n",
    "first": "a: {from: first, first: 1, file: first, list: [1, 2]}\n",
    "second": "a: {from: second, file: second, list: [3]}\n",
}


def test_later_counts_more(tmp_path: Path) -> None:
    path = written(tmp_path, **LAYERED)
    assert composed(path).data == {"a": {"from": "second", "first": 1, "file": "main", "list": [3]}}
    both = composed(path, "a.y=3", "a.set=[1]", overrides=("y", "x"))
    assert both.data["a"] == {"from": "second", "first": 1, "file": "main", "list": [3], "x": 1, "y": 3, "set": [1]}


def test_every_value_knows_where_it_was_written(tmp_path: Path) -> None:
    found = composed(written(tmp_path, **LAYERED), "a.set=[1, {b: 2}]", overrides=("y",))
    assert at(found, "a", "first") == ("first.yaml", 1, 25)
    assert at(found, "a", "list", 0) == ("second.yaml", 1, 40)
    assert at(found, "a", "file") == ("main.yaml", 2, 11)
    assert at(found, "a", "y") == ("main.yaml", 3, 46)
    assert at(found, "a", "set", 1, "b") == ("--set a.set=[1, {b: 2}]", 1, 15)
    assert at(found, "a", "list", 7) == ("second.yaml", 1, 39), "the nearest parent, in its own file"
    assert found.span(("a", "set"), key=True).column == 3
    assert set(found.texts) == {"first.yaml", "second.yaml", "main.yaml", "--set a.set=[1, {b: 2}]"}


def test_every_path_of_the_data_has_a_place(tmp_path: Path) -> None:
    found = composed(written(tmp_path, **LAYERED), "a.set={b: [1]}", overrides=("x", "y"))

    def paths(value: Any, path: tuple[str | int, ...]) -> set[tuple[str | int, ...]]:
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return {path}.union(*(paths(inner, (*path, part)) for part, inner in entries))

    assert paths(found.data, ()) == set(found.values) == set(found.homes)


def test_null_takes_an_inherited_key_away(tmp_path: Path) -> None:
    path = written(tmp_path, main="extends: base.yaml\na: {b: null, c: null}\nd: {e: null}\n", base="a: {b: {x: 1}}\n")
    found = composed(path)
    assert found.data == {"a": {}, "d": {}}
    assert [(p.at, p.severity) for p in found.warnings] == [("a.c", "warning"), ("d.e", "warning")]
    assert composed(written(tmp_path, main="a: null\n")).data == {"a": None}, "a file alone inherits nothing"
    assert composed(written(tmp_path, main="a: {b: 1}\n"), "a.b=null").data == {"a": {}}


def test_an_axis_is_replaced_whole(tmp_path: Path) -> None:
    base = "axes: {train.epochs: {from: 1, to: 3, step: 1}, dataset.share: [1]}\n"
    path = written(tmp_path, main="extends: base.yaml\naxes: {train.epochs: {between: [1, 4]}}\n", base=base)
    assert composed(path).data["axes"] == {"train.epochs": {"between": [1, 4]}, "dataset.share": [1]}
    found = composed(path, "axes.train.epochs=[1, 2]").data["axes"]
    assert found == {"train.epochs": [1, 2], "dataset.share": [1]}


def test_a_base_reached_twice_counts_once_at_its_first_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        main="extends: [left.yaml, right.yaml]\n",
        left="extends: base.yaml\na: left\n",
        right="extends: base.yaml\nb: right\n",
        base="a: base\nb: base\n",
    )
    assert composed(path).data == {"a": "left", "b": "right"}


def test_bases_are_looked_for_beside_the_file_that_names_them(tmp_path: Path) -> None:
    inner = tmp_path / "bases" / "more"
    inner.mkdir(parents=True)
    path = written(tmp_path, main="extends: bases/one.yaml\n")
    (tmp_path / "bases" / "one.yaml").write_text("extends: more/two.yaml\n")
    (inner / "two.yaml").write_text("a: 1\n")
    found = composed(path)
    assert found.data == {"a": 1}
    assert found.file_at(("a",)) == "bases/more/two.yaml"


@pytest.mark.parametrize("repository", [False, True])
def test_nothing_outside_the_root_is_read(tmp_path: Path, repository: bool) -> None:
    inside = tmp_path / "inside" / "scenarios"
    inside.mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("secret: 1\n")
    (inside.parent / "near.yaml").write_text("a: 1\n")
    (inside / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (inside / "loop.yaml").symlink_to(inside / "loop.yaml")
    if repository:
        (inside.parent / ".git").mkdir()
    for name in ("../../secret.yaml", str(tmp_path / "secret.yaml"), "link.yaml", "../../absent.yaml"):
        text = refused(written(inside, main=f"extends: {name}\n"))
        root = "repository" if repository else "scenario's folder"
        assert f"{name!r} lies outside the {root}" in text
        assert "secret: 1" not in text
    assert "loop" in refused(written(inside, main="extends: loop.yaml\n"))
    path = written(inside, main="extends: ../near.yaml\n")
    if repository:
        assert composed(path).data == {"a": 1}
    else:
        assert "lies outside the scenario's folder" in refused(path)


def test_too_many_generations(tmp_path: Path) -> None:
    for i in range(MAX_GENERATIONS + 2):
        (tmp_path / f"f{i}.yaml").write_text(f"extends: f{i + 1}.yaml\nv{i}: 1\n")
    last = tmp_path / f"f{MAX_GENERATIONS + 1}.yaml"
    last.write_text("end: 1\n")
    text = refused(tmp_path / "f0.yaml")
    assert f"f{MAX_GENERATIONS - 1}.yaml:1:10: more than {MAX_GENERATIONS} files extend each other" in text
    assert "end" in composed(tmp_path / "f2.yaml").data


def test_all_problems_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, main="extends: [gone.yaml, torn.yaml]\noverrides: {cheap: {}}\n", torn="a: [\n")
    text = refused(path, "x", "y=", "z=[", "a..b=1", overrides=("cheep",))
    for expected in (
        "main.yaml:1:11: no such file: 'gone.yaml'",
        "torn.yaml:1:4:",
        "--override cheep: no override 'cheep'\n  = hint: did you mean 'cheap'?",
        "--set x:1:1: has no value",
        "--set y=:1:2: has no value",
        "--set z=[:1:",
        "--set a..b=1:1:3: 'a..b' is no dotted path",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("train.epochs=2", {"train": {"epochs": 2}}),
        ("constraints.max_cost=$300", {"constraints": {"max_cost": "$300"}}),
        ("constraints.deadline=12 h", {"constraints": {"deadline": "12 h"}}),
        ("hardware.gpus=[l40s, h100]", {"hardware": {"gpus": ["l40s", "h100"]}}),
        ("axes.train.learning=[2e-4]", {"axes": {"train.learning": [2e-4]}}),
        ("metadata.labels={a: no}", {"metadata": {"labels": {"a": "no"}}}),
        ("a='x=y'", {"a": "x=y"}),
        ("a=null", {"a": None}),
    ],
)
def test_assignments_are_yaml(text: str, data: dict[str, Any]) -> None:
    assert parse_assignment(text).data == data


def test_keys_of_composition_belong_to_files(tmp_path: Path) -> None:
    path = written(tmp_path, main="overrides: {x: {extends: y.yaml}}\n")
    assert "main.yaml:1:17: 'extends' belongs at the top level of a file" in refused(path, overrides=("x",))
    assert "--set abstract=true:1:1: 'abstract' belongs" in refused(path, "abstract=true")


def test_digest_covers_all_parts(tmp_path: Path) -> None:
    path = written(tmp_path, main="extends: base.yaml\noverrides: {x: {a: 1}}\n", base="a: 1\n")
    digests = {composed(path).digest, composed(path, "a=1").digest, composed(path, overrides=("x",)).digest}
    (tmp_path / "base.yaml").write_text("a: 1 # the same\n")
    digests.add(composed(path).digest)
    assert len(digests) == 4
    alone = written(tmp_path, alone="a: 1\n")
    assert composed(alone).digest == read_document(alone).digest


def test_planned_as_composed(tmp_path: Path) -> None:
    path = written(tmp_path, main="extends: base.yaml\noverrides: {cheap: {constraints: {max_cost: $5}}}\n", base=SMALL)
    ready = read_scenario(path, changes=Changes(("cheap",), ("train.epochs=2",)))
    assert (ready.scenario.constraints.max_cost_usd, ready.scenario.train.epochs) == (5.0, 2.0)
    assert isinstance(ready.document, Composed)
    assert ready.document.changes.words == ["--override cheap", "--set train.epochs=2"]


def test_checking_tries_every_override(tmp_path: Path) -> None:
    path = written(tmp_path, main=SMALL + "overrides: {x: {trian: {epochs: 2}}, y: {train: {epochs: two}}}\n")
    problems, _ = check_scenario(path)
    assert [(p.code, p.at, p.span and p.span.line) for p in problems] == [
        ("unknown-key", "trian", 8),
        ("wrong-type", "train.epochs", 8),
    ]
    chosen, _ = check_scenario(path, changes=Changes(("y",)))
    assert [p.code for p in chosen] == ["wrong-type"]


def test_a_base_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    base = "abstract: true\ntrain: {epoch: 2}\nhardware: {gpus: [l40x]}\n"
    problems, texts = check_scenario(written(tmp_path, base=base))
    assert [p.at for p in problems] == ["train.epoch", "hardware.gpus[0]"]
    assert len(texts) == 1
    assert check_scenario(written(tmp_path, base="abstract: true\nkind: FineTune\n"))[0] == []
    problems, _ = check_scenario(written(tmp_path, base="abstract: true\nkind: FineTuning\n"))
    assert [p.code for p in problems] == ["kind"]


def test_the_question_of_a_scenario_does_not_count(tmp_path: Path) -> None:
    asking = SMALL.replace("{name: small}", "{name: small, question: Is it worth it?}")
    renamed = SMALL.replace("{name: small}", "{name: smaller}")
    plain, same, other = (
        meaning(read_document(written(tmp_path, **{name: text}), name))
        for name, text in (("plain", SMALL), ("asking", asking), ("renamed", renamed))
    )
    assert plain == same != other
    assert check_scenario(written(tmp_path, asking=asking))[0] == []
    two_lines = SMALL.replace("{name: small}", '{name: small, question: "a\\nb"}')
    assert [p.at for p in check_scenario(written(tmp_path, lines=two_lines))[0]] == ["metadata.question"]
