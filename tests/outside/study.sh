#!/usr/bin/env bash
# The study's fixture, judged without the program: are its pages what the ledger says, do they come to the expected figures by another
# hand's count, and does every alteration move what it must and nothing else? Then the program's report beside that count, for several days.
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
saved="$PWD/$fixture/saved.csv"
tenderwatch() { (cd "$place" && "$TENDERWATCH_BINARY" --config tenderwatch.toml "$@"); }
tenderwatch source backfill ccgp "$saved"
for day in 2016-12-31 2017-12-31 2018-06-30 2018-12-31 2019-06-30 2019-09-24; do
    echo "== as of $day"
    tenderwatch report --from 2016-12-12 --to 2019-09-24 --as-of "$day" --format json > "$place/report.json"
    python3 tests/outside/recount_study.py --as-of "$day" "$fixture" > "$place/recount.json"
    python3 tests/outside/compare_study.py "$place/report.json" "$place/recount.json"
done
