"""Settings from the environment: read once, told in the help, and named when they are wrong."""

import shutil
from pathlib import Path

import pytest

from planner.cli.environment import VARIABLES, Settings, read_settings
from planner.errors import InputError
from planner.resources import CATALOG_DATA
from tests.cli.calls import SMALL, run, run_apart


def test_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_settings(dict.fromkeys(VARIABLES, " ")) == Settings(), "an empty variable counts as unset"


def test_every_variable_is_read() -> None:
    environment = {
        "PLANNER_LOG_LEVEL": "DEBUG",
        "PLANNER_CATALOG": str(CATALOG_DATA),
        "PLANNER_OUTPUTS": "md, html",
        "PLANNER_CACHE": "kept/here",
        "PLANNER_STORAGE": "postgresql://planner@db/search",
        "PLANNER_PRICE_MAX_AGE_MONTHS": "6.5",
        "PLANNER_PRICES": "kept/prices",
        "PLANNER_PRICE_TTL_HOURS": "36",
        "PLANNER_HISTORY": "kept/history",
        "PLANNER_TEMPLATES": str(CATALOG_DATA),
        "MLFLOW_TRACKING_URI": "http://localhost:5000",
    }
    assert set(environment) == set(VARIABLES)
    expected = Settings(
        "debug", CATALOG_DATA, ("html", "md"), 6.5, Path("kept/here"), "postgresql://planner@db/search",
        Path("kept/prices"), 36.0, Path("kept/history"), "http://localhost:5000", CATALOG_DATA,
    )  # fmt: skip
    assert read_settings(environment) == expected


def test_plans_are_kept_where_a_user_s_programs_keep_such_things() -> None:
    assert read_settings({"HOME": "/at"}).cache == Path("/at/.cache/finetune-planner")
    assert read_settings({"HOME": "/at", "XDG_CACHE_HOME": "/c"}).cache == Path("/c/finetune-planner")
    assert read_settings({"HOME": "/at", "PLANNER_CACHE": "none"}).cache is None


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("PLANNER_LOG_LEVEL", "loud", "choose from debug, info, warning, error"),
        ("PLANNER_CATALOG", "/nowhere/at/all", "no such directory"),
        ("PLANNER_OUTPUTS", "html,docx", "'docx' is no output"),
        ("PLANNER_PRICE_MAX_AGE_MONTHS", "a year", "above 0"),
        ("PLANNER_PRICE_MAX_AGE_MONTHS", "0", "above 0"),
        ("PLANNER_PRICE_MAX_AGE_MONTHS", "nan", "above 0"),
        ("PLANNER_PRICE_MAX_AGE_MONTHS", "inf", "above 0"),
        ("PLANNER_PRICE_TTL_HOURS", "a day", "must be a number of hours above 0"),
        ("PLANNER_PRICE_TTL_HOURS", "-1", "above 0"),
    ],
)
def test_bad_values_name_their_variable(name: str, text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_settings({name: text})
    assert str(caught.value).startswith(f"{name}={text}: ")
    assert says in str(caught.value)


def test_a_bad_value_ends_a_command_with_2(tmp_path: Path) -> None:
    done = run("list", "methods", cwd=tmp_path, PLANNER_OUTPUTS="docx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: PLANNER_OUTPUTS=docx: ")


def test_the_help_lists_them(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert all(f"{name}\n" in done.stdout for name in VARIABLES)


@pytest.mark.usefixtures("without_advice")
def test_outputs_are_what_the_variable_says_unless_the_option_does(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    written = [["plan.json", "summary.md"], ["plan.json"]]
    options: list[list[str]] = [[], ["--outputs", "none"]]
    for words, names in zip(options, written, strict=True):
        out = tmp_path / names[-1]
        done = run("plan", "small.yaml", "-q", "-o", out, *words, cwd=tmp_path, PLANNER_OUTPUTS="md")
        assert done.returncode == 0, done.stderr
        assert sorted(p.name for p in out.iterdir()) == names


def test_prices_older_than_the_variable_says_are_stale(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    done = run("validate", "small.yaml", cwd=tmp_path, PLANNER_PRICE_MAX_AGE_MONTHS="0.001")
    assert done.returncode == 2
    assert "prices older than 0.001 months" in done.stderr


def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "catalog"
    shutil.copytree(CATALOG_DATA, mine)
    for name in ("methods.yaml", "stacks.yaml", "support.csv"):
        (mine / name).write_text((mine / name).read_text().replace("qlora", "mylora"))
    (tmp_path / "small.yaml").write_text(SMALL.replace("qlora", "mylora"))
    refused = run("validate", "small.yaml", cwd=tmp_path)
    assert refused.returncode == 2
    assert "mylora" in refused.stderr
    found = run("validate", "small.yaml", cwd=tmp_path, PLANNER_CATALOG="catalog")
    assert (found.returncode, found.stdout) == (0, "1 scenario valid\n"), found.stderr
    assert "mylora" in run("list", "methods", cwd=tmp_path, PLANNER_CATALOG="catalog").stdout


def test_the_log_tells_which_files_were_read(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SMALL)
    (tmp_path / "small.yaml").write_text("extends: base.yaml\n")
    assert run("validate", "small.yaml", cwd=tmp_path).stderr == ""
    done = run_apart("validate", "small.yaml", cwd=tmp_path, PLANNER_LOG_LEVEL="info")
    assert "INFO planner.scenario.lineage: small.yaml extends base.yaml" in done.stderr
