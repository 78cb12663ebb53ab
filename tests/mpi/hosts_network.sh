# Simulates hosts on one machine: network namespaces, each with a name, an address, and a link with
# a rate and a delay. For scripts that have sourced tests/cli/common.sh and have the tests folder in
# $tests. Needs root.

subnet=10.77.0.0/24
hosts=
line=
agent=$tests/mpi/host_agent.sh

skip() {
    echo "skipped: $*"
    exit 77
}

remove_hosts() {
    [ -z "$line" ] || kill "$line" 2>/dev/null
    for host in $hosts; do
        ip netns del "$host" 2>/dev/null
        rm -rf "/etc/netns/$host"
    done
    rmdir /etc/netns 2>/dev/null
}

# make_hosts COUNT: creates hosts and sets $hosts to their names. Skips the script if that fails.
make_hosts() {
    [ "$(id -u)" -eq 0 ] || skip 'network namespaces need root'
    command -v ip >/dev/null && command -v tc >/dev/null ||
        skip 'there is no ip or tc (Debian: iproute2)'
    trap 'remove_hosts; rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    names='127.0.0.1 localhost'
    for i in $(seq "$1"); do
        host=lw$$h$i
        hosts=${hosts:+$hosts }$host
        names="$names
10.77.0.$i $host"
        ip netns add "$host" 2>"$work/err" || skip "no network namespaces: $(cat "$work/err")"
        ip -n "$host" link set lo up
    done
    for host in $hosts; do
        mkdir -p "/etc/netns/$host" && echo "$names" >"/etc/netns/$host/hosts" ||
            skip '/etc/netns cannot be written'
    done
}

# link_hosts RATE MICROSECONDS: replaces the links of all hosts. The burst of 128 KB is small
# compared with a step.
link_hosts() {
    if [ -n "$line" ]; then
        kill "$line"
        # Its devices disappear after it has ended.
        for host in $hosts; do
            while ip -n "$host" link show uplink >/dev/null 2>&1; do sleep 0.1; done
        done
    fi
    # shellcheck disable=SC2086 # a list of words
    line=$("$bin/delay_line" "$2" $hosts 2>"$work/err") ||
        skip "hosts cannot be linked: $(cat "$work/err")"
    i=0
    for host in $hosts; do
        i=$((i + 1))
        ip -n "$host" address add "10.77.0.$i/24" dev uplink
        ip -n "$host" link set uplink up
        tc -n "$host" qdisc replace dev uplink root \
            tbf rate "$1" burst 128kb latency 50ms 2>"$work/err" ||
            skip "rates cannot be shaped: $(cat "$work/err")"
    done
}

# on_hosts COMMAND ...: runs a rank on each host, with mpirun on the first. Words must not contain
# blanks. Waiting ranks yield the processors, which all hosts share.
on_hosts() {
    timeout 300 "$agent" "${hosts%% *}" mpirun --mca plm_rsh_agent "$agent" \
        --host "$(echo "$hosts" | tr ' ' ,)" --bind-to none \
        --mca btl self,tcp --mca btl_tcp_if_include "$subnet" --mca oob_tcp_if_include "$subnet" \
        --mca mpi_yield_when_idle 1 "$@" </dev/null
}
