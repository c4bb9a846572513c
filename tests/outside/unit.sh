#!/usr/bin/env bash
# systemd reads the unit: nothing unknown in it, and a sandbox that scores as documented. Runs offline; starts nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v systemd-analyze >/dev/null; then
    if [ "$(id -u)" != 0 ]; then
        echo "systemd-analyze is missing: install the package systemd" >&2
        exit 1
    fi
    apt-get install --yes --quiet --no-install-recommends systemd >/dev/null
fi

# The unit names an installed binary; here it is the one that was built. Root, so that user and files need not exist.
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sed "s|/usr/bin/tenderwatch|${TENDERWATCH_BINARY:?is set by tests/outside/run}|" systemd/tenderwatch.service >"$work/tenderwatch.service"

systemd-analyze verify --man=no "$work/tenderwatch.service" 2>&1 | tee "$work/said"
if grep -q tenderwatch.service "$work/said"; then
    echo "the unit is not clean" >&2
    exit 1
fi

# In tenths; docs/OPERATING.md names the same number. Lower is tighter.
threshold=12
systemd-analyze security --offline=true --threshold="$threshold" --no-pager "$work/tenderwatch.service" | tail -n 3
systemd-sysusers --dry-run "$PWD/systemd/sysusers.d/tenderwatch.conf"
echo "the unit is clean"
