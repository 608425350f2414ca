"""`planner tokens` and `planner list apis`."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from tests.cli.calls import run
from tests.prompts.samples import EXAMPLES, chat, write


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    rows = [
        {
            "messages": chat(
                (f"<document>order {n} \x1b[31m</document>\n\nWhen,   {n}?", "Soon."),
                system="Be kind and helpful to everyone who asks you anything. " * 100,
                examples=EXAMPLES,
            )
        }
        for n in range(5)
    ]
    return write(tmp_path / "p.jsonl", rows)


def words(path: Path) -> Path:
    """A tokenizer of words."""
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(path))
    return path


def test_tables(prompts: Path, tmp_path: Path) -> None:
    done = run("tokens", prompts, "--model", "openai/gpt-4.1-mini", "--requests-per-month", "100k", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 prompts, ")
    assert "openai/gpt-4.1-mini: $" in done.stdout
    assert "cache what prompts begin with" in done.stdout
    assert "tokens are bytes over 4" in done.stdout
    assert "risk high: quality may fall" in done.stdout
    assert "\x1b" not in done.stdout
    assert "nan" not in done.stdout.replace("finance", "")


def test_json_has_what_the_tables_have(prompts: Path, tmp_path: Path) -> None:
    done = run("tokens", prompts, "--format", "json", "--model", "claude-sonnet-4-5", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert data["prompts"] == data["sampled"] == 5
    assert data["counted_by"] == "bytes"
    assert data["tokens"]["total_lo"] < data["tokens"]["total"] < data["tokens"]["total_hi"]
    assert {row["part"] for row in data["parts"]} == {"instructions", "examples", "context", "question"}
    assert sum(row["share"] for row in data["parts"]) == pytest.approx(1.0)
    assert data["price"]["requests_per_month"] is None
    assert data["price"]["usd_per_month"] is None
    cached = next(row for row in data["options"] if row["option"] == "cache what prompts begin with")
    assert cached["cacheable_tokens"] > 1024
    assert cached["saved_usd_per_1000"] == pytest.approx(cached["cacheable_tokens"] * 2.7 / 1000)
    assert cached["saved_usd_per_month"] is None


def test_a_tokenizer_counts(prompts: Path, tmp_path: Path) -> None:
    done = run("tokens", prompts, "--tokenizer", words(tmp_path / "t.json"), "--format", "json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert data["counted_by"] == "tokenizer"
    assert data["tokens"]["total_lo"] == data["tokens"]["total"] == data["tokens"]["total_hi"]
    assert data["tokens"]["mean"] == 1000 + 13 + 5 + 6 * 5
    assert "price" not in data
    assert not any("bytes" in rule for rule in data["rules"])


def test_markdown(prompts: Path, tmp_path: Path) -> None:
    done = run("tokens", prompts, "--format", "markdown", cwd=tmp_path)
    assert "## What they are spent on\n\n| part | tokens | share | prompts |\n| --- | ---: |" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.jsonl"], "nothing.jsonl: no such file or folder"),
        (["p.jsonl", "--model", "claude-opus-5"], "name the provider: anthropic/claude-opus-5, google-vertex/"),
        (["p.jsonl", "--model", "gpt-4.1-mni"], "is no model of an API; did you mean 'gpt-4.1-mini'?"),
        (["p.jsonl", "--requests-per-month", "5"], "--requests-per-month needs prices"),
        (["p.jsonl", "--model", "gpt-4.1", "--requests-per-month", "many"], "'many' is not a count"),
        (["p.jsonl", "--tokenizer", "p.jsonl"], "is no tokenizer"),
        (["p.jsonl", "--tokenizer", "t.json"], "t.json: no such file; name the tokenizer.json"),
    ],
)
def test_bad_usage(prompts: Path, tmp_path: Path, words: list[str], said: str) -> None:
    done = run("tokens", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert done.stdout == ""


def test_broken_lines_are_all_told(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"text": "a"}\n{"text": 1}\n{"a\x1b": 2}\n{"b": 2}\n', "utf-8")
    done = run("tokens", "p.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "p.jsonl:2:1: 'text' is a number, not text" in done.stderr
    assert "p.jsonl:4:1: the row holds no prompt; its keys: 'b'" in done.stderr
    assert "3 problems in 1 file" in done.stderr
    assert "\x1b" not in done.stderr


def test_apis_are_listed(tmp_path: Path) -> None:
    done = run("list", "apis", "--where", "open_model=llama-3.1-8b", "--format", "json", cwd=tmp_path)
    rows = json.loads(done.stdout)
    assert [row["id"] for row in rows] == ["bedrock/meta.llama3-1-8b-instruct-v1:0", "fireworks/llama-v3p1-8b-instruct"]
    assert rows[0]["cached_input_usd_per_mtok"] is None
    assert rows[0]["quality"] == "published scores"
