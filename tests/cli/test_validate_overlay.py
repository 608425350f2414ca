"""`planner validate` on a catalog overlay: checked as what it is, alone or in a folder, warnings at their place."""

from pathlib import Path

from planner.errors import ExitCode
from tests.cli.calls import SMALL, run

OVERLAY = """\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: acme}
discounts:
  - {provider: aws, percent: 12, until: 2026-06-30}
"""


def test_a_whole_one_is_another_document(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(OVERLAY)
    (tmp_path / "small.yaml").write_text(f"{SMALL}overlays: [acme.yaml]\n")
    done = run("validate", tmp_path, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == "1 scenario and 1 other document valid\n"
    assert "acme.yaml:5:41: warning: overlay acme: the discount at aws ended on 2026-06-30" in done.stderr


def test_a_broken_one_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(OVERLAY.replace("aws", "awz"))
    done = run("validate", "acme.yaml", cwd=tmp_path)
    assert done.returncode == ExitCode.BAD_INPUT
    assert "acme.yaml:5:16: unknown provider 'awz'" in done.stderr
    assert "did you mean 'aws'?" in done.stderr


def test_what_is_written_from_the_head_is_told_how_to_write(tmp_path: Path) -> None:
    """Slips of a first overlay: each with what to write instead, or what there is."""
    (tmp_path / "first.yaml").write_text("""\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: first}
gpus:
  - {id: ours, like: l4, memory: 96}
offers:
  - {provider: aws, instance: p5.48xlarge, gpu: h100, gpu_count: 8, price: $28, as_of: 2026-11-01}
discounts:
  - {provider: aws, discount: 5, percent: 18 %}
""")
    done = run("validate", "first.yaml", cwd=tmp_path)
    assert done.returncode == ExitCode.BAD_INPUT
    assert "first.yaml:5:26: unknown key 'memory'" in done.stderr
    assert "allowed here: mem_bw_gb_s, mem_gib, " in done.stderr
    assert "hint: write 18\n" in done.stderr
    assert "'discounts', at the top level" not in done.stderr
    assert "allowed here: from, gpus, instances, off, percent, " in done.stderr


def test_what_nobody_lists_is_told_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "second.yaml").write_text("""\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: second}
offers:
  - {provider: lambda, instance: gpu_1x_h100, price: $2.10, as_of: 2026-11-01}
  - {provider: aws, instance: p5.48, price: $28, as_of: 2026-11-01}
  - {provider: acme, instance: n, price: $28, as_of: 2026-11-01}
discounts:
  - {provider: aws, percent: 0.18}
""")
    done = run("validate", "second.yaml", cwd=tmp_path)
    assert done.returncode == ExitCode.BAD_INPUT
    for said in (
        "hint: there are gpu_1x_h100_pcie, gpu_1x_h100_sxm5\n",
        "hint: did you mean 'p5.48xlarge'?\n",
        "hint: see `planner list providers`, or add it under providers\n",
        "second.yaml:9:30: warning: overlay second: 0.18 is less than one percent; write 18 for 18 %",
    ):
        assert said in done.stderr


def test_a_machine_of_ones_own_is_told_apart_from_a_rate(tmp_path: Path) -> None:
    (tmp_path / "third.yaml").write_text("""\
api_version: planner/v1
kind: CatalogOverlay
metadata: {name: third}
offers:
  - {provider: aws, instance: p5.48xlarge, gpu: h100-sxm, gpu_count: 8, price: $28, as_of: 2026-11-01}
""")
    done = run("validate", "third.yaml", cwd=tmp_path)
    assert done.returncode == ExitCode.BAD_INPUT
    assert "leave it out for a fixed rate of a listed machine" in done.stderr
