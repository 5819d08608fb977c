"""``detection bundle``: sign a bundle before it travels, check it as a device would, look into it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from detection.edge.trust import keys
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.keys import Trust, key_of, read_trust
from detection.errors import BundleError
from detection.outside import files, signing
from detection.outside import keys as key_files

app = typer.Typer(help="Sign a bundle, check it, or look into it.", add_completion=False, no_args_is_help=True)

KEYS = Path("~/.detection-keys")
TRUST = Path("export/trust")

Folder = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle's folder, such as export/bundle.")]
TrustFolder = Annotated[
    Path | None, typer.Option("--trust", metavar="DIR", help="A folder of trusted keys, such as export/trust.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="Read the passphrase from a file instead of asking."),
]


@app.command(epilog="Example: detection bundle verify export/signed/warehouse-parcels-1 --trust export/trust")
def verify(bundle: Folder, trust: TrustFolder = None) -> None:
    """Check every file of a bundle: the exact set, sizes, SHA-256, no links; with --trust also who signed it."""
    found = open_bundle(bundle, None if trust is None else read_trust(trust))
    manifest = found.manifest
    print(f"{manifest.name} {manifest.counter}: {len(manifest.files)} files as they should be")
    print(f"digest {found.digest}")
    print(_signed(bundle, trust))


@app.command(epilog="Example: detection bundle inspect export/bundle")
def inspect(bundle: Folder, trust: TrustFolder = None) -> None:
    """Show what a bundle holds, once it has been checked."""
    found = open_bundle(bundle, None if trust is None else read_trust(trust))
    console = Console()
    console.print(_facts(found), _cuts(found), _targets(found), _files(found))
    console.print(_signed(bundle, trust), soft_wrap=True)


@app.command(epilog="Example: detection bundle keygen anna --passphrase")
def keygen(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is: lower-case letters, digits, - and _.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for both files; outside the checkout.")] = KEYS,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Lock the private key; asks for the words.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a key that signs bundles: NAME.key stays with its owner, NAME.pem goes to whoever shall trust it."""
    words = _passphrase(passphrase_file, passphrase, confirm=True)
    folder = out.expanduser()
    key = key_files.make(folder, name, words)
    print(f"private key  {folder / name}{key_files.PRIVATE} (keep it; whoever has it can sign)")
    print(f"public key   {folder / name}{key_files.PUBLIC}")
    print(f"key id       {key.id}")


