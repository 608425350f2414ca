"""Data files: counted exactly, told apart, and never trusted."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import planner
from planner.errors import SetupError
from planner.planning import read_scenario
from planner.source import InvalidInput
from planner.space import dataset_lines
from planner.space.dataset import Measured
from planner.space.dataset_rows import RowError, texts_of

pytestmark = pytest.mark.usefixtures("without_advice")


def chat(*turns: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def write(folder: Path, content: str | bytes, **dataset: Any) -> Path:
    """A scenario over a data file of this content."""
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/x").write_bytes(content if isinstance(content, bytes) else content.encode())
    scenario = {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "data"},
        "models": ["llama-3.1-8b"],
        "methods": ["lora"],
        "dataset": dataset or {"file": "data/x"},
        "hardware": {"gpus": ["l40s"], "counts": [1]},
    }
    (folder / "s.yaml").write_text(json.dumps(scenario))
    return folder / "s.yaml"


def measured(folder: Path, content: str | bytes, **dataset: Any) -> Measured:
    found = read_scenario(write(folder, content, **dataset)).space.measured
    assert found is not None
    return found


def problems(folder: Path, content: str | bytes, **dataset: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_scenario(write(folder, content, **dataset))
    return [f"{p.span.line}:{p.span.column} {p.message}" if p.span else p.message for p in caught.value.problems]


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_chat_is_counted_with_its_template(tmp_path: Path) -> None:
    found = measured(tmp_path, lines(chat(("user", "x" * 40), ("assistant", "y" * 80))))
    assert found.lengths.tolist() == [40 / 4 + 80 / 4 + 2 * 5]
    assert found.completion_share == pytest.approx((80 / 4 + 1) / 40)
    assert (found.samples, found.by, found.form, found.path) == (1, "bytes", "chat", "data/x")


def test_prompt_and_completion(tmp_path: Path) -> None:
    found = measured(tmp_path, lines({"prompt": "p" * 60, "completion": "c" * 20}))
    assert found.lengths.tolist() == [21]
    assert found.completion_share == pytest.approx((5 + 1) / 21)
    message = {"role": "user", "content": "p" * 60}
    answer = {"role": "assistant", "content": "c" * 20}
    both = measured(tmp_path, lines({"prompt": [message], "completion": [answer]}))
    assert both.lengths.tolist() == [15 + 5 + 5 + 5 + 1]


def test_text_is_learned_from_whole(tmp_path: Path) -> None:
    assert measured(tmp_path, lines({"text": "é" * 20})).lengths.tolist() == [11]
    assert measured(tmp_path, lines({"text": "abcd"})).completion_share == 1


def test_tool_calls_and_parts_count() -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"f": "x"}]}
    parts = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    texts, around, ends = texts_of({"messages": [parts, call], "tools": [1]}, "chat")
    assert texts == [("[1]", False), ("ab", False), ('[{"f": "x"}]', True)]
    assert (around, ends) == (10, 1)
    with pytest.raises(RowError, match="message 1 holds something else than text"):
        texts_of({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "chat")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_line_ends_and_blank_lines_change_nothing(tmp_path: Path, ending: str, last: str, mark: bytes) -> None:
    row = json.dumps({"text": "abcdefgh"})
    found = measured(tmp_path, mark + (row + ending + ending + row + last).encode())
    assert (found.lengths.tolist(), found.rows.tolist()) == ([3], [2])


def test_the_scenario_wins_over_what_is_measured(tmp_path: Path) -> None:
    content = lines(chat(("user", "x" * 40), ("assistant", "y" * 80)))
    ready = read_scenario(write(tmp_path, content, file="data/x", completion_share=1))
    assert ready.space.recipes.defaults["dataset.completion_share"] == 1
    assert ready.space.recipes.defaults["dataset.samples"] == 1


def test_rows_without_text_are_left_out_and_told(tmp_path: Path) -> None:
    plan = planner.plan(write(tmp_path, lines({"text": ""}, {"text": "abcd"})))
    told = {a.key: a.value for a in plan.assumptions}
    assert told["dataset.empty"] == "1 rows left out"
    assert plan.front[0].train["dataset_samples"] == 1
    assert problems(tmp_path, lines({"text": ""})) == ["all 1 rows are without text"]


def test_lengths_with_counts_and_header(tmp_path: Path) -> None:
    found = measured(tmp_path, "tokens,count\n412,3\n90\n\n90; 2\r\n1200\t1\n", lengths="data/x")
    assert found.lengths.tolist() == [90, 412, 1200]
    assert found.rows.tolist() == [3, 3, 1]
    assert (found.samples, found.mean, found.p95) == (7, (3 * 90 + 3 * 412 + 1200) / 7, 1200)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=200))
def test_lengths_are_exact(tmp_path_factory: pytest.TempPathFactory, lengths: list[int]) -> None:
    found = measured(tmp_path_factory.mktemp("x"), "\n".join(map(str, lengths)), lengths="data/x")
    assert np.repeat(found.lengths, found.rows.astype(int)).tolist() == sorted(lengths)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe{\x00", "is UTF-16 text"),
        (b"\x1f\x8b\x08", "is a gzip file"),
        (b"PAR1....", "is a Parquet file"),
        (b"", "holds no sample"),
        (b"\n \r\n", "holds no sample"),
        (b"{\"text\": \"" + b"[" * 100, "1:10 not JSON: unterminated string"),
        (b"[" * 100_000, "1:1 too deeply nested"),
        (b'{"text": ' + b"9" * 5000 + b"}", "1:1 Exceeds the limit"),
        (b'{"text": 7}', "1:1 'text' is a number, not text"),
        (b'{"text": "a"} x', "1:15 not JSON: extra data"),
        (b'{"instruction": "a"}', "1:1 the row has neither messages, nor prompt and completion, nor text"),
        (b'{"messages": []}', "1:1 'messages' is a list of messages, each with role and content, not an empty list"),
        (b'{"text": "a"}\n{"prompt": "a", "completion": "b"}', "2:1 the row has no 'text'; rows of this file are text"),
        (b'{"text": "a\xe9"}', "1:12 not UTF-8: byte 0xe9"),
    ],
)  # fmt: skip
def test_hostile_content(tmp_path: Path, content: bytes, said: str) -> None:
    assert problems(tmp_path, content)[0].startswith(said)


def test_lone_surrogates_are_counted(tmp_path: Path) -> None:
    assert measured(tmp_path, b'{"text": "\\ud800abc"}').samples == 1


def test_lines_and_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_lines, "BLOCK", 64)
    monkeypatch.setattr(dataset_lines, "MAX_LINE", 100)
    good, long = json.dumps({"text": "abc"}), json.dumps({"text": "x" * 500})
    assert problems(tmp_path, f"{good}\n{long}\n{good}\n{{")[1:] == [
        "4:2 not JSON: expecting property name enclosed in double quotes"
    ]
    assert problems(tmp_path, f"{good}\n{long}\n{good}\n")[0].startswith("2:1 the line is longer than")
    monkeypatch.setattr(dataset_lines, "MAX_BYTES", 200)
    assert problems(tmp_path, f"{good}\n" * 50)[0].startswith("is longer than")


def test_blocks_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = lines(*({"text": "é" * i} for i in range(1, 40)))
    whole = measured(tmp_path, content)
    for size in (1, 2, 7, 64):
        monkeypatch.setattr(dataset_lines, "BLOCK", size)
        cut = measured(tmp_path, content)
        assert (cut.lengths.tolist(), cut.digest) == (whole.lengths.tolist(), whole.digest)


def test_links_out_of_the_repository_are_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jsonl").write_text('{"text": "secret"}')
    (inside / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (said,) = problems(inside, "", file="link.jsonl")
    assert "'link.jsonl' lies outside the scenario's folder" in said
    (inside / "loop").symlink_to(inside / "loop")
    assert (
        "leads nowhere" in problems(inside, "", file="loop")[0]
        or "cannot be read" in problems(inside, "", file="loop")[0]
    )


def test_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is no regular file" in problems(tmp_path, "", file="pipe")[0]
    assert "is a folder" in problems(tmp_path, "", file="data")[0]


def test_the_root_of_the_repository_bounds_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "t.jsonl").write_text('{"text": "abcd"}')
    found = measured(tmp_path / "scenarios", "", file="../t.jsonl")
    assert found.path == "t.jsonl"


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A tokenizer that cuts at spaces, with truncation and padding left switched on as in many published files."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=8, pad_token="[UNK]")
    tokenizer.save(str(tmp_path / "words.json"))
    return "words.json"


def test_a_tokenizer_counts(tmp_path: Path, words: str) -> None:
    content = lines(chat(("user", "one two three"), ("assistant", "1 2 3 4 5 6 7 \ud800")))
    found = measured(tmp_path, content, file="data/x", tokenizer=words)
    assert found.lengths.tolist() == [3 + 8 + 10]
    assert found.completion_share == pytest.approx(9 / 21)
    assert (found.by, found.tokenizer) == ("tokenizer", "words.json")


def test_bands_follow_how_tokens_were_counted(tmp_path: Path, words: str) -> None:
    content = lines(*(chat(("user", "abc " * 200), ("assistant", "def " * 300)) for _ in range(2000)))
    by_bytes = planner.plan(write(tmp_path, content))
    counted = planner.plan(write(tmp_path, content, file="data/x", tokenizer=words))
    spread = [np.log(p.front[0].hours_hi / p.front[0].hours_lo) for p in (by_bytes, counted)]  # type: ignore[operator]
    assert spread[0] > spread[1]
    told = {a.key: (a.value, a.tag) for a in counted.assumptions}
    assert told["dataset.lengths"][0].startswith("counted with words.json: 2,000 samples")
    assert told["dataset.lengths"][1] == "R"
    assert {"training data", "tokenizer"} <= {s.what for s in counted.sources}
    assert counted.front[0].train["dataset_mean_tokens"] == 510


def test_without_the_package_the_extra_is_named(tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, lines({"text": "a"}), file="data/x", tokenizer=words)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(SetupError, match=r"finetune-planner\[tokens\]"):
        read_scenario(path)


def test_a_file_and_the_same_numbers_plan_alike(tmp_path: Path) -> None:
    """Lengths of a lognormal file give what its mean and p95 give."""
    rng = np.random.default_rng(1)
    lengths = np.maximum(1, rng.lognormal(5.5, 0.7, 50_000)).astype(int)
    by_file = planner.plan(write(tmp_path, "\n".join(map(str, lengths)), lengths="data/x"))
    numbers = {
        "samples": 50_000,
        "tokens_per_sample": {"mean": float(lengths.mean()), "p95": float(np.quantile(lengths, 0.95))},
    }
    by_numbers = planner.plan(write(tmp_path, "", **numbers))
    assert by_file.front[0].offer == by_numbers.front[0].offer
    assert by_file.front[0].hours == pytest.approx(by_numbers.front[0].hours, rel=0.02)


def test_share_and_axes_apply_to_files(tmp_path: Path) -> None:
    path = write(tmp_path, "400\n" * 10_000, lengths="data/x")
    scenario = json.loads(path.read_text()) | {"axes": {"dataset.share": [0.5, 1.0]}}
    path.write_text(json.dumps(scenario))
    plan = planner.plan(path)
    tokens = {c.axes["dataset.share"]: c.work.useful_tokens for c in plan.front}
    assert tokens[1.0] == pytest.approx(2 * tokens[0.5]) if len(tokens) == 2 else tokens
