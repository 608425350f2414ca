"""A connection to a Dask cluster, and whether its workers would give the plans that this planner gives."""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from planner.batch.build import build, differences
from planner.batch.cluster import Cluster
from planner.errors import InputError, SetupError

MISSING: Final = "--cluster needs Dask: pip install 'finetune-planner[cluster]'"
SCHEMES: Final = ("tcp", "tls", "ucx", "ws", "wss")
CONNECT_S: Final = 15.0
"""Seconds until a scheduler must have answered, and until it must have a worker."""


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster, as long as the block lasts; raises SetupError without Dask, InputError where none can be used.

    A `tls://` address takes its certificates from Dask's own configuration.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise SetupError(MISSING) from error

    _refuse_odd_address(address)
    # What matters of logs and warnings is told in our words; importing it set levels of its own.
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_S, set_as_default=False, name="planner"
        )
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"no Dask scheduler answers at {address}: {why}"
        raise InputError(message) from error
    try:
        _wait_for_workers(client, address)
        _refuse_other_builds(client, address)
        yield Cluster(client, address, sum(client.nthreads().values()))
    finally:
        with contextlib.suppress(Exception):  # the connection may be what failed
            client.close(timeout=2)


def _refuse_odd_address(address: str) -> None:
    """Raise InputError for what is no address, before a client tries it for long."""
    from distributed.comm.addressing import parse_address, parse_host_port

    try:
        scheme, place = parse_address(address)
        host, _ = parse_host_port(place, 8786)
    except (ValueError, TypeError) as error:
        message = f"{address!r} is no address of a Dask scheduler: {error}"
        raise InputError(message) from error
    if scheme not in SCHEMES or not host:
        message = f"{address!r} is no address of a Dask scheduler; write for example tcp://host:8786"
        raise InputError(message)


def _wait_for_workers(client: Any, address: str) -> None:  # noqa: ANN401
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        message = f"the cluster at {address} has no worker; start some: dask worker {address}"
        raise InputError(message) from error


def _refuse_other_builds(client: Any, address: str) -> None:  # noqa: ANN401
    """Raise InputError for a worker whose plans may have other bytes, or for a Python that cannot read what we send."""
    found = client.get_versions()
    workers = {f"worker {name}": one for name, one in found["workers"].items()}
    for name, one in ({"the scheduler": found["scheduler"]} | workers).items():
        # Functions travel as byte code, and every Python has its own.
        if _python(one) != build()["python"]:
            message = f"{name} of the cluster at {address} runs Python {_python(one)}, this planner {build()['python']}"
            raise InputError(message)
    for name, there in client.run(_asking()).items():
        if there is None:
            what = f"no planner: install finetune-planner {build()['planner']} there"
        elif differing := differences(build(), there):
            what = f"another planner than this one, and may give another plan: {differing}"
        else:
            continue
        message = f"worker {name} of the cluster at {address} has {what}"
        raise InputError(message)


def _python(about: Any) -> str:  # noqa: ANN401
    versions = dict(about["host"])
    return ".".join(str(versions["python"]).split(".")[:2])


def _asking() -> Any:  # noqa: ANN401
    """The question as it travels: by value, since a worker may have no planner."""

    def ask() -> dict[str, str] | None:
        try:
            from planner.batch.build import build
        except ImportError:
            return None
        return dict(build())

    return ask
