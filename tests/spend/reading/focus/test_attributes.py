"""What charges are told apart by: tags, columns, cards, units, meters, providers; of every version."""

from pathlib import Path

import duckdb
import pytest

from planner.scenario.spend_rules import Told
from planner.spend.reading.focus.columns import Header
from planner.spend.reading.focus.meters import Unit, meter_of, unit_of
from tests.spend.reading.focus.bills import charge, got, write


def test_dimensions_come_from_the_first_tag_or_column_that_is_there(tmp_path: Path) -> None:
    rows = [
        charge(ResourceId="a", Tags='{"Squad": "Research", "TEAM": "product", "run_id": "r1", "Scenario": "s1"}'),
        charge(ResourceId="b", Tags='{"user:team": "rsch-7", "x": null, "y": {"z": 1}}', SubAccountName="ignored"),
        charge(ResourceId="c", Tags='{"other": true}', SubAccountName=" Platform "),
        charge(ResourceId="d", Tags="not json", SkuPriceDetails='{"ModelId": "llama-3"}'),
        charge(ResourceId="e", Tags='["team"]', x_cost_centre="cc\t1"),
        charge(ResourceId="f", Tags='{"model": "qwen", "team": "100%_x"}', SkuPriceDetails='{"ModelId": "llama-3"}'),
    ]
    told = {
        "team": Told(
            tags=["squad", "team"], columns=["subaccountname"], same={"research": ["rsch-*"], "pc": ["100%_?"]}
        ),
        "cost_centre": Told(),
        "tenant": Told(columns=["Tenant"]),
    }  # fmt: skip
    columns = [*charge(), "ResourceId", "Tags", "SubAccountName", "SkuPriceDetails", "x_cost_centre"]
    with got(write(tmp_path / "bill.csv", rows, columns), told=told) as found:
        assert found.cells("resource, team, model, cost_centre, run, scenario") == [
            ("a", "research", "", "", "r1", "s1"),
            ("b", "research", "", "", "", ""),
            ("c", "Platform", "", "", "", ""),
            ("d", "", "llama-3", "", "", ""),
            ("e", "", "", "cc 1", "", ""),
            ("f", "pc", "qwen", "", "", ""),
        ]
        assert found.read.notes[-3:] == [
            "no file has a column Tenant, which should tell the tenant",
            "no row tells the tenant: none has a column Tenant",
            "tags that are no JSON object count as none: 2 rows",
        ]


def test_tags_of_parquet_may_be_a_map_a_struct_or_a_list_of_pairs(tmp_path: Path) -> None:
    csv = write(tmp_path / "bill.csv", [charge()])
    forms = {
        "map": "MAP {'team': 'a', 'n': NULL}",
        "struct": "{'team': 'a', 'n': NULL}",
        "pairs": "[{'key': 'team', 'value': 'a'}]",
        "json": """'{"team": "a"}'::JSON""",
    }
    files = [tmp_path / f"{form}.parquet" for form in forms]
    for file, tags in zip(files, forms.values(), strict=True):
        duckdb.connect().execute(
            f"COPY (SELECT * EXCLUDE (Tags, ResourceName), {tags} AS tags, '{file.stem}' AS ResourceName "
            f"FROM '{csv}') TO '{file}'"
        )
    with got(*files) as found:
        assert found.cells("resource_name, team") == [(form, "a") for form in sorted(forms)]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (['{"Team": "a", "env": "dev"}', '{"team": "b"}'], "; tags there are: 'team', 'env'"),
        ([f'{{"k{n}": "v"}}' for n in range(9)], f"; tags there are: {', '.join(repr(f'k{n}') for n in range(8))}, …"),
        (["", "{}"], "; no row has a tag"),
    ],
)
def test_where_no_row_has_the_tag_those_there_are_are_named(tmp_path: Path, tags: list[str], said: str) -> None:
    rows = [charge(ResourceId=str(place), Tags=tag) for place, tag in enumerate(tags)]
    told = {"team": Told(tags=["squad"])}
    with got(write(tmp_path / "bill.csv", rows, [*charge(), "ResourceId", "Tags"]), told=told) as found:
        assert f"no row tells the team: none has a tag squad{said}" in found.read.notes


