#!/bin/sh
# boot.sh ROOT DISK : the first process of a new host.  What it writes is in the folder DISK, or in
# memory only if that is empty; of the kernel's settings, modules, messages and devices it sees or
# changes nothing.
set -e
mount --make-rprivate /
if [ "$2" ]; then mount --bind "$2" /mnt; else mount -t tmpfs tmpfs /mnt; fi
mkdir -p /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
cd /mnt/root
mount -t proc proc proc
mount --bind -o ro proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for each in null zero full random urandom tty; do
    : > dev/$each
    mount --bind /dev/$each dev/$each
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
hostname zoo
pivot_root . mnt
umount -l mnt
ip link set lo up
exec env -i container=zoo PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    setpriv --bounding-set -syslog,-sys_module,-sys_rawio,-sys_boot \
    /sbin/init --log-target=console --show-status=no
