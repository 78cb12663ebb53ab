#!/bin/sh
# usage: host_agent.sh [OPTION ...] HOST COMMAND ...
# Starts MPI's daemon on a host of hosts_network.sh, as ssh would on a machine; the options are ssh's.
while [ "${1#-}" != "$1" ]; do
    shift
done
host=$1
shift
# The name makes it a host of its own to MPI. ssh hands its words to a shell, too.
exec ip netns exec "$host" unshare --uts sh -c "hostname $host && $*"
