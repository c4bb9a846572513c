#!/usr/bin/env bash
# The study's fixture, judged without the program: are its pages what the ledger says, do they come to the expected figures by another
# hand's count, and does every alteration move what it must and nothing else?
set -euo pipefail
cd "$(dirname "$0")/../.."
export PYTHONDONTWRITEBYTECODE=1

fixture=tests/fixtures/study-2019
python3 "$fixture/write_pages.py" --check
python3 tests/outside/recount_study.py --ledger "$fixture"
python3 tests/outside/recount_study.py --expect "$fixture"
python3 tests/outside/recount_study.py --alter "$fixture"
