#!/usr/bin/env bash
# A browser shows mails as people would see them: wide and on a phone, light and dark. The pictures are for people to look at,
# in target/screens; what fails here is a mail wider than its window, or one that asks for something from outside.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing() {
    # Pictures are no reason to hold up a machine without a browser.
    echo "no pictures: $1"
    exit 0
}
if ! command -v chromium >/dev/null || [ -z "$(fc-list :lang=zh-cn 2>/dev/null)" ]; then
    [ "$(id -u)" = 0 ] || missing "chromium or a Chinese font is missing, and only root can install them"
    { apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends chromium fontconfig fonts-noto-cjk; } \
        >/dev/null 2>&1 || missing "chromium and fonts-noto-cjk could not be installed"
fi

screens=target/screens
rm -rf "$screens"
mkdir -p "$screens"
python tests/outside/mails_as_pages.py "$screens" tests/fixtures/digests "${TENDERWATCH_DEMO:?is set by tests/outside/run}/mail"

profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT
# Nobody to talk to: every name leads nowhere.
browse() {
    timeout 60 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --user-data-dir="$profile" \
        --force-device-scale-factor=1 --host-resolver-rules="MAP * ~NOTFOUND" --allow-file-access-from-files "$@" 2>/dev/null
}

wrong=0
for page in "$screens"/*.page.html; do
    name="$(basename "$page" .page.html)"
    said="$(browse --virtual-time-budget=2000 --dump-dom "file://$PWD/$page" | grep -o 'data-said="[^"]*"' || true)"
    if [ "$said" != 'data-said="fits"' ]; then
        echo "$name: ${said:-was not shown}" >&2
        wrong=1
    fi
    for scheme in 0:dark 1:light; do
        browse --blink-settings="preferredColorScheme=${scheme%:*}" --window-size=1160,1500 --virtual-time-budget=2000 \
            --screenshot="$PWD/$screens/$name-${scheme#*:}.png" "file://$PWD/$page" >/dev/null
    done
    echo "$name: $said"
done
[ "$wrong" = 0 ]
echo "$(find "$screens" -name '*.png' | wc -l) pictures in $screens"
