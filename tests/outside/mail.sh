#!/usr/bin/env bash
# A mail server of another make takes what `notify test` sends: STARTTLS with a certificate authority of one's own, a login,
# one mail per receiver, each read by Python's parser. An untrusted certificate and a wrong password get nothing through.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary="${TENDERWATCH_BINARY:?is set by tests/outside/run}"

work="$(mktemp -d)"
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT
umask 077

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=outside test authority" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
    -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >"$work/extensions"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
    -extfile "$work/extensions" -out "$work/server.pem" 2>/dev/null
openssl rand -hex 16 >"$work/password"
echo "not-the-password" >"$work/wrong-password"

python tests/outside/smtp_server.py --certificate "$work/server.pem" --key "$work/server.key" --user watch \
    --password-file "$work/password" --maildir "$work/mail" --port-file "$work/port" 2>"$work/server.log" &
server=$!
for _ in $(seq 100); do if [ ! -s "$work/port" ]; then sleep 0.1; fi; done

# config NAME PASSWORD-FILE [LINE]: a configuration whose mail goes to the server.
config() {
    cat >"$work/$1.toml" <<TOML
contact = "ops@example.org"
data_dir = "$work/data-$1"

[sources.ccgp]
dialect = "ccgp"
since = "2019-09-01"

[channels.office.email]
from = "tenderwatch <watch@example.org>"
host = "localhost"
port = $(cat "$work/port")
user = "watch"
password_file = "$2"
${3:-}

[subscriptions.readers]
channel = "office"
to = ["zhang@example.org", "li@example.org"]
language = "zh"
TOML
}

config right "$work/password" "ca_file = \"$work/ca.pem\""
config untrusted "$work/password"
config wrong "$work/wrong-password" "ca_file = \"$work/ca.pem\""

for mistaken in untrusted wrong; do
    if "$binary" --config "$work/$mistaken.toml" notify test readers 2>"$work/said"; then
        echo "a mail went out with a mistaken configuration ($mistaken)" >&2
        exit 1
    fi
    echo "$mistaken: $(tail -n 1 "$work/said")"
    if ! grep -q -i -e "certificate" -e "535" "$work/said"; then
        echo "it does not say why" >&2
        exit 1
    fi
    if grep -q -e not-the-password -e "$(cat "$work/password")" "$work/said"; then
        echo "the password was said" >&2
        exit 1
    fi
done
python tests/outside/verify_mail.py "$work/mail" 0

"$binary" --config "$work/right.toml" notify test readers
python tests/outside/verify_mail.py "$work/mail" 2
