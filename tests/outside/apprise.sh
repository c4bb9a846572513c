#!/usr/bin/env bash
# Every chat channel beside Apprise: what `notify test` posts and what Apprise posts for the same message to the same kind of
# address, and the platforms' documented limits over messages of 1, 20 and 500 items. A missing channel is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${TENDERWATCH_BINARY:?is set by tests/outside/run}"

rm -rf target/outside/payloads
cargo test --quiet --locked --test suite payloads
python tests/outside/compare_apprise.py target/outside/payloads
