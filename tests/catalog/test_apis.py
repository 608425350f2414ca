"""Prices of APIs: how they are read, which rows a name means, and what broken rows say."""

from pathlib import Path

import numpy as np
import pytest

from planner.catalog.apis import CACHING, FILE, OPEN_WEIGHTS, api_hint, find_apis, read_apis, scores_of
from planner.catalog.loader import load_catalog
from planner.catalog.tables import Directory
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()


def ids(name: str) -> list[str]:
    return [api.id for api in find_apis(CATALOG, name)]


def test_all_rows_are_there() -> None:
    assert len(CATALOG.apis) == 412
    assert len({api.id for api in CATALOG.apis}) == 412
    assert len({api.provider for api in CATALOG.apis}) == 11
    assert {api.as_of for api in CATALOG.apis} == {"2026-11-22"}
    assert all(api.source.startswith("BerriAI/litellm") for api in CATALOG.apis)
    assert sum(bool(api.doubt) for api in CATALOG.apis) == 2


def test_the_digest_covers_the_files() -> None:
    directory = Directory(CATALOG_DATA)
    read_apis(directory, CATALOG.models, CATALOG.scores)
    assert set(directory.content) == {FILE, OPEN_WEIGHTS, CACHING}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-4.1-mini", ["openai/gpt-4.1-mini"]),
        ("OpenAI/GPT-4.1-mini", ["openai/gpt-4.1-mini"]),
        ("gpt-4.1-mini", ["openai/gpt-4.1-mini"]),
        ("claude-opus-5", ["anthropic/claude-opus-5", "google-vertex/claude-opus-5"]),
        ("vertex_ai/claude-opus-5", ["google-vertex/claude-opus-5"]),
        ("groq/gpt-oss-120b", ["groq/openai/gpt-oss-120b"]),
        ("Llama-3.1-405B-Instruct", ["together/meta-llama/llama-3.1-405b-instruct"]),
        ("together/llama-3.1-405b", ["together/meta-llama/llama-3.1-405b-instruct"]),
        ("llama-3.1-8b", ["bedrock/meta.llama3-1-8b-instruct-v1:0", "fireworks/llama-v3p1-8b-instruct"]),
        ("gpt-99", []),
        ("", []),
    ],
)
def test_names(name: str, expected: list[str]) -> None:
    assert ids(name) == expected


def test_hints() -> None:
    assert api_hint(CATALOG, "claude-opus-5").startswith("name the provider: anthropic/claude-opus-5, google-vertex/")
    assert api_hint(CATALOG, "openai/gpt-4.1-mni") == "did you mean 'openai/gpt-4.1-mini'?"
    assert api_hint(CATALOG, "nothing like it") == "`planner list apis` shows them"


def test_prices_and_caching_of_one_row() -> None:
    opus = find_apis(CATALOG, "anthropic/claude-opus-4-6")[0]
    assert (opus.input_usd_per_mtok, opus.output_usd_per_mtok, opus.cached_input_usd_per_mtok) == (5.0, 25.0, 0.5)
    assert (opus.cache_write_usd_per_mtok, opus.long_cache_write_usd_per_mtok) == (6.25, 10.0)
    assert (opus.batch_input_usd_per_mtok, opus.batch_output_usd_per_mtok) == (2.5, 12.5)
    assert opus.caches
    assert opus.has_batch
    assert opus.caching is not None
    assert (opus.caching.how, opus.caching.tag) == ("explicit", "C")


def test_the_longest_beginning_of_a_name_chooses_the_rule_of_caching() -> None:
    nova, claude = (find_apis(CATALOG, name)[0] for name in ("amazon.nova-pro-v1:0", "bedrock/anthropic.claude-opus-5"))
    assert nova.cache_write_usd_per_mtok == nova.input_usd_per_mtok
    assert claude.cache_write_usd_per_mtok == pytest.approx(1.25 * claude.input_usd_per_mtok)
    assert np.isnan(claude.long_cache_write_usd_per_mtok)


