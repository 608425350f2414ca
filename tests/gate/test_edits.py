from pathlib import Path

from planner.gate.edits import edits
from planner.scenario.compose import Changes, compose
from planner.source import Document, parse_document

BASE = """\
kind: FineTune
metadata: {name: bot}
methods:
  - qlora
  - lora:
      rank: 16
train:
  epochs: 3
  packing: true
axes:
  train.max_seq_len: [1024, 2048]
constraints: {max_cost: $200}
"""
HEAD = """\
kind: FineTune
metadata: {name: bot}
methods:
  - qlora
  - lora:
      rank: 64
train:
  epochs: 4
  optimizer: adamw_8bit
axes:
  train.max_seq_len: [4096]
constraints: {max_cost: $200}
"""


def _document(text: str, name: str = "s.yaml") -> Document:
    return parse_document(text.encode(), name)


def test_every_key_that_differs_is_told_with_its_line() -> None:
    found = [
        (e.edit.key, e.edit.before, e.edit.after, e.edit.place.line)
        for e in edits(_document(BASE), _document(HEAD), str)
    ]
    assert found == [
        ("methods[1].lora.rank", "16", "64", 6),
        ("train.epochs", "3", "4", 8),
        ("train.optimizer", "", "adamw_8bit", 9),
        ("train.packing", "true", "", 7),
        ("axes['train.max_seq_len']", "[1024, 2048]", "[4096]", 11),
    ]


def test_taking_every_edit_back_gives_the_base_again(tmp_path: Path) -> None:
    base, head = _document(BASE), _document(HEAD)
    undo = [each.undo.assignments[0] for each in edits(base, head, str) if each.undo is not None]
    assert len(undo) == 5
    again = compose(head, tmp_path / "s.yaml", Changes(assignments=tuple(undo)))
    assert again.data == base.data


def test_how_a_scenario_is_put_together_is_no_edit_but_what_it_holds_is() -> None:
    base = "extends: a.yaml\ntrain: {epochs: 1}\noverrides: {x: {train: {epochs: 2}}}\n"
    head = "extends: b.yaml\ntrain: {epochs: 1.0}\noverrides: {x: {train: {epochs: 9}}}\n"
    found = edits(_document(base), _document(head), str)
    assert [each.edit.key for each in found] == ["train.epochs"]


def test_equal_documents_have_no_edits_whatever_their_comments() -> None:
    assert (
        edits(_document(BASE), _document("# word\n" + BASE.replace("[1024, 2048]", "[1024,   2048]  # c")), str) == []
    )


def test_a_long_value_is_cut_and_a_flood_of_edits_ends() -> None:
    found = edits(_document("a: x\n"), _document(f"a: {'y' * 1000}\n"), str)
    assert len(found[0].edit.after) == 200
    many = "".join(f"k{i}: {i}\n" for i in range(500))
    assert len(edits(_document("a: 1\n"), _document(many), str)) == 50
