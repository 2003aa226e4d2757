#!/bin/sh
# Compiles our own crates for the fuzzer: cargo calls it as RUSTC_WORKSPACE_WRAPPER, so that everything below
# them is what the tests were built with. These flags are those of cargo-fuzz without a sanitizer; a stable
# compiler knows them.
exec "$@" --cfg fuzzing \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
