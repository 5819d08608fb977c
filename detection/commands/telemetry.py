"""``detection telemetry``: take in what devices tell, and say what has arrived.

Reads  a file of devices' keys, bundles
Writes a store: what arrived, as Parquet
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from detection.edge.trust.bundle import open_bundle
from detection.errors import DetectionError
from detection.outside import files
from detection.outside.telemetry import device_keys
from detection.outside.telemetry.stored import inventory, known
from detection.outside.telemetry.stored.store import Store

HELP = "Take in what devices tell, over HTTP: the receiver, the devices' keys, what has arrived."

app = typer.Typer(help=HELP, add_completion=False, no_args_is_help=True)
key = typer.Typer(help="Keys by which the receiver knows its devices.", no_args_is_help=True)
app.add_typer(key, name="key")

STORE, KEYS = Path("telemetry-store"), Path("telemetry-keys.json")

StoreFolder = Annotated[Path, typer.Option("--store", metavar="DIR", help="The receiver's store.")]
KeysFile = Annotated[Path, typer.Option("--keys", metavar="FILE", help="Digests of the devices' keys.")]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="The device's name, as `run --device` has it.")]


@app.command(epilog="Example: detection telemetry receive --store telemetry-store --keys telemetry-keys.json")
def receive(
    store: StoreFolder = STORE,
    keys: KeysFile = KEYS,
    bundle: Annotated[list[Path] | None, typer.Option(metavar="DIR", help="Know this bundle from now on.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8088,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="For https.")] = None,
    private_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Of the certificate.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Listen beyond this machine without https.")] = False,
    reserve_mb: Annotated[float, typer.Option(min=0, help="Of the disk, kept free for compaction.")] = 64,
) -> None:
    """Take telemetry in until stopped; what is acknowledged is on the disk, and nothing is stored twice."""
    _require_private(host, certificate, private_key, plain)
    from detection.outside import receiver  # fastapi is slow to load, and only this verb needs it

    opened = Store(store, round(reserve_mb * 1e6))
    for folder in bundle or []:
        known.remember(store, open_bundle(folder))
    application = receiver.application(opened, receiver.Settings(keys))
    scheme = "https" if certificate else "http"
    print(f"{len(opened)} records in {store}; devices send to {scheme}://{host}:{port}{receiver.PATH}", flush=True)
    receiver.serve(application, host, port, certificate, private_key)


@app.command("know", epilog="Example: detection telemetry know export/bundle --store telemetry-store")
def know(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle that devices run.")],
    store: StoreFolder = STORE,
) -> None:
    """Take telemetry of this bundle from now on; a receiver that runs need not be stopped."""
    found = known.remember(store, open_bundle(bundle))
    print(f"{found.name} {found.counter}: telemetry of bundle {found.digest[:12]} is taken")


@app.command("list", epilog="Example: detection telemetry list --store telemetry-store")
def list_(store: StoreFolder = STORE) -> None:
    """What has arrived, by bundle and device."""
    rows = inventory.of(store)
    table = Table(Column("model", overflow="fold"), Column("device", overflow="fold"), title=str(store))
    for name in ("cameras", "records"):
        table.add_column(name, justify="right")
    table.add_column("from, UTC", no_wrap=True)
    table.add_column("to, UTC", no_wrap=True)
    for row in rows:
        counts = (str(row.cameras), str(row.records), _time(row.first_s), _time(row.last_s))
        table.add_row(escape(row.model), escape(row.device), *counts)
    Console().print(table)
    print(f"{sum(row.records for row in rows)} records, {sum(row.waiting for row in rows)} of them not in Parquet yet")


@key.command("add", epilog="Example: detection telemetry key add line-3 --out line-3.key")
def add(
    device: Device,
    keys: KeysFile = KEYS,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here instead of printing it.")] = None,
) -> None:
    """Make a device's key: it is shown once, and kept nowhere but on the device."""
    if out is not None and out.exists():
        raise DetectionError(f"{out}: is there already; a key is never written over another file: choose another --out")
    made = device_keys.add(keys, device)
    if out is None:
        print(made)
        return
    files.write_text(out, made + "\n")
    out.chmod(0o600)
    print(f"{out}: take it to {device}, give it to `run --key`, and remove it here")


@key.command("remove", epilog="Example: detection telemetry key remove line-3")
def remove(device: Device, keys: KeysFile = KEYS) -> None:
    """Take nothing from a device any more; a receiver that runs need not be stopped."""
    device_keys.remove(keys, device)
    print(f"{device}: its key is nobody's now")


@key.command("list", epilog="Example: detection telemetry key list")
def devices(keys: KeysFile = KEYS) -> None:
    """Who has a key."""
    for device in sorted(device_keys.read(keys).devices.values()):
        print(device)


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _require_private(host: str, certificate: Path | None, private_key: Path | None, plain: bool) -> None:
    """Keys travel with every request: beyond this machine only under https, or where somebody answers for it."""
    if (certificate is None) != (private_key is None):
        raise DetectionError("--certificate and --private-key go together; give both, or neither")
    for path in (certificate, private_key):
        if path is not None and not path.is_file():
            raise DetectionError(f"{path}: no such file; name the certificate and its key in PEM")
    try:
        near = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near and certificate is None and not plain:
        raise DetectionError(
            f"--host {host}: keys would cross the network in the open; give --certificate and --private-key, "
            "or --plain where something before the receiver does https"
        )
