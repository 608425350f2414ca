"""What an editor makes of our schemas: examples name them, and the real language server completes and complains."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from .checkout import ROOT, run, told
from .language_server import Editor, editor, missing

FOLDERS = ("scenarios", "policies")
EXAMPLES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.yaml") if ".lock." not in path.name)
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")
SUPPORT_BOT = ROOT / "scenarios" / "support-bot.yaml"
WRONG = "thumb_size"
"""A key of no schema."""

real = [
    pytest.mark.real,
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.xdist_group("editor"),
]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def schema_of(path: Path) -> Path:
    """The schema that a file's first line names."""
    first = path.read_text("utf-8").partition("\n")[0]
    named = MODELINE.fullmatch(first)
    assert named, f"{shown(path)} should start with: # yaml-language-server: $schema=…"
    return (path.parent / named[1]).resolve()


def kind_of(path: Path) -> str:
    """What a file says it is; only that of a report template says nothing."""
    data = yaml.safe_load(path.read_text("utf-8"))
    kind: str = "ReportTemplate" if path.name == "template.yaml" else data["kind"]
    return kind


@pytest.mark.parametrize("path", EXAMPLES, ids=shown)
def test_an_example_names_the_schema_of_its_kind(path: Path) -> None:
    kind = kind_of(path)
    assert schema_of(path) == ROOT / "schemas" / f"{kind}.schema.json"
    assert schema_of(path).is_file()


def test_a_first_scenario_names_its_schema_and_how_to_make_it(tmp_path: Path) -> None:
    _first_scenario(tmp_path)
    assert schema_of_new(tmp_path / "scenario.yaml").is_file()


def schema_of_new(path: Path) -> Path:
    named = MODELINE.match(path.read_text("utf-8"))
    assert named
    return path.parent / named[1]


def _first_scenario(folder: Path) -> Path:
    """What `planner init` writes, and the schema made by the command that it tells."""
    made = run(["planner", "init", "--yes"], folder)
    assert made.returncode == 0, told(made)
    (advice,) = re.findall(r"`(planner schema .*?)`", (folder / "scenario.yaml").read_text("utf-8"))
    followed = run(["sh", "-c", advice], folder)
    assert followed.returncode == 0, told(followed)
    return folder / "scenario.yaml"


@dataclass
class Open:
    """An editor that opens text as if it lay at a path; nothing is written there."""

    editor: Editor

    def document(self, path: Path, text: str) -> tuple[str, list[str]]:
        """The document's URI, and its lines."""
        return self.editor.open(path, text), text.splitlines()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    notes = tmp_path_factory.mktemp("notes") / "tried"
    with editor(ROOT, notes) as client:
        yield Open(client)
    assert not notes.exists(), f"the language server tried to reach {notes.read_text()}"


