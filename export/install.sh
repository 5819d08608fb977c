#!/bin/sh
# Install a signed bundle on this device, or replace the one that runs. See README.md beside this file.
#
#   ./install.sh BUNDLE [--root DIR] [--trust DIR] [--target ID] [--wheels DIR] [--source SOURCE]
#                       [--environment PYTHON] [--again]
#
#   --root DIR            the device's folder (default /opt/detection)
#   --trust DIR           first installation: trust.json and the public keys whose signatures count
#   --target ID           which of the bundle's targets this device is (default: the first that fits)
#   --wheels DIR          a folder of packages; otherwise the package registry is asked
#   --source SOURCE       what the device looks at from now on: a folder, a video, a camera's address
#   --environment PYTHON  an interpreter that has the packages already, as in a container
#   --again               try a version once more that went back
#
# Nothing of the bundle is run before enough trusted keys are known to have signed it: openssl checks the signatures,
# python3 (its standard library alone) the digests of private copies, and only those copies are run.
# Exit status: 0 installed and kept, 1 refused or failed (what ran before runs on), 2 went back or still on trial.
set -eu

fail() {
    echo "error: $1" >&2
    exit 1
}

usage() {
    sed -n '2,17s/^# \{0,1\}//p' "$0"
    exit "$1"
}

bundle='' root=/opt/detection trust='' target='' wheels='' source='' environment='' again=''
while [ $# -gt 0 ]; do
    case $1 in
        --root | --trust | --target | --wheels | --source | --environment)
            [ $# -ge 2 ] || fail "$1 needs a value; see $0 --help"
            case $1 in
                --root) root=$2 ;;
                --trust) trust=$2 ;;
                --target) target=$2 ;;
                --wheels) wheels=$2 ;;
                --source) source=$2 ;;
                --environment) environment=$2 ;;
            esac
            shift 2
            ;;
        --again) again=yes && shift ;;
        -h | --help) usage 0 ;;
        -*) fail "$1 is no option; see $0 --help" ;;
        *)
            [ -z "$bundle" ] || fail "one bundle at a time: $bundle or $1"
            bundle=$1
            shift
            ;;
    esac
done
[ -n "$bundle" ] || usage 1

for program in openssl python3; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is missing; install it (Debian: apt install $program)"
done
python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "python3 is older than 3.10; install a newer one"

# A device that trusts somebody already is not talked out of it.
if [ -e "$root/trust/trust.json" ]; then
    trusted=$root/trust
elif [ -n "$trust" ]; then
    trusted=$trust
else
    fail "$root trusts nobody yet; name a folder of keys with --trust"
fi

umask 022
private=$(mktemp -d) || fail "no private folder can be made; free space in ${TMPDIR:-/tmp}"
trap 'rm -rf "$private"' EXIT
trap 'exit 1' HUP INT TERM

# What is checked is what is run: nobody else can write to these copies.
for name in bundle.sig manifest.json runtime.pyz requirements.txt; do
    [ -f "$bundle/$name" ] && [ ! -L "$bundle/$name" ] || fail "$bundle/$name: is no plain file; fetch the bundle again"
    cp "$bundle/$name" "$private/$name"
done
mkdir "$private/trust"
cp "$trusted"/trust.json "$trusted"/*.pem "$private/trust/" || fail "$trusted: holds no trust.json with keys"
python3 -I "$(dirname "$0")/check_signatures.py" "$private" >"$private/manifest.sha256" || exit 1

set -- install "$bundle" --root "$root" --trust "$private/trust" --manifest-sha256 "$(cat "$private/manifest.sha256")"
[ -z "$target" ] || set -- "$@" --target "$target"
[ -z "$wheels" ] || set -- "$@" --wheels "$wheels"
[ -z "$source" ] || set -- "$@" --source "$source"
[ -z "$environment" ] || set -- "$@" --environment "$environment"
[ -z "$again" ] || set -- "$@" --again
status=0
python3 -I "$private/runtime.pyz" "$@" || status=$?
exit "$status"
