"""The comment on a pull request: golden texts, cut to size, and nothing foreign that GitHub would act on."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.outcome import Check, Delta, Place, Revision, Total, Totals
from planner.report.changes.comment import LEAST, comment_body, difference_markdown
from planner.report.printing.github_markdown import code, inert, place, stamp, table
from tests.conftest import Golden
from tests.report import checks

CHECKS = {
    "nothing": checks.nothing,
    "one": checks.one_changed,
    "denied": checks.broken_budget,
    "hostile": checks.hostile,
    "unknown": checks.unknown,
}
ENTITY = re.compile(r"&#\d+;")


def plain(body: str) -> str:
    """The markdown with references resolved, for looking up words."""
    return ENTITY.sub(lambda match: chr(int(match[0][2:-1])), body).replace("\u200b", "")


@pytest.mark.parametrize("name", CHECKS)
def test_golden(name: str, golden: Golden) -> None:
    golden(f"report/comment-{name}.md", comment_body(CHECKS[name]()))


def test_golden_of_sixty_scenarios_cut_to_size(golden: Golden) -> None:
    body = comment_body(checks.many(60), 20_000)
    assert len(body.encode()) <= 20_000
    golden("report/comment-sixty.md", body)


def test_golden_of_a_difference_alone(golden: Golden) -> None:
    golden("report/difference.md", difference_markdown(checks.one_changed().difference))


def test_nothing_changed_is_one_line() -> None:
    body = comment_body(checks.nothing())
    assert body.startswith("Nothing changed: 12 scenarios are the same")
    assert body.count("\n") == 1


def test_nothing_changed_but_a_budget_denies_is_not_calm() -> None:
    quiet = checks.nothing()
    judged = checks.judgement(checks.verdict("deny", scenario="", subject="team ml-platform"), *checks.passing())
    body = comment_body(quiet.model_copy(update={"judgement": judged}))
    assert body.startswith("### No scenario changed, 1 policy denies\n")
    assert "max-job-cost" in body


def test_what_a_reviewer_needs_comes_in_order() -> None:
    body = comment_body(checks.broken_budget())
    parts = ["### 1 scenario changed", "touches what judges it", "❌ **Denied**", "⚠️ **Warned**", "**Excepted**",
             "✅ 3 rules pass.", "**Budgets**", "**Approvals**", "| scenario | cost now | change |", "<details>",
             "**What to do next**", "planner check --base 5f0c2a9d1b7e --head 9be1c0ffee21"]  # fmt: skip
    assert [body.index(part) for part in parts] == sorted(body.index(part) for part in parts)


def test_the_split_tells_planner_prices_and_scenario_apart() -> None:
    body = comment_body(checks.one_changed())
    for row in ("| planner | +$0.35 |", "| prices | +$1.12 |", "| scenario | +$26.58 |", "| **all** | **+$28.05** |"):
        assert row in body


def test_an_unknown_part_is_unknown_with_the_reason() -> None:
    body = comment_body(checks.unknown())
    assert "| planner | unknown | unknown | unknown | unknown |" in body
    assert "the base has no lock" in body
    assert body.startswith("### 4 scenarios changed, 1 added, 1 removed: unknown (3 scenarios of unknown cost), 1 ")
    assert "`planner lock scenarios/support-bot.yaml`" in body


def test_cuts_go_from_charts_to_sections_to_rows() -> None:
    check = checks.many(60)
    whole = comment_body(check, 1_000_000)
    no_charts, few, none, rows = (comment_body(check, limit) for limit in (130_000, 40_000, 3_500, 2_600))
    counts = [
        (b.count("```text"), b.count("<details>"), len(re.findall(r"^\| job-", b, re.M)))
        for b in (whole, no_charts, few, none, rows)
    ]
    assert counts[0] == (60, 60, 60)
    assert counts[1][0] < 60
    assert counts[1][1:] == (60, 60)
    assert counts[2][0] == 0
    assert 0 < counts[2][1] < 60
    assert counts[2][2] == 60
    assert counts[3][:2] == (0, 0)
    assert 0 < counts[4][2] < 60
    assert "left out" not in whole
    for body in (no_charts, few, none, rows):
        assert "see the job summary" in body
    assert "job-059" in few.split("<details>")[1]  # the largest change keeps its section


@pytest.mark.parametrize("limit", [2_000, 3_000, 5_000, 65_000])
def test_rules_that_deny_are_named_or_counted(limit: int) -> None:
    body = comment_body(checks.many(300, denied=300), limit)
    assert len(body.encode()) <= limit
    named = set(re.findall(r"limit-\d{3}", body.split("| scenario")[0]))
    left = re.search(r"(\d+) more denied rules?: see the job summary", body)
    assert named
    assert left is not None
    assert len(named) + int(left[1]) == 300


def test_less_room_than_any_comment_needs_is_refused() -> None:
    with pytest.raises(ValueError, match="room for 2,000 bytes, not 1,999"):
        comment_body(checks.nothing(), LEAST - 1)


def test_every_table_row_has_as_many_cells_as_its_head() -> None:
    for make in CHECKS.values():
        for found in re.findall(r"(?:^\|.*\n)+", comment_body(make()), flags=re.MULTILINE):
            assert len({line.count("|") for line in found.splitlines()}) == 1


def test_sections_are_closed_and_fences_too() -> None:
    for make in CHECKS.values():
        body = comment_body(make())
        assert body.count("<details>") == body.count("</details>")
        assert len(re.findall(r"^```", body, re.M)) % 2 == 0


def test_plans_alone_are_not_called_added() -> None:
    added = checks.changed_scenario().model_copy(
        update={"change": "added", "before": None, "delta": {"cost_usd": checks.moved(None, 95.0)}}
    )
    cost = Delta(before=None, after=95.0, planner=None, prices=None, scenario=None, total=None)
    alone = checks.difference(
        added,
        base=Revision(name=""),
        head=Revision(name="working tree"),
        totals=Totals(all=Total(scenarios=1, delta={"cost_usd": cost})),
    )
    body = comment_body(Check(difference=alone, judgement=checks.judgement(*checks.passing())))
    assert body.startswith("### 1 scenario: $95.00, policies pass\n")
    assert "without a base" in body
    assert "`planner check scenarios/support-bot.yaml`" in body


def test_only_what_moved_is_split() -> None:
    still = checks.changed_scenario().model_copy(
        update={"delta": {"cost_usd": checks.moved(4.0, 5.0), "hours": checks.moved(2.0, 2.0, 0.0, 0.0)}}
    )
    body = difference_markdown(checks.difference(still))
    assert "|  | cost |\n" in body
    assert "time: " not in body
    nothing = still.model_copy(update={"delta": {"cost_usd": checks.moved(4.0, 4.0, 0.0, 0.0)}})
    assert "Where the change comes from" not in difference_markdown(checks.difference(nothing))


def test_what_nobody_may_miss_stands_outside_the_sections() -> None:
    body = plain(difference_markdown(checks.difference(checks.infeasible(), checks.removed())))
    before = body[: body.index("<details>")]
    assert "**support-bot**: nothing is feasible any more" in before
    assert "raise constraints.max_cost from $1.00 to $2.06" in before
    assert "it is abstract: true now, so nothing judges it" in before
    assert "Look at these" not in difference_markdown(checks.one_changed().difference)


def test_words_lose_the_backticks_around_what_is_typed_and_names_keep_theirs() -> None:
    one = checks.locked(checks.changed_scenario(), "stale-scenario")
    one = one.model_copy(update={"name": "a`b", "notes": ["see `planner plan`"]})
    told = checks.verdict("deny", message="write `hardware.gpus`", fix="name it under `hardware.gpus`")
    body = comment_body(Check(difference=checks.difference(one), judgement=checks.judgement(told)))
    assert "Fix: name it under hardware.gpus" in body
    assert "renew it with planner lock --refresh" in body
    assert body.count("&#96;") == 2  # the name, in the table and over its section


def test_a_margin_is_explained_once_where_it_first_stands() -> None:
    body = comment_body(checks.many(3))
    assert body.count("Margin: how far") == 1
    assert body.index("Margin: how far") < body.index("</details>")
    assert "Margin:" not in difference_markdown(checks.difference(checks.infeasible()))


def test_who_rents_it_out_now_is_told_in_the_table_and_the_sentence() -> None:
    body = difference_markdown(checks.difference(checks.elsewhere()))
    assert "| support-bot<br><sub>other provider, now spot, other stack</sub> |" in body
    assert "but from gcp europe-north1, spot (nebius eu-north1, on demand before)" in body
    assert "| stack | hf-trainer | axolotl |" in body


def test_a_move_is_told_in_the_table_and_two_named_files_are_none() -> None:
    moved = checks.changed_scenario().model_copy(update={"path": "b/x.yaml", "moved_from": "a/x.yaml"})
    assert "<sub>moved from a/x.yaml</sub>" in difference_markdown(checks.difference(moved))
    files = {"base": Revision(name="/tmp/a/x.yaml"), "head": Revision(name="b/x.yaml")}
    assert "moved from" not in difference_markdown(checks.difference(moved, **files))
    folders = {"base": Revision(name="old"), "head": Revision(name="new")}
    assert "moved from" in difference_markdown(checks.difference(moved, **folders))


def test_a_base_named_by_its_hash_is_told_in_twelve_digits() -> None:
    commit = "5f0c2a9d1b7e4c3380aa1b2c3d4e5f6071829304"
    there = checks.difference(checks.changed_scenario(), base=Revision(name=commit, commit=commit))
    judged = checks.judgement(*checks.passing(), policies_from=f"{commit} ({commit[:12]})")
    told = plain(comment_body(Check(difference=there, judgement=judged)))
    assert commit[:13] not in told
    assert "<sub>`5f0c2a9d1b7e` against" in told
    assert "policies of 5f0c2a9d1b7e;" in told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](y) <b>", r"!&#91;x&#93;(y) &#60;b&#62;"),
        ("@acme/team", "@&#8203;acme/team"),
        ("acme/x#12 GH-7", "acme/x&#35;&#8203;12 GH-&#8203;7"),
        ("fix 5f0c2a9d1b", "fix 5f0c2a&#8203;9d1b"),
        ("a:100:b", "a:&#8203;100:b"),
        ("https://x.example www.x.example", "https:&#8203;//x.example www&#8203;.x.example"),
        ("$a$ costs $200", "<span>$</span>a<span>$</span> costs $200"),
        ("- a", "&#45; a"),
        ("12. a", "1&#50;. a"),
        ("snake_case _em_", "snake_case &#95;em&#95;"),
        ("a|b\n\n# c", "a&#124;b &#35; c"),
        ("\u202eevil\x1b[0m", "evil&#91;0m"),
    ],
)
def test_foreign_text_is_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_digests_of_a_footer_stand_as_they_are() -> None:
    told = "scenario 5f0c2a9d1b3e, catalog 2026-11-22 c0ffee123456, planner 0.9 @x <b>"
    assert stamp(told) == (
        "scenario `5f0c2a9d1b3e`, catalog 2026-11-22 `c0ffee123456`, planner 0.9 @&#8203;x &#60;b&#62;"
    )
    assert stamp("") == ""


def test_code_gives_up_its_style_rather_than_break() -> None:
    assert code("train.epochs") == "`train.epochs`"
    assert code("a`b") == "a&#96;b"
    assert code("@x") == "@&#8203;x"
    assert code("") == ""
    assert place(Place(file="a/b.yaml", line=3)) == "`a/b.yaml:3`"
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| :-- | --: |\n| 1 | 2 |"


WORDS = st.text(st.sampled_from("@#<>|`[]()!*_~\\$:/.-w a1fé日\u202e\n\t\"'&"), max_size=90) | st.sampled_from([
    "@team", "<script>alert(1)</script>", "```", "</details>", "a\n\n# b", "org/repo#1", "x" * 400,
])  # fmt: skip


@settings(max_examples=60)
@given(
    name=WORDS,
    text=WORDS,
    rules=st.lists(WORDS, max_size=40),
    scenarios=st.integers(0, 25),
    limit=st.sampled_from([2_000, 2_500, 4_000, 8_000, 16_000, 65_000]),
)
def test_always_short_inert_and_never_silent_on_denial(
    name: str, text: str, rules: list[str], scenarios: int, limit: int
) -> None:
    template = checks.changed_scenario()
    edits = [template.edits[0].model_copy(update={"key": text, "before": text, "place": Place(file=text, line=1)})]
    listed = [
        template.model_copy(update={"path": f"{name}{i}", "name": name, "sentence": text, "edits": edits})
        for i in range(scenarios)
    ]
    denied = [
        checks.verdict("deny", f"rule-{i}-{rule}", policy=name, message=text, fix=text, subject=text, exception=text)
        for i, rule in enumerate(rules)
    ]
    check = Check(
        difference=checks.difference(*listed, base=Revision(name=name), head=Revision(name=text), planner=text),
        judgement=checks.judgement(*denied),
    )
    body = comment_body(check, limit)
    assert len(body.encode()) <= limit
    assert not re.search(r"@[\w/]", body)
    outside = re.sub(r"`[^`\n]*`", "", body)  # GitHub leaves what stands in code style alone
    assert not re.search(r"(?<![\w&])#\d", outside)
    assert "<script" not in body.lower()
    assert set(re.findall(r"</?(\w+)", body)) <= {"details", "summary", "sub", "br", "span"}
    assert body.count("<details>") == body.count("</details>")
    named = {int(n) for n in re.findall(r"rule-(\d+)-", body.split("<details>")[0])}
    left = re.search(r"(\d+) (?:more )?denied rules?: see the job summary", body)
    assert len(named) + (int(left[1]) if left else 0) == len(denied)