def test_azure_s_bills_of_1_0_with_types_of_accounts_are_of_1_0() -> None:
    assert Header([*charge(), "BillingAccountType", "SubAccountType", "x_PricingCurrency"], {}).version() == "1.0"


def test_cards_and_gpu_hours_come_from_names_instance_types_and_descriptions(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, str], str, float | None]] = [
        ({"SkuPriceDetails": '{"InstanceType": "p5.48xlarge"}', "ConsumedQuantity": "2"}, "h100-sxm", 16.0),
        ({"SkuPriceDetails": '{"InstanceType": "p5.48xlarge", "GpuCount": 4}'}, "h100-sxm", 4.0),
        ({"SkuPriceDetails": '{"InstanceType": "ND96isr_H100_v5"}', "ProviderName": "Microsoft"}, "h100-sxm", 8.0),
        ({"x_InstanceType": "ml.g5.12xlarge"}, "a10g", 4.0),
        ({"x_UsageType": "EUC1-BoxUsage:p4d.24xlarge"}, "a100-40gb-sxm", 8.0),
        ({"x_UsageType": "SpotUsage:p5.48xlarge"}, "h100-sxm", 8.0),
        ({"x_UsageType": "USE1-Train:ml.g5.12xlarge"}, "a10g", 4.0),
        ({"x_UsageType": "EUC1-EBSOptimized:p4d.24xlarge"}, "", None),
        ({"ResourceType": "g5.12xlarge", "ConsumedQuantity": "90", "ConsumedUnit": "Minutes"}, "a10g", 6.0),
        ({"ChargeDescription": "$98.32 per On Demand Linux p5.48xlarge Instance Hour"}, "h100-sxm", 8.0),
        ({"ChargeDescription": "Nvidia L4 GPU running in Iowa", "ConsumedQuantity": "7200", "ConsumedUnit": "seconds"},
         "l4", 2.0),
        ({"x_GpuModel": "H100 SXM", "x_GpuCount": "2"}, "h100-sxm", 2.0),
        ({"x_GpuModel": "NVIDIA L40S", "ConsumedUnit": "GPU-Hours", "ConsumedQuantity": "3"}, "l40s", 3.0),
        ({"x_GpuModel": "NVIDIA L40S"}, "l40s", None),
        ({"SkuPriceDetails": '{"InstanceType": "p5.48xlarge"}', "ConsumedUnit": "GB"}, "h100-sxm", None),
        ({"SkuPriceDetails": '{"InstanceType": "p5.48xlarge"}', "ConsumedQuantity": "", "PricingQuantity": "1",
          "PricingUnit": "Hrs"}, "h100-sxm", 8.0),
        ({"SkuPriceDetails": '{"InstanceType": "p5.48xlarge"}', "CommitmentDiscountStatus": "unused"}, "h100-sxm",
         None),
        ({"SkuPriceDetails": '{"InstanceType": "m5.xlarge"}'}, "", None),
        ({"x_GpuModel": "Imaginary 9000", "x_GpuCount": "2"}, "", None),
    ]  # fmt: skip
    columns = [*charge(), "ResourceId", *dict.fromkeys(name for case, *_ in cases for name in case)]
    rows = [charge(ResourceId=f"{place:02d}", **case) for place, (case, *_) in enumerate(cases)]
    with got(write(tmp_path / "bill.csv", rows, list(dict.fromkeys(columns)))) as found:
        assert found.cells("resource, gpu, gpu_hours") == [
            (f"{place:02d}", gpu, hours) for place, (_, gpu, hours) in enumerate(cases)
        ]
        hourly = found.store.rows("SELECT resource, gpu_hours FROM gpu_hourly ORDER BY resource")
        assert hourly == [(f"{place:02d}", hours) for place, (*_, hours) in enumerate(cases) if hours is not None]


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Hours", Unit("hours", 1.0, "machine")),
        ("1 Hour", Unit("hours", 1.0, "machine")),
        ("100 Hrs", Unit("hours", 100.0, "machine")),
        ("seconds", Unit("hours", 1 / 3600, "machine")),
        ("GPU-Minutes", Unit("hours", 1 / 60, "gpu")),
        ("Tokens", Unit("tokens")),
        ("1000000 Tokens", Unit("tokens", 1e6)),
        ("1K tokens", Unit("tokens", 1e3)),
        ("1,000 Tokens", Unit("tokens", 1e3)),
        ("Million tokens", Unit("tokens", 1e6)),
        ("10K Requests", Unit("requests", 1e4)),
        ("vCPU-Hours", Unit("vcpu-hours")),
        ("GB-Mo", Unit("gb-mo")),
        ("", Unit("")),
        ("...", Unit("...")),
        ("1000000 billion tokens", Unit("1000000 billion tokens")),
        ("0 hours", Unit("0 hours")),
    ],
)
def test_units_are_called_alike(written: str, unit: Unit) -> None:
    assert unit_of(written) == unit


