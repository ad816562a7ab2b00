#!/usr/bin/env bash
# Prints facts about a release binary of trailctl as rows of Markdown: its size, its dynamic libraries, and how long it takes to start.
# Without an argument, builds it first: that takes many minutes.
#
#   ./examples/release-facts.sh [BINARY]
set -euo pipefail
binary=${1:+$(cd "$(dirname "$1")" && pwd)/$(basename "$1")}
cd "$(dirname "$0")/.."
if [ -z "$binary" ]; then
    cargo build --release --locked
    binary=${CARGO_TARGET_DIR:-target}/release/trailctl
fi

# Returns the libraries that the dynamic loader brings along; none for a static binary.
libraries() {
    if command -v readelf >/dev/null; then
        readelf --dynamic "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
    elif command -v otool >/dev/null; then
        otool -L "$binary" | sed -n 's/^[[:space:]]*\([^ ]*\) (.*/\1/p'
    else
        ldd "$binary" | sed -n 's/^[[:space:]]*\([^ ]*\).*/\1/p'
    fi
}

# Runs trailctl 20 times and returns the median in milliseconds.
median() {
    local TIMEFORMAT=%R
    "$binary" "$@" >/dev/null
    for _ in {1..20}; do
        { time "$binary" "$@" >/dev/null; } 2>&1
    done | sort -n | awk '{ all[NR] = $1 } END { printf "%.0f", (all[10] + all[11]) / 2 * 1000 }'
}

bytes=$(wc -c <"$binary")
needed=$(libraries | paste -s -d ' ' -)
cat <<END
| fact | value |
| --- | --- |
| version | $("$binary" --version) |
| size | $(awk -v bytes="$bytes" 'BEGIN { printf "%.1f MB", bytes / 1e6 }') |
| dynamic libraries | ${needed:-none} |
| \`trailctl --version\`, median of 20 | $(median --version) ms |
| \`trailctl validate\` of the quickstart, median of 20 | $(median validate --file examples/quickstart.yaml) ms |
END
