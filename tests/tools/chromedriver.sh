#!/usr/bin/env bash
# Runs chromedriver for the browser tests (tests/it/browser/driver.rs starts it):
#
#   chromedriver.sh FOLDER
#
# It finds a free port itself and prints it. When standard input ends, and that it does however the tests
# end, it ends with all browsers whose profiles lie in FOLDER, and FOLDER goes with them.

set -u
folder=$1
log=$folder/chromedriver.log

if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    echo "chromium or chromedriver is missing: tests/run installs them (Debian's chromium and chromium-driver)"
    exit 1
fi

TMPDIR=$folder chromedriver --port=0 --log-level=SEVERE >"$log" 2>&1 </dev/null &
driver=$!

finish() {
    kill "$driver" 2>/dev/null
    wait "$driver" 2>/dev/null
    local process
    for process in /proc/[0-9]*; do
        if { tr '\0' '\n' <"$process/cmdline" | grep -q -- "^--user-data-dir=$folder/"; } 2>/dev/null; then
            kill -KILL "${process#/proc/}" 2>/dev/null
        fi
    done
    rm -rf "$folder"
}
trap finish EXIT
# Ctrl-C reaches the whole group; the end of standard input follows it.
trap '' INT HUP

for _ in $(seq 200); do
    port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$log")
    [ -n "$port" ] && break
    if ! kill -0 "$driver" 2>/dev/null; then cat "$log"; exit 1; fi
    sleep 0.05
done
echo "port ${port:?chromedriver did not say its port: $(cat "$log")}"

# Nothing is ever written to it.
while read -r _; do :; done
