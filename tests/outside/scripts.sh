#!/usr/bin/env bash
# ShellCheck reads every script of the project.
set -euo pipefail
cd "$(dirname "$0")/../.."
shellcheck .ci/run tests/outside/run tests/outside/*.sh
echo "the scripts are clean"