class TestRealEditor:
    """Over the protocol that editors speak."""

    pytestmark = real

    @pytest.mark.parametrize("path", EXAMPLES, ids=shown)
    def test_an_example_has_no_complaint(self, opened: Open, path: Path) -> None:
        uri, _ = opened.document(path, path.read_text("utf-8"))
        assert opened.editor.diagnostics(uri) == []

    def test_keys_below_hardware_are_completed_with_their_docstrings(self, opened: Open) -> None:
        text = SUPPORT_BOT.read_text("utf-8")
        head = text[: text.index("\nhardware:")] + "\nhardware:\n"
        uri, lines = opened.document(SUPPORT_BOT.with_name("new-hardware.yaml"), head + "  \nobjectives: [cost]\n")
        offered = opened.editor.completions(uri, lines.index("hardware:") + 1, 2)
        known = definition("FineTune", "Hardware")["properties"]
        assert set(offered) == set(known)
        # Of a key that refers to a definition the server tells the text on hover alone.
        plain = {name: field["description"] for name, field in known.items() if "$ref" not in field}
        assert {name: offered[name]["documentation"] for name in plain} == plain

    def test_values_are_completed_from_the_catalog(self, opened: Open) -> None:
        text = SUPPORT_BOT.read_text("utf-8")
        before, _, after = text.partition("  task: chat")
        assert after, "the example asks for a chat model"
        uri, lines = opened.document(SUPPORT_BOT.with_name("new-task.yaml"), f"{before}  task: {after}")
        line = lines.index("  task: ")
        assert {"chat", "code", "math"} <= set(opened.editor.completions(uri, line, len("  task: ")))

    def test_a_key_under_the_mouse_shows_its_docstring(self, opened: Open) -> None:
        uri, lines = opened.document(SUPPORT_BOT, SUPPORT_BOT.read_text("utf-8"))
        assert definition("FineTune", "Hardware")["description"] in (
            opened.editor.hover(uri, lines.index("hardware:"), 2)
        )
        gpus = next(n for n, line in enumerate(lines) if line.startswith("  gpus:"))
        assert definition("FineTune", "Hardware")["properties"]["gpus"]["description"] in (
            opened.editor.hover(uri, gpus, 3)
        )

    def test_a_wrong_key_is_marked_where_it_stands(self, opened: Open) -> None:
        text = SUPPORT_BOT.read_text("utf-8").replace("  counts:", "  countz:")
        uri, lines = opened.document(SUPPORT_BOT.with_name("new-wrong.yaml"), text)
        (complaint,) = opened.editor.diagnostics(uri)
        line = next(n for n, written in enumerate(lines) if written.startswith("  countz:"))
        assert complaint["message"] == "Property countz is not allowed."
        assert complaint["severity"] == 1
        assert complaint["range"] == {"start": {"line": line, "character": 2}, "end": {"line": line, "character": 8}}

    def test_a_rule_of_a_policy_is_completed_explained_and_checked(self, opened: Open) -> None:
        policy = ROOT / "policies" / "spend.yaml"
        text = policy.read_text("utf-8")
        known = definition("Policy", "Rule")["properties"]
        first = text.index("\nrules:\n")
        uri, lines = opened.document(
            policy.with_name("new-rule.yaml"), text[:first] + "\nrules:\n  - name: dear\n    \n"
        )
        offered = opened.editor.completions(uri, len(lines) - 1, 4)
        assert set(offered) == set(known) - {"name"}
        assert offered["figure"]["documentation"] == known["figure"]["description"]

        uri, lines = opened.document(
            policy.with_name("new-limit.yaml"), text.replace("    max: $150", "    maxi: $150")
        )
        line = next(n for n, written in enumerate(lines) if written.startswith("    maxi:"))
        assert _plain(known["figure"]["description"]) in _plain(opened.editor.hover(uri, line - 1, 5))
        (complaint,) = opened.editor.diagnostics(uri)
        assert complaint["message"] == "Property maxi is not allowed."
        assert complaint["range"]["start"] == {"line": line, "character": 4}

    @pytest.mark.parametrize("path", EXAMPLES, ids=shown)
    def test_a_key_of_no_schema_is_marked_in_every_kind(self, opened: Open, path: Path) -> None:
        text = path.read_text("utf-8").rstrip("\n") + f"\n{WRONG}: 5\n"
        uri, lines = opened.document(path.with_name(f"new-{path.name}"), text)
        complaints = opened.editor.diagnostics(uri)
        assert [c["message"] for c in complaints] == [f"Property {WRONG} is not allowed."]
        assert complaints[0]["range"]["start"] == {"line": len(lines) - 1, "character": 0}

    @pytest.mark.parametrize("path", EXAMPLES, ids=shown)
    def test_every_key_at_the_top_is_completed_and_explained(self, opened: Open, path: Path) -> None:
        kind = kind_of(path)
        text = path.read_text("utf-8")
        uri, lines = opened.document(path.with_name(f"new-key-{path.name}"), f"{text.rstrip()}\n\n")
        written = {line.partition(":")[0] for line in lines if re.match(r"[a-z_]+:", line)}
        assert set(opened.editor.completions(uri, len(lines) - 1, 0)) == set(properties(kind)) - written
        for key in sorted(written):
            line = next(n for n, there in enumerate(lines) if there.startswith(f"{key}:"))
            says = _plain(description(kind, properties(kind)[key]))
            assert says or key in ("api_version", "kind"), f"{kind}.{key} has no docstring"
            assert says in _plain(opened.editor.hover(uri, line, 1)), key

    def test_a_first_scenario_is_understood(self, opened: Open, tmp_path: Path) -> None:
        path = _first_scenario(tmp_path)
        uri, lines = opened.document(path, path.read_text("utf-8") + f"{WRONG}: 5\n")
        (complaint,) = opened.editor.diagnostics(uri)
        assert complaint["message"] == f"Property {WRONG} is not allowed."
        assert "Which machines may be rented" in opened.editor.hover(uri, lines.index("hardware:"), 2)

    def test_what_the_server_tries_to_reach_is_noticed(self, tmp_path: Path) -> None:
        """The check at the end of `opened` can fail."""
        with editor(tmp_path, tmp_path / "tried") as client:
            named = "# yaml-language-server: $schema=http://127.0.0.1:9/schema.json\nkind: FineTune\n"
            client.diagnostics(client.open(tmp_path / "far.yaml", named))
        assert "127.0.0.1" in (tmp_path / "tried").read_text()


def _plain(text: str) -> str:
    """Text without what markdown needs to show it."""
    return re.sub(r"\s+", " ", re.sub(r"[\\`*&]|&[a-z]+;", "", text))


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))
    return found


def properties(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(kind)["properties"]
    return found


def description(kind: str, field: dict[str, Any]) -> str:
    """A field's own words, else those of the type that it refers to."""
    refers = field.get("$ref", "").rpartition("/")[2]
    return str(field.get("description") or (definition(kind, refers).get("description", "") if refers else ""))


def definition(kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(kind)["$defs"][name]
    return found


def test_the_server_is_pinned_with_hashes() -> None:
    lock = json.loads((ROOT / "tools" / "editor" / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((ROOT / "tools" / "editor" / "package.json").read_text("utf-8"))["dependencies"]
    packages = {name: found for name, found in lock["packages"].items() if name}
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(found["integrity"].startswith("sha512-") for found in packages.values())
    assert not [name for name, found in packages.items() if {"resolved", "funding"} & found.keys()], "no address"


def test_without_its_tools_the_test_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert missing() == "needs Node.js"