def test_what_is_not_listed_is_unknown() -> None:
    command = find_apis(CATALOG, "cohere/command-r-08-2024")[0]
    assert not command.caches
    assert not command.has_batch
    assert command.caching is None
    assert np.isnan(command.cache_write_usd_per_mtok)
    assert np.isnan(find_apis(CATALOG, "together/together-ai-4.1b-8b")[0].max_input_tokens)


def test_every_cached_price_has_a_rule() -> None:
    assert [api.id for api in CATALOG.apis if api.caches and api.caching is None] == []


def test_open_weights_join_models_and_scores() -> None:
    joined = [api for api in CATALOG.apis if api.open_model]
    assert len(joined) == 73
    assert {api.open_model for api in joined} <= {model.id for model in CATALOG.models}
    llama = find_apis(CATALOG, "fireworks/llama-v3p1-8b-instruct")[0]
    assert (llama.open_model, llama.variant) == ("llama-3.1-8b", "instruct")
    found = {(s.benchmark, s.shots): s.points for s in scores_of(CATALOG, llama)}
    assert found["IFEval", "0"] == 80.4
    assert {s.variant for s in scores_of(CATALOG, llama)} == {"instruct"}
    assert scores_of(CATALOG, find_apis(CATALOG, "openai/gpt-4.1")[0]) == ()
    assert all(scores_of(CATALOG, api) for api in CATALOG.apis if api.scored_as)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (FILE, "gpt-4.1,openai,2,8,", "gpt-4.1,openai,-2,8,", "input_usd_per_mtok '-2' is less than 0"),
        (FILE, "gpt-4.1,openai,2,8,", "gpt-4.1,openai,,8,", "input_usd_per_mtok is blank"),
        (FILE, "gpt-4.1,openai,2,8,", "gpt-4.1,openai,0,8,", "input_usd_per_mtok is 0; an unknown price is"),
        (FILE, "gpt-4.1,openai,2,8,0.5,", "gpt-4.1,openai,2,8,2.5,", "cached_input_usd_per_mtok is above input"),
        (FILE, "gpt-4.1,openai,2,8,0.5,1,4,", "gpt-4.1,openai,2,8,0.5,1,,", "needs both batch prices or none"),
        (FILE, "gpt-4.1,openai,2,8,0.5,1,4,", "gpt-4.1,openai,2,8,0.5,3,4,", "batch_input_usd_per_mtok is above"),
        (FILE, "128000,16384,gpt-4o,", "0,16384,gpt-4o,", "max_input_tokens '0' is less than 1"),
        (FILE, "\ngpt-4o,openai,", "\ngpt-4.1,openai,", "openai/gpt-4.1 is given twice"),
        (OPEN_WEIGHTS, "deepseek.r1-v1:0", "deepseek.r2", "bedrock/deepseek.r2 is not in llm_api_prices.csv"),
        (OPEN_WEIGHTS, "google.gemma-3-12b-it,Gemma-3-12B", "google.gemma-3-12b-it,Gemma-9", "model 'Gemma-9' is not"),
        (OPEN_WEIGHTS, "instruct,Llama-3.1-8B-Instruct", "base,Llama-3.1-8B-Instruct", "has no base score"),
        (CACHING, "anthropic,,explicit,1.25", "anthropic,,explicit,", "write is blank"),
        (
            CACHING,
            "anthropic,,explicit,1.25,2,",
            "anthropic,,explicit,1.25,,",
            "needs long_write and long_life_minutes",
        ),
        (CACHING, "anthropic,,explicit", "anthropic,,maybe", "how 'maybe' is not one of"),
    ],
)
def test_broken_rows(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    for name in (FILE, OPEN_WEIGHTS, CACHING):
        (tmp_path / name).write_bytes((CATALOG_DATA / name).read_bytes())
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
    directory = Directory(tmp_path)
    read_apis(directory, CATALOG.models, CATALOG.scores)
    with pytest.raises(PlannerError, match=rf"(?m)^{file}:\d+: .*{message}") as caught:
        directory.problems.raise_any()
    line = text[: text.index(old)].count("\n") + 1 + old.startswith("\n")
    assert f"{file}:{line}: " in str(caught.value) or "given twice" in message
