# What tests/run and tests/nightly share: finding what they need, steps that count, the closing line. Sourced from
# the root of the project; $target is the build folder.

passed=0 failed=0 failures=() simulator='' beside=''

. tests/tools/needs.sh
. tests/tools/postgres.sh
. tests/tools/postfix.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/twoyes-tests.XXXXXX") || exit 1
chmod 755 "$work"

finish() {
    trap - EXIT INT TERM HUP
    # It may still be at work when somebody lost patience.
    if [ -n "$simulator" ]; then kill "$simulator" 2>/dev/null; fi
    if [ -n "$beside" ]; then kill -- "-$beside" 2>/dev/null; fi
    stop_postgres
    stop_postfix
    # Postfix and PostgreSQL own parts of it.
    rm -rf "$work" 2>/dev/null || as_root rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

setup_all() {
    setup "what the tests need" install_needs
    setup "Python environment" python_environment "$target/tests-python"
    setup "the test runner" nextest
    setup "PostgreSQL" start_postgres "$work/postgres"
    setup "Postfix" start_postfix "$work/postfix"
    # With it, tests that find no server fail instead of skipping, and snapshots are only compared.
    export CI=true
}

title() { printf '\n== %s\n' "$*"; }

# setup TITLE COMMAND...: what everything else rests on; without it there is no going on.
setup() {
    local begin=$SECONDS what=$1
    shift
    title "$what"
    if ! "$@"; then
        printf '\nfailed: %s\n0 passed, 1 failed\n' "$what"
        exit 1
    fi
    echo "   ($((SECONDS - begin)) s)"
}

# check TITLE COMMAND...: counts as one test.
check() {
    local begin=$SECONDS what=$1
    shift
    title "$what"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        failures+=("$what")
    fi
    echo "   ($((SECONDS - begin)) s)"
}

# tests FILTER OPTION...: runs the tests with FILTER in their names, and adds their own counts.
tests() {
    local begin=$SECONDS log=$work/tests.log filter=$1
    shift
    title "tests with \"$filter\" in their names"
    cargo nextest run --locked "$@" "$filter" 2>&1 | tee "$log" | lines_and_figures
    count "$log" "${PIPESTATUS[0]}" "tests"
    echo "   ($((SECONDS - begin)) s)"
}

# The simulator behind tests/silence computes for a quarter of an hour and never waits. So it runs beside everything
# else and takes, by its niceness, what the others leave. Builds all tests first.
begin_silence() {
    local begin=$SECONDS
    title "building the tests"
    if ! cargo nextest run --locked --no-run; then
        failed=$((failed + 1)) failures+=("tests: they do not build")
        closing_line
        exit 1
    fi
    echo "   ($((SECONDS - begin)) s)"
    silence_began=$SECONDS
    nice -n 10 cargo nextest run --locked --test-threads 2 --test silence >"$work/silence.log" 2>&1 &
    simulator=$!
}

# What came of it.
end_silence() {
    title "tests of silence, beside all that"
    wait "$simulator"
    count "$work/silence.log" $? "tests of silence"
    simulator=''
    lines_and_figures <"$work/silence.log"
    echo "   ($((SECONDS - silence_began)) s since they began)"
}

# begin_beside FUNCTION: its checks run beside what follows, in a process group of their own.
begin_beside() {
    set -m
    (
        passed=0 failed=0 failures=()
        "$@"
        {
            echo "passed=$passed failed=$failed"
            # Without the word that would make it a variable of the function that reads this.
            declare -p failures | sed 's/^declare -a //'
        } >"$work/beside.counts"
    ) >"$work/beside.log" 2>&1 </dev/null &
    beside=$!
    set +m
}

# What came of them.
end_beside() {
    wait "$beside"
    beside=''
    cat "$work/beside.log"
    local so_far=("$passed" "$failed") told=("${failures[@]+"${failures[@]}"}")
    passed=0 failed=1 failures=("what runs beside: ended early")
    [ ! -e "$work/beside.counts" ] || . "$work/beside.counts"
    passed=$((passed + so_far[0])) failed=$((failed + so_far[1]))
    failures=("${told[@]+"${told[@]}"}" "${failures[@]+"${failures[@]}"}")
}

# Every other test. Most of them wait, for a server, a lease or a timeout.
all_tests() {
    local begin=$SECONDS log=$work/tests.log
    title "tests"
    cargo nextest run --locked --lib --bins --test it 2>&1 | tee "$log" | lines_and_figures
    count "$log" "${PIPESTATUS[0]}" "tests"
    echo "   ($((SECONDS - begin)) s)"
    check "examples in the documentation" cargo test --locked --quiet --doc
}

# count LOG STATUS WHAT: adds what the summary in LOG says of tests that ended with STATUS.
count() {
    local good bad
    good=$(sum "$1" passed)
    bad=$(($(sum "$1" failed) + $(sum "$1" 'timed out')))
    # Nothing failed and yet it ended badly: it did not compile, or no test has such a name.
    if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$bad" -ne 0 ]; then failures+=("$3"); fi
    passed=$((passed + good)) failed=$((failed + bad))
}

# Of what good tests print, their figures alone; of bad ones everything.
lines_and_figures() {
    awk '/^ +(PASS|FAIL|SLOW|TIMEOUT|LEAK|ABORT|SIG[A-Z]+|TERMINATING|TRY|Summary) \[/ { bad = $1 !~ /PASS|SLOW|LEAK|Summary/; print; fflush(); next }
        bad || /^ *figure:/ || /^(error|warning)/ { print; fflush() }'
}

# sum LOG WORDS: the number before WORDS in the summary.
sum() {
    sed -n "s/^ *Summary .*[ :]\([0-9][0-9]*\) $2.*/\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'
}

closing_line() {
    title "done in ${SECONDS} s"
    for failure in "${failures[@]+"${failures[@]}"}"; do echo "failed: $failure"; done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
