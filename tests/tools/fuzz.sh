#!/usr/bin/env bash
# Fuzzes with a stable compiler: builds every target of fuzz/, sees that each finds a fault that is planted
# for it, and then lets each look for faults of the product.
#
#   tests/tools/fuzz.sh SECONDS [TARGET...]
#
# What it learns stays in target/fuzz/corpus; an input that fails is kept in target/fuzz/found and printed.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
seconds=${1:?how many seconds for each target}
shift
target=${CARGO_TARGET_DIR:-$PWD/target}
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    mapfile -t targets < <(sed -n 's|^path = "fuzz_targets/\(.*\)\.rs"$|\1|p' fuzz/Cargo.toml)
fi

RUSTC_WORKSPACE_WRAPPER=$PWD/tests/tools/instrument.sh \
    cargo build --locked --quiet --package twoyes-fuzz --bins || exit 1

# run NAME SECONDS CORPUS LOG: 0 when nothing was found.
run() {
    mkdir -p "$3" "$target/fuzz/found"
    RUST_BACKTRACE=0 "$target/debug/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$target/fuzz/found/$1-" "$3" "fuzz/seeds/$1" >"$4" 2>&1
}

# The planted fault first: a target that cannot fail is worth nothing.
fuzz() {
    local name=$1 log=$target/fuzz/$1.log bait=$target/fuzz/planted/$1 inputs
    rm -rf "$bait"
    if TWOYES_FUZZ_PLANTED=1 run "$name" 60 "$bait" "$log"; then
        echo "$name: did not find the fault that was planted for it"
        return 1
    fi
    rm -rf "$bait" "$target/fuzz/found/$name-"*
    if ! grep -q 'panicked at fuzz/' "$log"; then
        echo "$name: fell over something else than the planted fault"
        cat "$log"
        return 1
    fi
    if ! run "$name" "$seconds" "$target/fuzz/corpus/$name" "$log"; then
        echo "$name: found a fault"
        grep -v '^#' "$log" | tail -40
        return 1
    fi
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "figure: fuzz: $name: $inputs inputs in $seconds s, no fault; the planted one was found"
}

# Two at a time: the machines that run this have two cores.
status=0
for ((at = 0; at < ${#targets[@]}; at += 2)); do
    jobs=()
    for name in "${targets[@]:at:2}"; do
        fuzz "$name" &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || status=1; done
done
exit $status
