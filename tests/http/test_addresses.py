"""Which addresses are used, and which are the same place."""

import pytest

from planner.http.addresses import AddressError, read_address


@pytest.mark.parametrize(
    "text",
    ["https://hooks.example/a/b?c=d", "https://hooks.example:8443/x", "http://localhost:99/x", "http://127.0.0.1/",
     "http://[::1]:80/"],
)  # fmt: skip
def test_addresses_that_are_used(text: str) -> None:
    assert read_address(text).url == text


@pytest.mark.parametrize(
    "text",
    ["", "hooks.example/x", "http://hooks.example/x", "http://localhost.evil.example/", "ftp://localhost/", "file:///etc",
     "https://", "https://user:secret-word@hooks.example/", "https://user@hooks.example/", "https://a b/", "https://a\n/",
     "https://a:99999/", "https://a:x/", "https://[/", "https://ä/", "https://a/>", "javascript:alert(1)"],
)  # fmt: skip
def test_addresses_that_are_not(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        read_address(text)
    assert "secret-word" not in str(caught.value)


def test_the_same_place_is_scheme_host_and_port() -> None:
    here = read_address("https://api.example/a/b")
    assert here.to("?page=2").url == "https://api.example/a/b?page=2"
    assert here.to("https://API.example:443/c").path == "/c"
    for elsewhere in (
        "https://api.example:444/",
        "http://api.example/",
        "//api.example.evil/",
        "https://evil/",
        "http://[",
    ):
        with pytest.raises(AddressError):
            here.to(elsewhere)
