# A throw-away PostgreSQL cluster on a free loopback port. Sourced by tests/run.
# Exports TWOYES_TEST_POSTGRES; its user is a superuser and may make databases.

# The server refuses to run as root, so then it runs as the package's user.
as_postgres() {
    if [ "$(id -u)" != 0 ]; then
        (cd / && "$@")
    elif id postgres >/dev/null 2>&1; then
        (cd / && setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups "$@")
    else
        (cd / && setpriv --reuid=65534 --regid=65534 --clear-groups "$@")
    fi
}

# start_postgres FOLDER
start_postgres() {
    local programs password try
    postgres_folder=$1
    programs=$(postgres_programs) || return 1
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkdir -m 777 "$postgres_folder" || return 1
    # Readable by the server's user, who only reads it: the cluster is gone when the tests are.
    echo "$password" >"$postgres_folder/password"
    chmod 644 "$postgres_folder/password"
    as_postgres env LC_ALL=C "$programs/initdb" --pgdata="$postgres_folder/data" --username=twoyes \
        --pwfile="$postgres_folder/password" --auth-local=md5 --auth-host=md5 \
        --encoding=UTF8 --locale=C --no-sync >"$postgres_folder/initdb.log" 2>&1 ||
        { cat "$postgres_folder/initdb.log"; return 1; }
    for try in 1 2 3 4 5; do
        local port
        port=$(free_port)
        # Without fsync: nothing here outlives the run.
        if as_postgres env LC_ALL=C "$programs/pg_ctl" --pgdata="$postgres_folder/data" --silent --wait \
            --log="$postgres_folder/server.log" --options="-p $port -k $postgres_folder \
                -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=200" \
            start >/dev/null </dev/null; then
            export TWOYES_TEST_POSTGRES=postgres://twoyes:$password@127.0.0.1:$port/postgres
            echo "PostgreSQL $(cat "$postgres_folder/data/PG_VERSION") on port $port"
            return 0
        fi
    done
    tail -n 20 "$postgres_folder/server.log"
    return 1
}

# Stops the server of this folder by its pid file.
stop_postgres() {
    if [ -n "${postgres_folder:-}" ] && [ -e "$postgres_folder/data/postmaster.pid" ]; then
        as_postgres "$(postgres_programs)/pg_ctl" --pgdata="$postgres_folder/data" --silent --mode=immediate \
            stop >/dev/null 2>&1 || echo "PostgreSQL did not stop: $postgres_folder"
    fi
}
