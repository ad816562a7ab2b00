#!/bin/sh
# Plans examples/quickstart.yaml on the embedded AWS, applies it, and plans again: nothing is left to do.
# Needs Rust and a C compiler; no AWS account, no credentials, no network but for the crates.
set -eu
cd "$(dirname "$0")/.."
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT

trailctl() {
    printf '\n$ trailctl %s\n' "$*"
    cargo run --quiet --locked -- --sandbox="$state" --file examples/quickstart.yaml "$@"
}

trailctl plan
trailctl apply --yes
trailctl plan --detailed-exitcode