@app.command(epilog="Example: detection bundle sign export/bundle --key ~/.detection-keys/anna.key")
def sign(
    bundle: Folder,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The private key, made by keygen.")],
    expires: Annotated[str | None, typer.Option(metavar="DATE", help="Last day on which it may be installed.")] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the signed copy goes; export/signed/<name>-<counter>.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign a copy of a bundle; a bundle that somebody signed already gets one more signature."""
    path = key.expanduser()
    words = _passphrase(passphrase_file, key_files.is_locked(path), confirm=False)
    done = signing.sign(bundle, key_files.open_signer(path, words), expires, output)
    print(f"{done.folder}: {done.statement.name} {done.statement.counter}, {len(done.signers)} signature(s)")
    print(f"manifest {done.statement.manifest_sha256}")
    print(f"may be installed until {done.statement.expires}" if done.statement.expires else "no last day")


@app.command(epilog="Example: detection bundle trust anna.pem ben.pem carl.pem --threshold 2")
def trust(
    public: Annotated[list[Path], typer.Argument(metavar="KEY...", help="Public keys (*.pem) that devices trust.")],
    threshold: Annotated[int, typer.Option(min=1, help="How many of them must have signed.")] = 1,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that travels to devices.")] = TRUST,
) -> None:
    """Write the folder that tells a device whom to trust: these keys and no other, and how many must have signed."""
    found = sorted((_public(path) for path in public), key=lambda key: key.id)
    if len({key.id for key in found}) < len(found) or len({key.name for key in found}) < len(found):
        raise BundleError("two of the keys are the same, or have the same file name; name each once")
    if threshold > len(found):
        raise BundleError(f"--threshold {threshold}: only {len(found)} key(s) are named; name more, or ask for fewer")
    _make_room(out)
    for key in found:
        files.write_bytes(out / f"{key.name}.pem", key.pem)
    files.write_bytes(out / keys.NAME, Trust(threshold, tuple(found)).to_bytes())
    read_trust(out)
    print(f"{out}: {threshold} of {len(found)} must sign: {', '.join(sorted(key.name for key in found))}")


def _make_room(folder: Path) -> None:
    """Remove the keys of an older folder of trust; of other files nothing."""
    if (folder / keys.NAME).exists():
        for key in read_trust(folder).keys:
            (folder / f"{key.name}.pem").unlink()
    elif left := sorted(path.name for path in folder.glob("*.pem")):
        raise BundleError(f"{folder}: holds keys ({', '.join(left)}) and no {keys.NAME}; choose another --out")


def _public(path: Path) -> keys.Key:
    try:
        return key_of(path.stem, path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); name a public key (*.pem)") from error


def _passphrase(file: Path | None, wanted: bool, *, confirm: bool) -> bytes | None:
    if file is not None:
        lines = files.read_lines(file)
        if not lines:
            raise BundleError(f"{file}: is empty; expected a passphrase on its first line")
        return lines[0].encode()
    if not wanted:
        return None
    words: str = typer.prompt("passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return words.encode()


def _signed(bundle: Path, trust: Path | None) -> str:
    """Who signed; names only where a folder of trust vouches for them."""
    if not signing.is_signed(bundle):
        return "not signed; before it travels: detection bundle sign"
    found = signing.read_signed(bundle)
    end = f"may be installed until {found.statement.expires}" if found.statement.expires else "no last day"
    if trust is None:
        ids = ", ".join(f"{key_id[:16]}..." for key_id in found.signers)
        return f"bears signatures of {ids}, not checked (name a folder of keys with --trust); {end}"
    trusted = read_trust(trust)
    names = [key.name for key_id in found.signers if (key := trusted.key(key_id)) is not None]
    return f"signed by {', '.join(names)} ({trusted.threshold} of {len(trusted.keys)} needed); {end}"


def _facts(bundle: Bundle) -> Table:
    manifest, settings = bundle.manifest, bundle.manifest.settings
    table = Table("fact", Column("value", overflow="fold"), title=f"{manifest.name} {manifest.counter}")
    table.add_row("digest", bundle.digest)
    table.add_row("spec", manifest.spec_sha256)
    table.add_row("classes", ", ".join(manifest.classes))
    table.add_row("score floor", f"{settings.score_floor:g}")
    table.add_row("suppression IoU", f"{settings.suppression_iou:g}")
    table.add_row("suppression across classes", "yes" if settings.suppression_across_classes else "no")
    table.add_row("maximum detections", str(settings.maximum_detections))
    table.add_row("pixel limit", str(manifest.pixel_limit))
    table.add_row("golden frames", str(len(bundle.golden().frames)))
    table.add_row("cameras in the reference", str(len(bundle.reference().cameras())))
    return table


def _cuts(bundle: Bundle) -> Table:
    table = Table("variant", "file", "input", *bundle.manifest.classes, title="Thresholds")
    for variant in bundle.manifest.variants:
        cuts = [f"{cut:.3f}" for cut in bundle.thresholds(variant.name).per_class]
        table.add_row(variant.name, variant.file, f"{variant.width} x {variant.height}", *cuts)
    return table


def _targets(bundle: Bundle) -> Table:
    table = Table("target", "machine", "engine", "variant", "p95 ms", "memory MB", title="Where it may be installed")
    for one in bundle.manifest.targets:
        table.add_row(one.id, one.machine, one.engine, one.variant, f"{one.p95_ms:g}", f"{one.memory_mb:g}")
    return table


def _files(bundle: Bundle) -> Table:
    total = sum(entry.bytes for entry in bundle.manifest.files) / 1e6
    table = Table("file", "bytes", "SHA-256", title=f"Files, {total:.1f} MB")
    for entry in bundle.manifest.files:
        table.add_row(entry.name, str(entry.bytes), entry.sha256[:16])
    return table
