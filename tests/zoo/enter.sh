#!/bin/sh
# enter.sh CGROUP ROOT DISK [--net] : the new host's own control group and namespaces, then boot.sh.
# Started with a mount namespace of its own, so that the hierarchy is at the usual place.
set -e
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "/sys/fs/cgroup/$1"
echo $$ > "/sys/fs/cgroup/$1/cgroup.procs"
exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup $4 \
    sh "$(dirname "$0")/boot.sh" "$2" "$3"
