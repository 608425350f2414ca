"""SkyPilot's catalog files: rows as they stand in catalogs/v8, with every known trap."""

import math
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.catalog.prices.skypilot import SkyPilotPrices
from planner.catalog.prices.source import Fetched
from planner.errors import InputError
from planner.http.failure import NoAnswerError, RefusedError
from tests.catalog.prices.source_asks import DAY, Throttled, ask_with, the_row, usd
from tests.http.servers import FakeTime, Reply, Request, Server

HEAD = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone"
INFO = "\"{'Gpus': [{'Name': '%s', 'Manufacturer': 'NVIDIA', 'Count': %s, 'MemoryInfo': {'SizeInMiB': %s}}]}\""
H100 = INFO % ("H100", 8, 81920)
ANY = f"gpu-h100-sxm_8gpu-128vcpu-1600gb,H100,8,128,1600,{H100},23.6,10,eu-north1,"


def fetched(server: Server, clouds: str, time: FakeTime | None = None) -> Fetched:
    return SkyPilotPrices().fetch(
        ask_with({"PLANNER_SKYPILOT_URL": server.url, "PLANNER_SKYPILOT_CLOUDS": clouds}, time)
    )


def serve(server: Server, **files: str) -> None:
    def answer(request: Request) -> Reply:
        cloud = request.path.strip("/").partition("/")[0]
        return Reply(content=f"{HEAD}\n{files[cloud]}\n".encode()) if cloud in files else Reply(404)

    server.answer = answer


def test_a_row_becomes_a_price_on_demand_and_a_spot_price(server: Server) -> None:
    serve(server, nebius=ANY)
    found = fetched(server, "nebius")
    assert server.calls == [("GET", "/nebius/vms.csv", None)]
    name = "gpu-h100-sxm_8gpu-128vcpu-1600gb"
    assert usd(found) == {(name, "eu-north1", "on_demand"): 23.6, (name, "eu-north1", "spot"): 10}
    row = the_row(found, name)
    assert (row.provider, row.gpu, row.gpu_count, row.vcpus, row.memory_gib) == ("nebius", "h100-sxm", 8, 128, 1600)
    assert (row.market, row.as_of, row.confidence, row.source) == ("cloud", DAY, "medium", "skypilot")


def test_zones_become_regions_at_the_cheapest(server: Server) -> None:
    zones = [("a", 30.1, 9.1), ("b", 30.0, 9.3), ("c", 30.2, "")]
    rows = [
        f"p4d.24xlarge,A100,8,96,1152,{INFO % ('A100', 8, 40960)},{p},{s},us-east-1,us-east-1{z}" for z, p, s in zones
    ]
    serve(server, aws="\n".join(rows))
    found = fetched(server, "aws")
    assert usd(found) == {
        ("p4d.24xlarge", "us-east-1", "on_demand"): 30.0,
        ("p4d.24xlarge", "us-east-1", "spot"): 9.1,
    }
    assert the_row(found, "p4d.24xlarge").gpu == "a100-40gb-sxm"
    assert the_row(found, "p4d.24xlarge").source == "skypilot: cheapest zone"


def test_vast_tells_the_memory_of_all_cards_and_a_place(server: Server) -> None:
    place = '"Slovenia, SI, EU"'
    rows = [
        f"2x-A100_SXM4-32-65536,A100,2,32,64,{INFO % ('A100', 2, 81920)},1.49,0.00,{place},",
        f"1x-A100_PCIE-32-65536,A100,1,32,64,{INFO % ('A100', 1, 81920)},0.87,0.00,{place},",
        f"2x-H100_NVL-32-65536,H100,2,32,64,{INFO % ('H100', 2, 191660)},4.53,0.00,{place},",
        f"1x-RTX_4090-32-65536,RTX4090,1,32,64,{INFO % ('RTX4090', 1, 49140)},0.40,0.00,{place},",
    ]
    serve(server, vast="\n".join(rows))
    found = fetched(server, "vast")
    assert {(row.gpu, row.gpu_count, row.region, row.tier) for row in found.rows} == {
        ("a100-40gb-sxm", 2, "SI", "on_demand"),
        ("a100-80gb-pcie", 1, "SI", "on_demand"),
        ("h100-nvl", 2, "SI", "on_demand"),
    }
    assert {row.market for row in found.rows} == {"marketplace"}
    assert found.unknown == {"RTX4090": 1}  # 48 GB: a card that was altered


