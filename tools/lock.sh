#!/bin/bash
# Pins all packages anew after a change of pyproject.toml; needs uv. --upgrade takes newer versions.
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url -q)
uv pip compile pyproject.toml "${common[@]}" "$@" -o requirements.lock
uv pip compile pyproject.toml --extra extras "${common[@]}" "$@" -c requirements.lock \
    -o requirements-extras.lock
uv pip compile pyproject.toml --extra extras --group dev "${common[@]}" "$@" \
    -c requirements-extras.lock -o requirements-dev.lock
