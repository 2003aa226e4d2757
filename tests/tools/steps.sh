# What tests/run and tests/nightly share: finding what they need, steps that count, the closing line. Sourced from
# the root of the project; $target is the build folder.

passed=0 failed=0 failures=()

. tests/tools/needs.sh
. tests/tools/postgres.sh
. tests/tools/postfix.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/twoyes-tests.XXXXXX") || exit 1
chmod 755 "$work"

finish() {
    trap - EXIT INT TERM HUP
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

# tests FILTER LIBTEST-OPTION...: runs the tests with FILTER in their names, and adds their own counts. Of what good
# tests print, the figures are shown.
tests() {
    local begin=$SECONDS log=$work/tests.log filter=$1
    shift
    title "tests with \"$filter\" in their names"
    cargo test --locked --no-fail-fast -- "$filter" --show-output "$@" 2>&1 | tee "$log" | figures_only
    count "$log" "${PIPESTATUS[0]}" "tests"
    echo "   ($((SECONDS - begin)) s)"
}

# Every test. Most of them wait, for a server, a lease or a timeout; the simulator behind tests/silence never does. So
# it runs beside the others and takes, by its niceness, only what they leave.
all_tests() {
    local begin=$SECONDS log=$work/tests.log beside=$work/silence.log simulator
    title "tests"
    if ! cargo test --locked --no-run; then
        failed=$((failed + 1)) failures+=("tests: they do not build")
        return
    fi
    nice -n 19 cargo test --locked --no-fail-fast --test silence -- --show-output >"$beside" 2>&1 &
    simulator=$!
    { cargo test --locked --no-fail-fast --lib --bins --test it -- --show-output 2>&1 &&
        cargo test --locked --no-fail-fast --doc 2>&1; } | tee "$log" | figures_only
    count "$log" "${PIPESTATUS[0]}" "tests"
    echo "   ($((SECONDS - begin)) s)"
    title "tests of silence, beside them"
    wait "$simulator"
    count "$beside" $? "tests of silence"
    figures_only <"$beside"
    echo "   ($((SECONDS - begin)) s since both began)"
}

# count LOG STATUS WHAT: adds what LOG says of tests that ended with STATUS.
count() {
    local good bad
    good=$(sum "$1" passed)
    bad=$(sum "$1" failed)
    # Nothing failed and yet it ended badly: it did not compile, or a test took the process down.
    if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$bad" -ne 0 ]; then failures+=("$3"); fi
    passed=$((passed + good)) failed=$((failed + bad))
}

# Leaves out what good tests print, but for their figures.
figures_only() {
    awk '/^successes:$/ { quiet = 1 } /^(failures:|test result:.*)$/ { quiet = 0 } !quiet || /^figure:/ { print; fflush() }'
}

# sum LOG WORD: adds up the numbers before WORD in cargo's "test result:" lines.
sum() {
    sed -n "s/^test result:.* \([0-9][0-9]*\) $2;.*/\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'
}

closing_line() {
    title "done in ${SECONDS} s"
    for failure in "${failures[@]+"${failures[@]}"}"; do echo "failed: $failure"; done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
