#!/usr/bin/env bash
# What the demo hands out, judged by others: every mail of its Maildir by Python's parser, the README's samples by those mails,
# every signed post by the reference library, the totals by the audit, and the database by SQLite's own program where there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary="${TENDERWATCH_BINARY:?is set by tests/outside/run}"

# It stays there: the pictures are taken of its mails.
demo="${TENDERWATCH_DEMO:?is set by tests/outside/run}"
rm -rf "$demo"
"$binary" demo --exit --json --dir "$demo" >"$demo.json"
of() { python -c 'import json, sys; said = json.load(open(sys.argv[1])); print(eval(sys.argv[2], {"said": said}))' "$demo.json" "$1"; }

python tests/outside/verify_mail.py "$demo/mail" "$(of 'said["deliveries"]["mail"]["sent"]')"
python tests/outside/verify_sample.py README.md "$demo/mail"

# A room's card is not signed by headers and has no id: only what has one is for the library.
signed="$(mktemp -d)"
trap 'rm -rf "$signed"' EXIT
cp "$demo"/webhooks/*-d_*.json "$signed"
python tests/outside/verify_webhooks.py "$signed" "$demo/webhook.secret" "$(of 'said["deliveries"]["hook"]["sent"]')"

"$binary" --config "$demo/tenderwatch.toml" audit
if command -v sqlite3 >/dev/null; then
    test "$(sqlite3 "$demo/data/tenderwatch.db" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok
fi
