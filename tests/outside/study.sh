#!/usr/bin/env bash
# The study's fixture, judged without the program: are its pages what the ledger says, do they come to the expected figures by another
# hand's count, and does every alteration move what it must and nothing else? Then the program's report beside that count,
# for several days, and for each altered page.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PYTHONDONTWRITEBYTECODE=1

fixture=tests/fixtures/study-2019
python3 "$fixture/write_pages.py" --check
python3 tests/outside/recount_study.py --ledger "$fixture"
python3 tests/outside/recount_study.py --expect "$fixture"
python3 tests/outside/recount_study.py --alter "$fixture"

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
cat > "$place/tenderwatch.toml" <<'TOML'
contact = "ops@example.org"
data_dir = "data"

[topics.blockchain]
terms = ["区块链", "blockchain"]

[sources.ccgp]
dialect = "ccgp"
topic = "blockchain"
since = "2016-12-12"
TOML
tenderwatch() { (cd "$place" && "$TENDERWATCH_BINARY" --config tenderwatch.toml "$@"); }
# compare FOLDER DAY: the report of the history that is there, beside the recount of these pages.
compare() {
    tenderwatch report --from 2016-12-12 --to 2019-09-24 --as-of "$2" --format json > "$place/report.json"
    python3 tests/outside/recount_study.py --as-of "$2" "$1" > "$place/recount.json"
    python3 tests/outside/compare_study.py "$place/report.json" "$place/recount.json" > "$place/compared" || { cat "$place/compared"; return 1; }
}

tenderwatch source backfill ccgp "$PWD/$fixture/saved.csv"
for day in 2016-12-31 2017-12-31 2018-06-30 2018-12-31 2019-06-30 2019-09-24; do
    compare "$fixture" "$day"
    echo "report and recount agree as of $day"
done

at=0
while name="$(python3 tests/outside/recount_study.py --altered "$at" "$place/altered" "$fixture")"; do
    rm -rf "$place/data"
    tenderwatch source backfill ccgp "$place/altered/saved.csv" > "$place/filled"
    compare "$place/altered" 2019-09-24
    echo "report and recount agree where $name"
    at=$((at + 1))
done
[ "$at" -gt 10 ]
