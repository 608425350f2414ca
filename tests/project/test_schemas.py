"""schemas/ is generated: what is committed is what the types give."""

from tests.project.checkout import ROOT, run, told


def test_committed_schemas_agree_with_the_types() -> None:
    result = run(["python", "tools/write_schemas.py", "--check"], ROOT)
    assert result.returncode == 0, f"{told(result)}\nrun `make schemas`"
