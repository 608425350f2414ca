"""Golden files: what `make` prints, and what the fixture says when a text is another one."""

import pytest

from tests.conftest import Golden
from tests.project.checkout import make


def test_what_make_prints(golden: Golden) -> None:
    golden("make.txt", make().stdout)


def test_another_text_is_shown_with_the_cure(golden: Golden, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        pytest.skip("would write this test's wrong text")
    with pytest.raises(pytest.fail.Exception, match=r"(?s)\+now something else.*make golden"):
        golden("make.txt", "now something else\n")
    with pytest.raises(pytest.fail.Exception, match="missing"):
        golden("no/such/file.txt", "")
