"""Price lists of your own, read as a mapping document says; nothing in it is run, and nothing outside is read."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.catalog.prices import listed_rows
from planner.catalog.prices.mapped import mapped_source
from planner.catalog.prices.source import Fetched
from planner.errors import InputError
from planner.http.failure import PermissionMissingError
from planner.source import InvalidInput
from tests.catalog.prices.source_asks import DAY, KEY, Throttled, ask_with, the_row, usd
from tests.http.servers import FakeTime, Reply, Server

COLUMNS = {
    "provider": {"constant": "crusoe"},
    "instance": {"column": "sku"},
    "gpu": {"column": "card"},
    "gpu_memory_gib": {"column": "vram_mb", "factor": 1 / 1024},
    "gpu_count": {"column": "cards"},
    "memory_gib": {"column": "ram_mb", "factor": 1 / 1024},
    "region": {"column": "where"},
    "price": {"column": "cents", "factor": 0.01},
    "spot_price": {"column": "spot_cents", "factor": 0.01},
    "as_of": {"column": "seen"},
}
CSV = """sku,card,vram_mb,cards,ram_mb,where,cents,spot_cents,seen
h100.8,H100 SXM,81920,8,1638400,us-east,2400,1200,2026-11-01
l40s.1,L40S,46068,1,,us-east,145,,2026-11-02T10:00:00Z
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a mapping document, with keys changed or, at None, left out."""
    (tmp_path / ".git").mkdir()

    def written(**changed: Any) -> Path:
        document = {
            "api_version": "planner/v1", "kind": "PriceMapping", "name": "crusoe-list", "file": "lists/crusoe.csv",
            "format": "csv", "columns": COLUMNS,
        } | changed  # fmt: skip
        path = tmp_path / "mapping.yaml"
        path.write_text(yaml.safe_dump({key: value for key, value in document.items() if value is not None}), "utf-8")
        return path

    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "crusoe.csv").write_text(CSV, "utf-8")
    return written


def fetched(path: Path, time: FakeTime | None = None, **environment: str) -> Fetched:
    return mapped_source(path, path.name).fetch(ask_with(environment, time))


def test_a_csv_file_is_read_with_its_factors(write: Write) -> None:
    source = mapped_source(write(), "mapping.yaml")
    assert (source.name, source.providers, source.variables, source.required) == ("crusoe-list", ("crusoe",), {}, ())
    found = source.fetch(ask_with({}))
    assert usd(found) == {
        ("h100.8", "us-east", "on_demand"): 24.0,
        ("h100.8", "us-east", "spot"): 12.0,
        ("l40s.1", "us-east", "on_demand"): 1.45,
    }
    row = the_row(found, "h100.8")
    assert (row.provider, row.gpu, row.gpu_count, row.memory_gib) == ("crusoe", "h100-sxm", 8, 1600)
    assert (row.as_of, row.market, row.confidence, row.source) == ("2026-11-01", "cloud", "medium", "crusoe-list")
    assert math.isnan(row.vcpus)
    assert math.isnan(the_row(found, "l40s.1").memory_gib)
    assert the_row(found, "l40s.1").as_of == "2026-11-02"


def test_prices_per_card_are_those_of_the_machine_after_all(write: Write) -> None:
    assert usd(fetched(write(per="gpu")))["h100.8", "us-east", "on_demand"] == 192.0


def test_another_currency_needs_its_rate_and_says_so(write: Write) -> None:
    found = fetched(write(currency={"code": "EUR", "usd_per_unit": 1.25, "as_of": "2026-11-01"}))
    assert usd(found)["h100.8", "us-east", "on_demand"] == 30.0
    assert the_row(found, "h100.8").source == "crusoe-list: EUR at 1.25 USD of 2026-11-01"


def test_json_is_read_from_where_the_keys_lead(write: Write, tmp_path: Path) -> None:
    nested = {
        "provider": {"column": "by"}, "instance": {"column": "@key"}, "gpu": {"column": "gpu.name"},
        "gpu_count": {"constant": 2}, "price": {"column": "usd"},
        "tier": {"column": "mode", "values": {"OnDemand": "on_demand", "Y1": "reserved_1y"}},
    }  # fmt: skip
    entries = {
        "big": {"by": "OCI", "gpu": {"name": "H100"}, "mode": "OnDemand", "usd": 20},
        "kept": {"by": "oci", "gpu": {"name": "H100"}, "mode": "Y1", "usd": "12.5"},
        "odd": {"by": "oci", "gpu": "H100", "mode": "OnDemand", "usd": 5},
    }
    (tmp_path / "list.json").write_text(json.dumps({"data": {"items": entries}}), "utf-8")
    path = write(file="list.json", format="json", rows=["data", "items"], columns=nested)
    assert mapped_source(path).providers == ()
    found = fetched(path)
    assert usd(found) == {("big", "any", "on_demand"): 20, ("kept", "any", "reserved_1y"): 12.5}
    assert {(row.provider, row.gpu_count, row.as_of) for row in found.rows} == {("oci", 2, DAY)}
    assert found.malformed == ("list.json[2]: gpu is missing",)


def test_malformed_rows_are_told_by_line(write: Write, tmp_path: Path) -> None:
    rows = [
        "a,H100 SXM,81920,8,1,r,,,2026-11-01", "b,H100 SXM,81920,8,1,r,free,,2026-11-01",
        "c,H100 SXM,81920,8,1,r,-5,,2026-11-01", "d,H100 SXM,81920,8,1,r,inf,,2026-11-01",
        "e,H100 SXM,81920,8,1,r,1e12,,2026-11-01", "f,H100 SXM,81920,0,1,r,5,,2026-11-01",
        "g,,81920,8,1,r,5,,2026-11-01", "h,H100 SXM,81920,8,1,r,5,-1,2026-11-01", "i,H100 SXM",
        "j,H100 SXM,81920,8,1,r,5,,yesterday", "k,H100 SXM,81920,8,1,r,5,,2027-01-01",
        "l,Wonder 1,81920,8,1,r,5,,2026-11-01", "m,H100 SXM,81920,8,1,r,5,0,2026-11-01",
    ]  # fmt: skip
    (tmp_path / "lists" / "crusoe.csv").write_text(CSV.partition("\n")[0] + "\n" + "\n".join(rows), "utf-8")
    found = fetched(write())
    assert [told.removeprefix("lists/crusoe.csv:") for told in found.malformed] == [
        "2: price is missing", "3: price 'free' is no number", "4: price is -0.05", "5: price is inf",
        "6: price 1e+10 is above 1,000,000 USD/h", "7: gpu_count is 0", "8: gpu is missing",
        "9: spot_price is -0.01", "10: is no row of this table", "11: as_of 'yesterday' is no day: YYYY-MM-DD",
        "12: as_of 2027-01-01 is after today",
    ]  # fmt: skip
    assert found.unknown == {"Wonder 1": 1}
    assert usd(found) == {("m", "r", "on_demand"): 0.05}


def test_a_price_that_is_given_twice_is_told_where_the_two_differ(write: Write, tmp_path: Path) -> None:
    same = CSV.splitlines()[2]
    (tmp_path / "lists" / "crusoe.csv").write_text(f"{CSV}{same}\n{same.replace('145', '99')}\n", "utf-8")
    found = fetched(write())
    assert usd(found)["l40s.1", "us-east", "on_demand"] == 1.45
    assert found.malformed == (
        "lists/crusoe.csv:5: crusoe l40s.1 us-east on_demand is given twice, 1.45 and 0.99 USD/h: the first stays",
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tier": {"constant": "weekly"}}, "tier 'weekly' is none of on_demand, spot"),
        ({"market": {"constant": "bazaar"}}, "market 'bazaar' is none of cloud, marketplace"),
        ({"confidence": {"constant": "sure"}}, "confidence 'sure' is none of high, medium, low"),
        ({"provider": {"constant": "Crusoe Cloud"}}, "provider 'crusoe cloud' is no id of a provider"),
        ({"tier": {"constant": "spot"}}, "spot_price beside a price that is spot already"),
    ],
)
def test_words_that_prices_do_not_have_are_told(write: Write, changed: dict[str, Any], told: str) -> None:
    found = fetched(write(columns=COLUMNS | changed))
    assert told in found.malformed[0]
    assert "h100.8" not in {row.instance for row in found.rows}


def test_an_address_is_asked_with_the_key_it_wants(write: Write, server: Server, time: FakeTime) -> None:
    server.answer = Throttled(CSV.encode())
    path = write(file=None, address=f"{server.url}/list.csv", token="PLANNER_PRICES_CRUSOE")
    assert mapped_source(path).required == ("PLANNER_PRICES_CRUSOE",)
    assert len(fetched(path, time, PLANNER_PRICES_CRUSOE=KEY).rows) == 3
    assert time.slept == [7.0]
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    server.answer = lambda _: Reply(401)
    with pytest.raises(PermissionMissingError, match="does not accept the key in PLANNER_PRICES_CRUSOE"):
        fetched(path, PLANNER_PRICES_CRUSOE=KEY)
    with pytest.raises(InputError, match="PLANNER_PRICES_CRUSOE is not set"):
        fetched(path)


def test_no_mapping_sends_a_key_of_something_else(write: Write) -> None:
    path = write(file=None, address="https://example.org/list.csv", token="AWS_SECRET_ACCESS_KEY")
    with pytest.raises(InvalidInput, match="at token"):
        mapped_source(path)


def test_an_address_is_https_or_on_this_machine(write: Write) -> None:
    with pytest.raises(InputError, match=r"mapping.yaml: address holds an http address"):
        fetched(write(file=None, address="http://example.org/list.csv"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"address": "https://example.org"}, "give either a file or an address"),
        ({"file": None}, "give either a file or an address"),
        ({"rows": ["data"]}, "rows is a path of keys in JSON"),
        ({"token": "PLANNER_PRICES_X"}, "a token goes to an address"),
        ({"format": "xml"}, "at format"),
        ({"currency": {"code": "EUR"}}, "usd_per_unit"),
        ({"currency": {"code": "USD", "usd_per_unit": 2, "as_of": DAY}}, "a USD is 1 USD, not 2"),
        ({"currency": {"code": "EUR", "usd_per_unit": -1, "as_of": DAY}}, "at currency.usd_per_unit"),
        ({"columns": {**COLUMNS, "price": {"column": "cents", "factor": 0}}}, "at columns.price.factor"),
        ({"columns": {**COLUMNS, "price": {"column": "cents", "code": "x*2"}}}, "at columns.price"),
        ({"columns": {**COLUMNS, "price": "cents"}}, "at columns.price"),
        ({"columns": {key: cell for key, cell in COLUMNS.items() if key != "gpu"}}, "gpu"),
        ({"columnz": {}}, "did you mean 'columns'"),
        ({"kind": "Mapping"}, "at kind"),
    ],
)
def test_a_document_that_is_wrong_is_told_with_its_place(write: Write, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        mapped_source(write(**changed), "mapping.yaml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("mapping.yaml:")


@pytest.mark.parametrize("written", ["../secret.csv", "/etc/passwd", "lists/../../secret.csv", "link.csv"])
def test_no_file_outside_the_repository_is_read(write: Write, tmp_path: Path, written: str) -> None:
    (tmp_path.parent / "secret.csv").write_text(CSV, "utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path.parent / "secret.csv")
    with pytest.raises(InputError, match="lies outside the repository"):
        fetched(write(file=written))


def test_a_list_of_another_shape_is_an_error(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, listed = write(), tmp_path / "lists" / "crusoe.csv"
    listed.write_text("sku,card\nx,y\n", "utf-8")
    with pytest.raises(InputError, match=r"crusoe.csv:1: no column 'vram_mb', 'cards'.*; it has 'sku', 'card'"):
        fetched(path)
    listed.write_text(CSV.replace("seen", "sku", 1), "utf-8")
    with pytest.raises(InputError, match="no column 'seen'"):
        fetched(path)
    listed.write_text(CSV.replace("ram_mb,where", "where,where", 1), "utf-8")
    with pytest.raises(InputError, match="column"):
        fetched(path)
    listed.write_bytes(CSV.encode() + b"\xff")
    with pytest.raises(InputError, match=r"crusoe.csv:4: is no UTF-8"):
        fetched(path)
    listed.write_text(CSV + '"' + "x" * 200_000, "utf-8")
    with pytest.raises(InputError, match=r"crusoe.csv:4: is no line of a table|a cell is longer"):
        fetched(path)
    monkeypatch.setattr(listed_rows, "MOST_ROWS", 1)
    listed.write_text(CSV, "utf-8")
    with pytest.raises(InputError, match="more than 1 rows"):
        fetched(path)
    monkeypatch.setattr(listed_rows, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="is larger than"):
        fetched(path)
    listed.unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        fetched(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"data": [{"sku"', r"list.json:1:17: is no JSON"),
        (b"[" * 100_000, "is no JSON, or breaks off"),
        (b'{"data": 3}', "data is no list"),
        (b'{"rows": []}', "no 'data' in it"),
        (b"[]", "no 'data' in it"),
    ],
)
def test_json_of_another_shape_is_an_error(write: Write, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "list.json").write_bytes(content)
    with pytest.raises(InputError, match=told):
        fetched(write(file="list.json", format="json", rows=["data"]))


def test_entries_that_are_none_are_told(write: Write, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('[1, null, "x", []]', "utf-8")
    found = fetched(write(file="list.json", format="json"))
    assert found.malformed == tuple(f"list.json[{n}]: is no row of this table" for n in range(4))
