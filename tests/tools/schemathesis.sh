#!/usr/bin/env bash
# Sends requests of all kinds to a running instance and compares the answers with its OpenAPI document: with a
# token of every scope, and with none. No answer may be a 5xx, and each has to be as the document says.
#
#   tests/tools/schemathesis.sh FOLDER PROGRAM [EXAMPLES]
#
# FOLDER is for the instance; PROGRAM is `twoyes`; TWOYES_TEST_PYTHON names the interpreter with schemathesis.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
mkdir -p "$1" && folder=$(realpath "$1") && program=$(realpath "$2") || exit 1
examples=${3:-12}
. tests/tools/needs.sh

port=$(free_port)
base=http://127.0.0.1:$port
cat >"$folder/twoyes.toml" <<END
[server]
listen = "127.0.0.1:$port"
base_url = "$base"
[database]
url = "sqlite:$folder/twoyes.db"
[keys]
file = "$folder/twoyes.keys"
[mail]
transport = "file"
from_address = "hello@example.test"
folder = "$folder/mail"
[log]
filter = "warn"
END

twoyes() { "$program" "$@" --config "$folder/twoyes.toml"; }

# token SCOPE...: prints the secret of a new token of an admin.
token() {
    local scopes=() scope
    for scope in "$@"; do scopes+=(--scope "$scope"); done
    twoyes token add lena@example.test --name "$*" "${scopes[@]}" 2>/dev/null
}

server=''
finish() {
    trap - EXIT
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; fi
}
trap finish EXIT
trap 'exit 143' TERM

twoyes migrate >/dev/null && twoyes connector add lena@example.test Lena --admin >/dev/null || exit 1
all=$(token read write admin) && write=$(token write) && read=$(token read) && admin=$(token admin) || exit 1
# Not by the function: what is ended is to be the program itself.
"$program" serve --config "$folder/twoyes.toml" >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done

# Something to find: every example of the document has a chance to meet it.
"$TWOYES_TEST_PYTHON" tests/tools/api_world.py "$base" "$all" || exit 1

checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks=$checks,response_schema_conformance,ignored_auth,unsupported_method,use_after_free

# attack NAME EXAMPLES HEADER...: one run with these headers.
attack() {
    local name=$1 examples=$2 log=$folder/$1.log
    shift 2
    # One worker: with two, Python 3.11 sometimes trips over itself. It keeps a folder where it runs.
    if (cd "$folder" && "$(dirname "$TWOYES_TEST_PYTHON")/schemathesis" run "$base/api/openapi.json" \
        --checks "$checks" --max-examples "$examples" --workers 1 --seed 4 --no-shrink --warnings off \
        --request-timeout 20 --continue-on-failure "$@") >"$log" 2>&1; then
        echo "figure: schemathesis: $name: $(sed -n 's/^ *\([0-9]* generated.*\)/\1/p' "$log" | head -1)"
    else
        cat "$log"
        return 1
    fi
}

status=0
attack "a token of every scope" "$examples" --header "Authorization: Bearer $all" || status=1
attack "a token that may write" 2 --header "Authorization: Bearer $write" || status=1
attack "a token that may read" 2 --header "Authorization: Bearer $read" || status=1
attack "a token of an admin's" 2 --header "Authorization: Bearer $admin" || status=1
attack "no token" 2 || status=1
if grep -E '"level":"ERROR"|panicked| ERROR ' "$folder/log"; then
    echo "the log of the instance tells of errors"
    status=1
fi
kill -0 "$server" 2>/dev/null || { echo "the instance is gone"; status=1; }
exit $status
