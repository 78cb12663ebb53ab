#!/bin/sh
# usage: host_agent.sh [OPTION ...] HOST COMMAND ...
# Replaces ssh for mpirun: starts the daemon of MPI on a host of hosts_network.sh. Ignores the
# options of ssh.
while [ "${1#-}" != "$1" ]; do
    shift
done
host=$1
shift
# The host name makes it a separate host for MPI. Like ssh, passes the command to a shell.
exec ip netns exec "$host" unshare --uts sh -c "hostname $host && $*"