def test_runpod_tells_memory_in_gb_and_repeats_its_price_as_spot(server: Server) -> None:
    info = INFO % ("A100 PCIe", 2, 80)
    serve(server, runpod=f"2x_A100-80GB_SECURE,A100-80GB,2.0,16.0,234.0,{info},2.78,2.78,IN,AP-IN-1")
    found = fetched(server, "runpod")
    assert usd(found) == {("2x_A100-80GB_SECURE", "IN", "on_demand"): 2.78}
    assert found.rows[0].gpu == "a100-80gb-pcie"


def test_the_form_stands_in_the_card_the_instance_or_nowhere(server: Server) -> None:
    serve(
        server,
        hyperstack=f"n3-H100x8,H100-80G-PCIe,8,252,1440,{H100},15.2,,CANADA-1,\n"
        f"n3-H100x8-NVLink,H100-80G-PCIe-NVLink,8,252,1440,{H100},15.6,,CANADA-1,\n"
        f"n3-H100-SXM5x8,H100-80G-SXM5,8,192,1800,{H100},19.2,,CANADA-1,",
        cudo=f"intel-ice-lake-a100-pci_1x2v4gb,A100,1.0,2,4,{INFO % ('A100', 1, 81920)},1.37,,us-carlsbad-1,\n"
        f"intel-broadwell-v100_1x2v4gb,V100,1.0,2,4,{INFO % ('V100', 1, 16384)},0.21,,us-newyork-1,",
        verda=f"1V100.6V,V100,1.0,6,23,{INFO % ('V100', 1, 16384)},0.1381,,FIN-01,",
    )
    found = fetched(server, "hyperstack,cudo,verda")
    assert {row.instance: row.gpu for row in found.rows} == {
        "n3-H100x8": "h100-pcie",
        "n3-H100x8-NVLink": "h100-pcie",
        "n3-H100-SXM5x8": "h100-sxm",
        "intel-ice-lake-a100-pci_1x2v4gb": "a100-80gb-pcie",
        "intel-broadwell-v100_1x2v4gb": "v100-16gb-pcie",
        "1V100.6V": "v100-16gb-sxm",
    }


def test_details_may_be_json_and_a_cloud_may_have_one_region(server: Server) -> None:
    json_info = (INFO % ("A100", 1, 40960)).strip('"').replace("'", '""')
    serve(
        server,
        verda=f'1A100.22V,A100,1.0,22.0,120.0,"{json_info}",1.29,0.4515,FIN-01,',
        hyperbolic=f"1x-H100-75-722,H100,1,75,722,{INFO % ('NVIDIA-H100-80GB-HBM3', 1, 81559)},1.29,,default,",
    )
    found = fetched(server, "verda,hyperbolic")
    assert {(row.provider, row.gpu, row.region) for row in found.rows} == {
        ("verda", "a100-40gb-sxm", "FIN-01"),
        ("hyperbolic", "h100-sxm", "any"),
    }