@pytest.mark.parametrize(
    ("told", "meter"),
    [
        (("Input Tokens", "tokens", "AI and Machine Learning", ""), "input tokens"),
        (("Cached input tokens", "tokens", "", ""), "cached tokens"),
        (("Completion", "tokens", "", ""), "output tokens"),
        (("", "tokens", "", "Prompt tokens for a model"), "input tokens"),
        (("", "tokens", "", ""), "tokens"),
        (("", "gb", "Networking", "$0.09 per GB - data transfer out"), "egress"),
        (("Timed Storage", "gb-mo", "Storage", ""), "storage"),
        (("Input files", "requests", "", ""), "input files"),
        (("BoxUsage", "hours", "Compute", ""), "boxusage"),
    ],
)
def test_meters_are_called_alike(told: tuple[str, str, str, str], meter: str) -> None:
    assert meter_of(*told) == meter


def test_quantities_are_in_the_unit_that_is_named(tmp_path: Path) -> None:
    tokens = {"SkuMeter": "Output Tokens", "PricingUnit": "1000000 Tokens", "PricingQuantity": "2.5"}
    rows = [
        charge(ResourceId="a", **tokens | {"ConsumedQuantity": "2500000", "ConsumedUnit": "Tokens"}),
        charge(ResourceId="b", **tokens | {"ConsumedQuantity": "", "ConsumedUnit": ""}),
        charge(ResourceId="c", ConsumedQuantity="", ConsumedUnit="", ListCost="3"),
    ]
    with got(write(tmp_path / "bill.csv", rows, [*charge(), "ResourceId", "ListCost", *tokens])) as found:
        assert found.cells("resource, meter, unit, quantity, list_usd::DOUBLE") == [
            ("a", "output tokens", "tokens", 2.5e6, None),
            ("b", "output tokens", "tokens", 2.5e6, None),
            ("c", "", "", None, 3.0),
        ]


def test_versions_are_told_by_their_columns_and_1_3_s_names_are_read(tmp_path: Path) -> None:
    columns = [name for name in charge() if name != "ProviderName"]
    versions = {"Tags": "1.0", "skumeter": "1.1", "InvoiceId": "1.2", "HostProviderName": "1.3"}
    assert {name: Header([*charge(), name], {}).version() for name in versions} == versions
    new = [*(name.upper() for name in columns), "ServiceProviderName", "HostProviderName"]
    row = {name.upper(): value for name, value in charge().items()}
    row |= {"ServiceProviderName": "Amazon Web Services, Inc.", "HostProviderName": "Somebody"}
    rows = [row, row | {"ServiceProviderName": "RunPod"}, row | {"ServiceProviderName": "O'Cloud"}]
    with got(write(tmp_path / "bill.csv", rows, new)) as found:
        assert (found.read.version, found.cells("provider")) == ("1.3", [("O'Cloud",), ("aws",), ("runpod",)])


def test_columns_of_another_name_are_read_as_what_they_are_meant_for(tmp_path: Path) -> None:
    columns = ["Cost (net)" if name == "EffectiveCost" else name for name in charge()]
    row = charge() | {"Cost (net)": "1.25"}
    with got(write(tmp_path / "bill.csv", [row], columns), columns={"EffectiveCost": "cost (NET)"}) as found:
        assert found.cells("billed_usd::DOUBLE, effective_usd::DOUBLE") == [(1.5, 1.25)]
