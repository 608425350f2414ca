"""A stand-in for the package aiconfigurator: it has the one function that is called, and answers by a file."""

import json
from collections.abc import Mapping
from pathlib import Path

_API = """
import json, os, socket, sys, time
from pathlib import Path
from types import SimpleNamespace

def cli_estimate(model_path, system_name, *, backend_name, tp_size, batch_size, ctx_tokens, isl, osl, gemm_quant_mode,
                 kvcache_quant_mode, moe_quant_mode=None, moe_tp_size=None, moe_ep_size=None):
    told = json.loads((Path(__file__).parent / "told.json").read_text())
    config = json.loads((Path(model_path) / "config.json").read_text())
    asked = dict(locals(), offline=os.environ.get("HF_HUB_OFFLINE"))
    with (Path(__file__).parent / "asked.jsonl").open("a") as file:
        file.write(json.dumps({name: value for name, value in asked.items() if name not in ("told", "model_path")}))
        file.write(chr(10))
    print("talk on stdout")
    time.sleep(told.get("sleep_s", 0))
    if "exit" in told:
        os._exit(told["exit"])
    if told.get("fetch"):
        socket.create_connection(("127.0.0.1", 9))
    if "error" in told:
        raise RuntimeError(told["error"] + " " + model_path)
    rate = told["tokens_per_s"]
    return SimpleNamespace(tokens_per_second=rate, ttft=told.get("ttft_ms", 100.0), tpot=1000.0 * batch_size / rate,
                           backend_version="9.9", kv_cache_warning=told.get("warning"),
                           per_ops_source={"mix_step": {"gemm": "silicon", "attention": told.get("source", "silicon")}})
"""


def install(folder: Path, told: Mapping[str, object]) -> Path:
    """Write the package into a folder for PYTHONPATH; it answers what `told` says."""
    package = folder / "aiconfigurator" / "cli"
    package.mkdir(parents=True)
    for place in (package.parent, package):
        (place / "__init__.py").touch()
    (package / "api.py").write_text(_API, "utf-8")
    (package / "told.json").write_text(json.dumps(told), "utf-8")
    data = folder / "aiconfigurator-0.12.0.dist-info"
    data.mkdir()
    (data / "METADATA").write_text("Metadata-Version: 2.1\nName: aiconfigurator\nVersion: 0.12.0\n", "utf-8")
    return package / "asked.jsonl"