def test_gcp_hosts_and_cards_priced_apart_are_left_out_and_told(server: Server) -> None:
    rows = [
        "a2-highgpu-1g,,,12,85,,0.73948,0.36975,us-central1,us-central1-a",
        f",A100,1,,,{INFO % ('A100', 1, 40960)},2.93,1.5,us-central1,us-central1-a",
        "TPU-VM,tpu-v2-8,1,96,334,tpu-v2-8,4.5,1.35,us-central1,us-central1-b",
        "TPU-VM,tpu-v5litepod-8,1,,,tpu-v5litepod-8,9.6,,us-central1,us-central1-a",
        "TPU-VM,tpu-v6e-256,1,,,tpu-v6e-256,700.0,,us-central1,us-central1-a",
        "TPU-VM,tpu-v9x-8,1,,,tpu-v9x-8,5,,us-central1,us-central1-a",
    ]
    serve(server, gcp="\n".join(rows))
    found = fetched(server, "gcp")
    assert {(row.instance, row.gpu, row.gpu_count, row.usd_per_hour) for row in found.rows} == {
        ("tpu-v2-8", "tpu-v2", 4, 4.5),
        ("tpu-v2-8", "tpu-v2", 4, 1.35),
        ("tpu-v5litepod-8", "tpu-v5e", 8, 9.6),
    }
    assert found.malformed == (
        "gcp: a price of 700 stands for none (1 of its rows)",
        "gcp: hosts and cards priced apart are left out; the source gcp asks for whole machines (2 of its rows)",
    )
    assert found.unknown == {"tpu-v9x": 1}


def test_a_price_of_zero_stands_for_none(server: Server) -> None:
    rows = [f"a,H100,8,1,1,{H100},0.0,,r,", f"b,H100,8,1,1,{H100},0.0,9.5,r,", f"c,H100,8,1,1,{H100},,9.0,r,"]
    serve(server, nebius="\n".join(rows))
    found = fetched(server, "nebius")
    assert usd(found) == {("b", "r", "spot"): 9.5, ("c", "r", "spot"): 9.0}
    assert found.malformed == ("nebius: a price of 0 stands for none (1 of its rows)",)


def test_malformed_rows_are_told_by_line_and_machines_without_cards_are_none(server: Server) -> None:
    rows = [
        "cpu_4x_general,,,4,16,,0.2,,r,",
        f"a,H100,8,1,1,{H100},-1,,r,",
        f"b,H100,8,1,1,{H100},cheap,,r,",
        f"c,H100,8,1,1,{H100},nan,,r,",
        f"d,H100,8,1,1,{H100},2000000,,r,",
        f"e,H100,0,1,1,{H100},5,,r,",
        f"f,H100,8,1,1,{H100},5,,,",
        f",H100,8,1,1,{H100},5,,r,",
        f"h,H100,8,1,1,{H100},,,r,",
        "i,H100,8",
        f"j,H100,8,x,,{H100},5,,r,",
        f"k,RTX3080,8,1,1,{INFO % ('RTX3080', 8, 10240)},5,,r,",
    ]
    serve(server, nebius="\n".join(rows))
    found = fetched(server, "nebius")
    assert found.malformed == (
        "nebius/vms.csv:3 (a): Price is -1",
        "nebius/vms.csv:4 (b): Price 'cheap' is no number",
        "nebius/vms.csv:5 (c): Price is nan",
        "nebius/vms.csv:6 (d): Price 2e+06 is above 1,000,000 USD/h",
        "nebius/vms.csv:7 (e): AcceleratorCount is 0",
        "nebius/vms.csv:8 (f): Region is missing",
        "nebius/vms.csv:9 (H100): InstanceType is missing",
        "nebius/vms.csv:10 (h): Price is missing",
        "nebius/vms.csv:11: has another number of cells than there are columns",
    )
    assert found.unknown == {"RTX3080": 1}
    assert math.isnan(the_row(found, "j").vcpus)
    assert math.isnan(the_row(found, "j").memory_gib)


def test_one_cloud_that_fails_keeps_the_others(server: Server) -> None:
    serve(server, nebius=ANY)
    found = fetched(server, "verda, nebius")
    assert {row.provider for row in found.rows} == {"nebius"}
    assert found.malformed == ("verda: 127.0.0.1 refuses the request (404)",)
    with pytest.raises(RefusedError, match="404"):
        fetched(server, "verda,cudo")


