# Hosts of one machine: network namespaces on a bridge, each with a name, an address and a link of a rate of its own. For
# a script that has sourced tests/cli/common.sh and has the folder of the tests in $tests. Needs root.

subnet=10.77.0.0/24
hub=lw$$hub
hosts=
agent=$tests/mpi/host_agent.sh

skip() {
    echo "skipped: $*"
    exit 77
}

remove_hosts() {
    for host in $hosts $hub; do
        ip netns del "$host" 2>/dev/null
        rm -rf "/etc/netns/$host"
    done
    rmdir /etc/netns 2>/dev/null
}

# make_hosts COUNT: leaves their names in $hosts. The script is skipped where they cannot be made.
make_hosts() {
    [ "$(id -u)" -eq 0 ] || skip 'hosts can be made by root alone'
    command -v ip >/dev/null && command -v tc >/dev/null || skip 'there is no ip or tc (Debian: iproute2)'
    trap 'remove_hosts; rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    ip netns add "$hub" 2>"$work/err" || skip "there are no network namespaces: $(cat "$work/err")"
    ip -n "$hub" link add bridge type bridge 2>"$work/err" || skip "there are no bridges: $(cat "$work/err")"
    ip -n "$hub" link set bridge up
    names='127.0.0.1 localhost'
    for i in $(seq "$1"); do
        host=lw$$h$i
        hosts=${hosts:+$hosts }$host
        names="$names
10.77.0.$i $host"
        ip netns add "$host" &&
            ip link add uplink netns "$host" type veth peer name "port$i" netns "$hub" 2>"$work/err" ||
            skip "a host cannot be linked: $(cat "$work/err")"
        ip -n "$hub" link set "port$i" master bridge up
        ip -n "$host" address add "10.77.0.$i/24" dev uplink
        ip -n "$host" link set uplink up
        ip -n "$host" link set lo up
    done
    for host in $hosts; do
        mkdir -p "/etc/netns/$host" && echo "$names" >"/etc/netns/$host/hosts" || skip '/etc/netns cannot be written'
    done
}

# shape_links RATE DELAY: of what each host sends, from now on. What may pass at once, 128 KB, is little beside a step's bytes.
# Says in $shaped what was done: not all kernels can delay.
shape_links() {
    shaped="$1, delayed by $2"
    for host in $hosts; do
        tc -n "$host" qdisc replace dev uplink root handle 1: tbf rate "$1" burst 128kb latency 50ms 2>"$work/err" ||
            skip "rates cannot be shaped: $(cat "$work/err")"
        tc -n "$host" qdisc replace dev uplink parent 1: netem delay "$2" limit 100000 2>/dev/null ||
            shaped="$1, delay not shaped because there is no netem"
    done
}

# on_hosts COMMAND ...: a rank on each host, by mpirun on the first. Its words have no blanks. Ranks that wait do not keep the
# processors, which all hosts share.
on_hosts() {
    timeout 300 "$agent" "${hosts%% *}" mpirun --mca plm_rsh_agent "$agent" --host "$(echo "$hosts" | tr ' ' ,)" \
        --bind-to none --mca btl self,tcp --mca btl_tcp_if_include "$subnet" --mca oob_tcp_if_include "$subnet" \
        --mca mpi_yield_when_idle 1 "$@" </dev/null
}
