#!/usr/bin/env bash
# Postfix, with STARTTLS and a login, takes what `notify test` sends; Python reads it, dkimpy verifies its signature with the
# key that `check` says to publish; and what postfix returns for an unknown user is read by `bounce`. Postfix runs from folders
# of its own under target/outside, on a port of its own: the system's, if there is one, is not touched.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary="${TENDERWATCH_BINARY:?is set by tests/outside/run}"

missing() {
    echo "no postfix: $1"
    exit 0
}
[ "$(id -u)" = 0 ] || missing "only root can start it"
daemons=/usr/lib/postfix/sbin
if [ ! -x "$daemons/master" ] || ! command -v saslpasswd2 >/dev/null; then
    # Without a configuration the package starts nothing.
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    { apt-get update --quiet && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends postfix sasl2-bin libsasl2-modules; } \
        >/dev/null 2>&1 || missing "postfix and sasl2-bin could not be installed"
fi

work="$PWD/target/outside/postfix"
rm -rf "$work"
mkdir -p "$work"/{etc/sasl,queue,data,mail,log}
trap 'postfix -c "$work/etc" stop >/dev/null 2>&1 || true' EXIT
port="$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=outside test authority" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
    -keyout "$work/etc/ca.key" -out "$work/etc/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$work/etc/server.key" -out "$work/etc/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >"$work/etc/extensions"
openssl x509 -req -in "$work/etc/server.csr" -CA "$work/etc/ca.pem" -CAkey "$work/etc/ca.key" -CAcreateserial -days 2 \
    -extfile "$work/etc/extensions" -out "$work/etc/server.pem" 2>/dev/null

(umask 077 && openssl rand -hex 16 >"$work/etc/password")
saslpasswd2 -p -c -f "$work/etc/sasldb2" -u mx.example.org watch <"$work/etc/password"
chgrp postfix "$work/etc/sasldb2"
chmod 640 "$work/etc/sasldb2"
cat >"$work/etc/sasl/smtpd.conf" <<CONF
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: $work/etc/sasldb2
CONF

cat >"$work/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $work/queue
data_directory = $work/data
daemon_directory = $daemons
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = $work
maillog_file = $work/log/mail.log
myhostname = mx.example.org
mydestination =
alias_maps =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# Nothing leaves this machine: every domain is here.
virtual_mailbox_domains = static:ALL
virtual_mailbox_base = $work/mail
virtual_mailbox_maps = texthash:$work/etc/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
recipient_delimiter = +
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = $work/etc/server.pem
smtpd_tls_key_file = $work/etc/server.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $work/etc/sasl
smtpd_sasl_local_domain = mx.example.org
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
# An unknown user is found out after the mail was taken, so that a bounce comes of it.
smtpd_reject_unlisted_recipient = no
CONF
printf 'zhang@example.org zhang/\nli@example.org li/\nbounces@example.org bounces/\n' >"$work/etc/mailboxes"
chown 65534:65534 "$work/mail"
# No part of it in a jail: its folders are not prepared for one.
grep -v -e '^#' -e '^ ' /usr/share/postfix/master.cf.dist | awk -v port="$port" \
    '$1 == "smtp" && $2 == "inet" { $1 = "127.0.0.1:" port } $1 !~ /^(maildrop|uucp|ifmail|bsmtp|scalemail-backend|mailman)$/ { $5 = "n"; print }' \
    >"$work/etc/master.cf"
chown postfix "$work/data"
postfix -c "$work/etc" start 2>"$work/log/start" || { cat "$work/log/start" >&2; exit 1; }

(umask 077 && openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/etc/rsa.pem" 2>/dev/null)
(umask 077 && openssl genpkey -algorithm ed25519 -out "$work/etc/ed25519.pem")
for algorithm in rsa ed25519; do
    cat >"$work/etc/$algorithm.toml" <<TOML
contact = "ops@example.org"
data_dir = "$work/data-$algorithm"

[sources.ccgp]
dialect = "ccgp"
since = "2019-09-01"

[web]
base_url = "https://tenders.example.org"

[channels.office.email]
from = "tenderwatch <watch@example.org>"
host = "localhost"
port = $port
user = "watch"
password_file = "$work/etc/password"
ca_file = "$work/etc/ca.pem"
bounce_to = "bounces@example.org"

[channels.office.email.dkim]
selector = "outside"
key_file = "$work/etc/$algorithm.pem"

[channels.office.email.bounces]
maildir = "$work/mail/bounces"

[subscriptions.readers]
channel = "office"
to = ["zhang@example.org", "li@example.org"]
language = "zh"

[subscriptions.nobody]
channel = "office"
to = ["nobody@example.cn"]
language = "en"
TOML
done

# mails FOLDER COUNT: waits until a mailbox holds so many.
mails() {
    for _ in $(seq 150); do
        if [ "$(find "$work/mail/$1/new" -type f 2>/dev/null | wc -l)" -ge "$2" ]; then return 0; fi
        sleep 0.2
    done
    echo "$1 has no $2 mails" >&2
    tail -n 30 "$work/log/mail.log" >&2
    exit 1
}

for algorithm in rsa ed25519; do
    "$binary" --config "$work/etc/$algorithm.toml" check >"$work/log/check-$algorithm"
    "$binary" --config "$work/etc/$algorithm.toml" notify test readers
    mails zhang 1
    mails li 1
    for reader in zhang li; do
        python tests/outside/verify_mail.py "$work/mail/$reader" 1
        python tests/outside/verify_dkim.py "$work/mail/$reader" "$work/log/check-$algorithm"
        rm -r "$work/mail/${reader:?}"
    done
done

# An unknown user: postfix takes the mail, and returns it to the address that names the delivery.
"$binary" --config "$work/etc/rsa.toml" notify test nobody | tee "$work/log/nobody"
mails bounces 1
bounce="$(find "$work/mail/bounces/new" -type f)"
"$binary" --config "$work/etc/rsa.toml" bounce "$bounce" | tee "$work/log/bounce"
grep -q "returned for good (5.1.1).*names no delivery that was sent" "$work/log/bounce"
# A test message stands in no outbox. With one that does, its receiver is stopped, once.
python tests/outside/remember_delivery.py "$work/data-rsa/tenderwatch.db" office nobody@example.cn "$bounce"
"$binary" --config "$work/etc/rsa.toml" bounce - <"$bounce" | tee "$work/log/bounce"
grep -q "returned for good (5.1.1).*is written to no more" "$work/log/bounce"
"$binary" --config "$work/etc/rsa.toml" bounce "$bounce" | grep "was stopped before"
if grep -q nobody@ "$work/log/bounce"; then
    echo "the address was said" >&2
    exit 1
fi
