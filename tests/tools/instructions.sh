#!/usr/bin/env bash
# Counts the instructions of one answer and of one delivery, and compares them with what benches/count/budget.txt
# allows: a tenth more fails, and so does a tenth less, which is worth writing down. Of the unoptimised build that
# the tests use, so the figures compare with each other and not with seconds.
#
#   tests/tools/instructions.sh            compares
#   tests/tools/instructions.sh --record   writes the budget

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
budget=benches/count/budget.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

program=$(cargo build --locked --quiet --bench count --message-format=json |
    sed -n 's|.*"executable":"\([^"]*/count-[^"]*\)".*|\1|p')
[ -x "$program" ] || { echo "the bench was not built"; exit 1; }

# count WHAT: leaves the instructions of one in a file.
count() {
    local log=$work/$1.log number all
    if ! valgrind --tool=callgrind --callgrind-out-file=/dev/null --instr-atstart=no "$program" "$1" >"$log" 2>&1; then
        cat "$log"
        return 1
    fi
    number=$(sed -n 's/^counted //p' "$log")
    all=$(sed -n 's/.*Collected : //p' "$log")
    echo $((all / number)) >"$work/$1"
}

count answer &
other=$!
count delivery || exit 1
wait $other || exit 1

status=0 lines=()
for what in answer delivery; do
    found=$(<"$work/$what")
    lines+=("$what $found")
    allowed=$(sed -n "s/^$what //p" $budget 2>/dev/null)
    echo "figure: instructions: one $what takes $found, its budget is ${allowed:-none}"
    if [ "${1:-}" = --record ]; then continue; fi
    if ((found * 10 > ${allowed:-0} * 11)); then
        echo "one $what takes a tenth more than its budget: find out why, or record it (tests/tools/instructions.sh --record)"
        status=1
    elif ((found * 10 < allowed * 9)); then
        echo "one $what takes a tenth less than its budget: record it (tests/tools/instructions.sh --record)"
        status=1
    fi
done
if [ "${1:-}" = --record ]; then printf '%s\n' "${lines[@]}" >$budget; fi
exit $status
