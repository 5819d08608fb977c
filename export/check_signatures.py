"""Did enough trusted keys sign this bundle? Asked by install.sh before anything of the bundle is run.

Called with a private folder that holds copies of bundle.sig, manifest.json, runtime.pyz, requirements.txt and trust/.
Prints the SHA-256 of the manifest; says why and ends with status 1 if the bundle is not to be trusted. The standard
library and openssl alone: no code of the bundle, and no code that came with it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

TYPE = "application/vnd.detection.bundle+json"
MAXIMUM_BYTES = 65_536
ED25519 = bytes.fromhex("302a300506032b6570032100")
SIGNED_FILES = {
    "manifest_sha256": "manifest.json",
    "runtime_sha256": "runtime.pyz",
    "requirements_sha256": "requirements.txt",
}


class Refusal(Exception):  # noqa: N818
    """The bundle is not to be trusted, for the reason given."""


def main(folder: Path) -> str:
    """Check everything.

    Returns:
        SHA-256 of the manifest, hex.

    Raises:
        Refusal: see the class.
    """
    threshold, keys = trusted(folder / "trust")
    envelope = strict_json(small(folder / "bundle.sig"), "bundle.sig")
    if envelope.get("payloadType") != TYPE:
        raise Refusal(f"bundle.sig: signs {envelope.get('payloadType')!r}; expected {TYPE}")
    payload = decoded(envelope.get("payload"))
    good = signers(folder, envelope.get("signatures"), payload, keys)
    if len(good) < threshold:
        raise Refusal(f"bundle.sig: {len(good)} good signature(s) by trusted keys; expected {threshold}")
    statement = strict_json(payload, "bundle.sig: payload")
    for field, name in SIGNED_FILES.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if statement.get(field) != found:
            raise Refusal(f"{name}: is not the file that was signed; fetch the bundle again")
    return str(statement["manifest_sha256"])


def trusted(folder: Path) -> tuple[int, dict[str, Path]]:
    """How many keys must have signed, and the file of each trusted key by its id."""
    content = strict_json(small(folder / "trust.json"), "trust.json")
    threshold, listed = content.get("threshold"), content.get("keys")
    if type(threshold) is not int or not isinstance(listed, list) or not 1 <= threshold <= len(listed):
        raise Refusal("trust.json: expected keys, and a threshold that they can meet")
    keys = {}
    for entry in listed:
        name, key_id = str(entry.get("name")), entry.get("id")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
            raise Refusal(f"trust.json: {name!r} is no name of a key")
        path = folder / f"{name}.pem"
        body = "".join(line for line in small(path).decode("ascii", "replace").splitlines() if "-" not in line)
        der = decoded(body)
        if not der.startswith(ED25519) or len(der) != len(ED25519) + 32:
            raise Refusal(f"{path.name}: is no Ed25519 public key")
        if hashlib.sha256(der[len(ED25519) :]).hexdigest() != key_id:
            raise Refusal(f"{path.name}: is not the key that trust.json lists")
        keys[key_id] = path
    if len(keys) != len(listed):
        raise Refusal("trust.json: a key is listed twice")
    return threshold, keys


def signers(folder: Path, signatures: object, payload: bytes, keys: dict[str, Path]) -> set[str]:
    """Ids of the trusted keys that signed; one bad or foreign signature spoils the bundle."""
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= 64:
        raise Refusal("bundle.sig: expected 1 to 64 signatures")
    kind = TYPE.encode()
    signed, signature = folder / "signed", folder / "signature"
    signed.write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    good = set()
    for entry in signatures:
        key_id = entry.get("keyid") if isinstance(entry, dict) else None
        if key_id not in keys:
            raise Refusal(f"bundle.sig: signed by {str(key_id)[:12]}..., a key that is not trusted here")
        signature.write_bytes(decoded(entry.get("sig")))
        words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(keys[key_id]), "-rawin"]
        words += ["-in", str(signed), "-sigfile", str(signature)]
        if subprocess.run(words, capture_output=True, check=False).returncode != 0:
            raise Refusal(f"bundle.sig: the signature of {keys[key_id].stem} is not good; fetch the bundle again")
        good.add(key_id)
    return good


def small(path: Path) -> bytes:
    """A file's bytes; a large one is none of ours."""
    with path.open("rb") as stream:
        content = stream.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise Refusal(f"{path.name}: is longer than {MAXIMUM_BYTES} bytes")
    return content


def strict_json(content: bytes, where: str) -> dict[str, object]:
    """An object in the one spelling that signers write."""
    try:
        value = json.loads(content)
        spelled = json.dumps(value, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{where}: is no JSON ({error}); fetch the bundle again") from error
    if not isinstance(value, dict) or spelled.encode("utf-8", "replace") != content:
        raise Refusal(f"{where}: is not canonical JSON; fetch the bundle again")
    return value


def decoded(text: object) -> bytes:
    """Bytes from base64 in its one spelling."""
    try:
        content = base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise Refusal("bundle.sig: holds what is no base64; fetch the bundle again") from error
    if base64.b64encode(content).decode() != text:
        raise Refusal("bundle.sig: holds base64 in another spelling; fetch the bundle again")
    return content


if __name__ == "__main__":
    try:
        sys.stdout.write(main(Path(sys.argv[1])) + "\n")
    except (Refusal, OSError) as refusal:
        sys.stderr.write(f"error: {refusal}\n")
        sys.exit(1)
