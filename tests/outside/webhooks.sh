#!/usr/bin/env bash
# The reference library of the Standard Webhooks specification verifies what `notify test` sends with shared secrets, and PyNaCl
# what is signed with a private key, which that library does not know: the new key and the old ones while all are in use.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary="${TENDERWATCH_BINARY:?is set by tests/outside/run}"

work="$(mktemp -d)"
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT
umask 077
for name in new old; do echo "whsec_$(openssl rand -base64 32)" >"$work/$name"; done
echo "whsk_$(openssl rand -base64 32)" >"$work/private"

python tests/outside/hook_server.py "$work/hooks" "$work/port" &
server=$!
for _ in $(seq 100); do if [ ! -s "$work/port" ]; then sleep 0.1; fi; done

cat >"$work/config.toml" <<TOML
contact = "ops@example.org"
data_dir = "$work/data"

[sources.ccgp]
dialect = "ccgp"
since = "2019-09-01"

[channels.hook.webhook]
url = "http://127.0.0.1:$(cat "$work/port")/tenders"
secret_files = ["$work/private", "$work/new", "$work/old"]
allow_private = true

[subscriptions.program]
channel = "hook"
frequency = "immediate"
language = "en"
TOML

"$binary" --config "$work/config.toml" check >"$work/check"
"$binary" --config "$work/config.toml" webhook key hook | tee "$work/keys"
if grep -q "$(cut -d_ -f2 "$work/private")" "$work/keys"; then echo "a private key was printed" && exit 1; fi
"$binary" --config "$work/config.toml" notify test program
"$binary" --config "$work/config.toml" notify test program
python tests/outside/verify_webhooks.py "$work/hooks" "$work/new" 2
python tests/outside/verify_webhooks.py "$work/hooks" "$work/old" 2
grep -o '^whpk_[^ ]*' "$work/keys" >"$work/public"
python tests/outside/verify_webhooks.py "$work/hooks" "$work/public" 2