def test_a_host_that_does_not_answer_is_asked_for_one_cloud_only(server: Server, time: FakeTime) -> None:
    gone = ask_with({"PLANNER_SKYPILOT_URL": "http://127.0.0.1:1", "PLANNER_SKYPILOT_CLOUDS": "aws,nebius,verda"}, time)
    with pytest.raises(NoAnswerError):
        SkyPilotPrices().fetch(gone)
    once = len(time.slept)
    assert once > 0
    with pytest.raises(NoAnswerError):
        SkyPilotPrices().fetch(replace(gone, environment={**gone.environment, "PLANNER_SKYPILOT_CLOUDS": "aws"}))
    assert len(time.slept) == 2 * once


def test_half_a_file_is_no_file(server: Server) -> None:
    serve(server, nebius=ANY, verda=f'{ANY}\n"{"x" * 200_000}"')
    found = fetched(server, "nebius,verda")
    assert {row.provider for row in found.rows} == {"nebius"}
    assert len(found.malformed) == 1
    assert found.malformed[0].startswith("verda: verda/vms.csv:3: ")


def test_a_file_of_another_format_is_an_error(server: Server) -> None:
    server.answer = lambda _: Reply(content=b"<html>Not found</html>\n")
    with pytest.raises(InputError, match=r"nebius/vms.csv:1: no column 'InstanceType', 'AcceleratorName'"):
        fetched(server, "nebius")
    server.answer = lambda _: Reply(content=f"{HEAD}\n{ANY}\n".encode() + b"\xff\xfe")
    with pytest.raises(InputError, match=r"nebius/vms.csv:3: is no UTF-8 text"):
        fetched(server, "nebius")


def test_throttling_is_waited_for(server: Server, time: FakeTime) -> None:
    server.answer = Throttled(f"{HEAD}\n{ANY}\n".encode())
    assert len(fetched(server, "nebius", time).rows) == 2
    assert time.slept == [7.0]


@pytest.mark.parametrize("clouds", ["mithril", "../etc", "a/b", "AWS", ","])
def test_names_that_are_no_clouds_are_refused(server: Server, clouds: str) -> None:
    with pytest.raises(InputError, match="PLANNER_SKYPILOT_CLOUDS"):
        fetched(server, clouds)
    assert not server.requests


def test_an_address_may_say_where_the_cloud_stands(server: Server) -> None:
    serve(server, nebius=ANY)
    environment = {"PLANNER_SKYPILOT_URL": server.url + "/{cloud}.csv", "PLANNER_SKYPILOT_CLOUDS": "nebius"}
    server.answer = lambda request: Reply(content=f"{HEAD}\n{ANY}\n".encode() if request.path == "/nebius.csv" else b"")
    assert len(SkyPilotPrices().fetch(ask_with(environment)).rows) == 2


def test_a_folder_is_read_without_network_and_dated_by_its_files(tmp_path: Path) -> None:
    nested = tmp_path / "do" / "vms.csv"
    nested.parent.mkdir()
    nested.write_text(f"{HEAD}\ngpu-h100x8-640gb,H100,8,160,1920,{H100},23.92,,tor1,\n", "utf-8")
    (tmp_path / "nebius.csv").write_text(f"{HEAD}\n{ANY}\n", "utf-8")
    written = datetime(2026, 11, 3, 12, tzinfo=UTC).timestamp()
    os.utime(nested, (written, written))
    os.utime(tmp_path / "nebius.csv", (4e9, 4e9))  # a clock that is ahead
    environment = {"PLANNER_SKYPILOT_FOLDER": str(tmp_path), "PLANNER_SKYPILOT_CLOUDS": "do,nebius"}
    found = SkyPilotPrices().fetch(ask_with(environment))
    assert {(row.provider, row.as_of) for row in found.rows} == {("digitalocean", "2026-11-03"), ("nebius", DAY)}


def test_a_folder_without_the_files_is_told(tmp_path: Path) -> None:
    environment = {"PLANNER_SKYPILOT_FOLDER": str(tmp_path), "PLANNER_SKYPILOT_CLOUDS": "nebius"}
    with pytest.raises(InputError, match=r"nebius/vms.csv: cannot be read: No such file"):
        SkyPilotPrices().fetch(ask_with(environment))
