# A Postfix of our own on a free loopback port, beside any other. Sourced by tests/run.
# It takes mail for every domain, delivers all of it into one Maildir and lets none out.
# Mail for gone*@ and overquota*@ it takes and then bounces; mail for anybody at NAME.pipe.test goes into the
# `twoyes inbound` of the folder NAME.pipe.test below TWOYES_TEST_PIPES.
# Exports TWOYES_TEST_SMTP (host:port), TWOYES_TEST_MAILDIR, TWOYES_TEST_SMTP_ROOT (the certificate to trust for
# STARTTLS at "localhost"), TWOYES_TEST_PIPES and TWOYES_TEST_PIPE_USER (the number of the user that pipes run as).

# start_postfix FOLDER
start_postfix() {
    postfix_folder=$1
    local try
    mkdir -m 755 "$postfix_folder" "$postfix_folder"/{etc,spool,lib,mail,log,pipes} || return 1
    certificate_for_localhost "$postfix_folder/etc" || return 1
    local owner=nobody
    [ "$(id -u)" = 0 ] || owner=$(id -un)
    as_root chown "$owner" "$postfix_folder/mail" &&
        as_root chown postfix "$postfix_folder/lib" &&
        as_root chown root:root "$postfix_folder/spool" "$postfix_folder/etc" "$postfix_folder/log" || return 1
    pipe_script >"$postfix_folder/pipes/run"
    failing_script >"$postfix_folder/pipes/fail"
    write_main_cf "$(id -u "$owner")" "$(id -g "$owner")" | as_root tee "$postfix_folder/etc/main.cf" >/dev/null
    for try in 1 2 3 4 5; do
        local port
        port=$(free_port)
        write_master_cf "$port" "$owner" | as_root tee "$postfix_folder/etc/master.cf" >/dev/null
        as_root env MAIL_CONFIG="$postfix_folder/etc" postfix -c "$postfix_folder/etc" start \
            >"$postfix_folder/start.log" 2>&1 </dev/null || continue
        if greets "$port"; then
            export TWOYES_TEST_SMTP=127.0.0.1:$port
            export TWOYES_TEST_MAILDIR=$postfix_folder/mail/all
            export TWOYES_TEST_SMTP_ROOT=$postfix_folder/etc/root.pem
            export TWOYES_TEST_PIPES=$postfix_folder/pipes
            TWOYES_TEST_PIPE_USER=$(id -u "$owner")
            export TWOYES_TEST_PIPE_USER
            mkdir_maildir "$owner"
            echo "Postfix $(postconf -dh mail_version) on port $port"
            return 0
        fi
        stop_postfix
    done
    cat "$postfix_folder/start.log" "$postfix_folder"/log/* 2>/dev/null
    return 1
}

# Stops the server of this folder by its pid file, and waits for it.
stop_postfix() {
    if [ -n "${postfix_folder:-}" ] && [ -e "$postfix_folder/spool/pid/master.pid" ]; then
        as_root postfix -c "$postfix_folder/etc" stop >/dev/null 2>&1 || true
    fi
}

# So that tests may look into it before the first mail.
mkdir_maildir() {
    local folder
    for folder in "" /new /cur /tmp; do
        as_root install -d -m 755 -o "$1" "$TWOYES_TEST_MAILDIR$folder"
    done
}

greets() {
    local line
    for _ in $(seq 50); do
        if { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; then
            read -r -t 5 line <&3 || line=''
            exec 3>&-
            [[ $line == 220* ]] && return 0
        fi
        sleep 0.1
    done
    return 1
}

# A root and a certificate under it: rustls takes no certificate that signed itself.
certificate_for_localhost() {
    local log=$1/openssl.log
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >"$1/names.txt"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=twoyes tests" \
        -keyout "$1/root.key" -out "$1/root.pem" >"$log" 2>&1 &&
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=localhost" \
            -keyout "$1/server.key" -out "$1/server.csr" >>"$log" 2>&1 &&
        openssl x509 -req -in "$1/server.csr" -CA "$1/root.pem" -CAkey "$1/root.key" -set_serial 1 -days 2 \
            -extfile "$1/names.txt" -out "$1/server.pem" >>"$log" 2>&1 || { cat "$log"; return 1; }
}

# As an operator would write it, but for one instance of many.
pipe_script() {
    cat <<'END'
cd "$(dirname "$0")/$1" && exec ./twoyes --config twoyes.toml inbound --to "$2"
END
}

# A mail store that refuses, by the name of the recipient.
failing_script() {
    cat <<'END'
case $1 in
    gone*) echo "5.1.1 no such mailbox" ;;
    *) echo "5.2.2 the mailbox is full" ;;
esac
exit 69
END
}

# write_main_cf UID GID
write_main_cf() {
    cat <<END
compatibility_level = 3.6
queue_directory = $postfix_folder/spool
data_directory = $postfix_folder/lib
maillog_file = $postfix_folder/log/mail.log
maillog_file_prefixes = $postfix_folder/log
myhostname = mx.example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =

# Every domain is ours, so no mail of a test ever leaves the machine.
virtual_mailbox_domains = static:all
virtual_mailbox_base = $postfix_folder/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:$1
virtual_gid_maps = static:$2
virtual_minimum_uid = 100
# What is taken and cannot be delivered after all, and what comes back because of it. (By "error" these people
# would be refused at once.)
transport_maps = regexp:{
    { /^(gone|overquota)/ failing: },
    { /@[a-z0-9]+\.pipe\.test\$\$/ piped: }}
piped_destination_recipient_limit = 1
default_transport = error:nothing leaves the tests
relay_transport = error:nothing leaves the tests

# Recipients for tests of refusals.
smtpd_recipient_restrictions =
    check_recipient_access inline:{
        {refused@example.test = 550 5.1.1 No such mailbox},
        {later@example.test = 450 4.2.0 Greylisted},
        {full@example.test = 452 4.2.2 Mailbox full}},
    permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = $postfix_folder/etc/server.pem
smtpd_tls_key_file = $postfix_folder/etc/server.key
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
# A test would feel a full second of waiting after every error.
smtpd_error_sleep_time = 0
END
}

# write_master_cf PORT OWNER: the services that taking and storing mail needs, none in a chroot.
write_master_cf() {
    cat <<END
127.0.0.1:$1 inet n - n - 100 smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
failing unix - n n - 2 pipe user=$2 argv=/bin/sh $postfix_folder/pipes/fail \${user}
piped unix - n n - 2 pipe flags=DR user=$2 argv=/bin/sh $postfix_folder/pipes/run \${domain} \${original_recipient}
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
END
}
