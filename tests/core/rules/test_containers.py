"""Containers under both settings: hosts as they were captured, and what must hold of each row."""

from __future__ import annotations

from typing import Dict, Iterable, List, Tuple

import pytest

from psdiff_zbx.core.baseline import dump_tree, parse_baseline
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Comparison, Process, Tree
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.rule import Subject
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build, family
from psdiff_zbx.host.config import shipped_rules
from psdiff_zbx.host.processes import read_recorded
from tests.builders import INIT, bare, outline, process, tree
from tests.files import DATA

CONTAINERS = DATA / "containers"
HOSTS = sorted(path.stem for path in CONTAINERS.glob("*.jsonl"))
SETTINGS = {setting: Rules(shipped_rules(setting)) for setting in ("ignore", "watch")}
IGNORE, WATCH = SETTINGS["ignore"], SETTINGS["watch"]
ID = "0eb77e3614f6dca1b13a1f57ad21168f38bc226c1cdad438346fa666468f3add"
POD = "pod53cba6a2-7b58-4d3c-9b25-8a7cb4e37b0d"


def processes(host: str) -> List[Process]:
    return read_recorded(str(CONTAINERS / f"{host}.jsonl"))


def shown(live: Iterable[Process], rules: Rules) -> Tree:
    return apply(build(list(live)), rules)


def changes(before: Iterable[Process], after: Iterable[Process], rules: Rules) -> Comparison:
    """As between a baseline and what runs now."""
    return compare(bare(shown(before, rules)), shown(after, rules))


def below(live: Iterable[Process], word: str) -> List[Process]:
    """Those with this word in their command lines, and all below them."""
    live = list(live)
    named = [each.pid for each in live if word in " ".join(each.cmdline)]
    pids = {pid for each in named for pid in family(live, each)}
    return [each for each in live if each.pid in pids]


# --- Whole hosts ---


def test_all_hosts_are_there() -> None:
    assert len(HOSTS) == 15


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_shown_as_expected(host: str, setting: str) -> None:
    expected = (CONTAINERS / f"{host}.{setting}").read_text(encoding="utf-8")
    assert dump_tree(shown(processes(host), SETTINGS[setting])).rstrip("\n") == expected.rstrip(
        "\n"
    )


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_baseline_is_read_as_it_was_written(host: str, setting: str) -> None:
    rules = SETTINGS[setting]
    live = shown(processes(host), rules)
    stored = parse_baseline(dump_tree(live).encode(), "test").tree
    found = compare(apply(stored, rules), live)
    assert (found.missing, found.extra) == ((), ())


@pytest.mark.parametrize("setting", SETTINGS)
def test_containers_that_were_started_anew_are_no_change(setting: str) -> None:
    before, after = processes("restarts-before"), processes("restarts-after")
    lost = {each.cmdline for each in before} - {each.cmdline for each in after}
    assert len(lost) > 15, "ids, addresses and ports are others"
    found = changes(before, after, SETTINGS[setting])
    assert (found.missing, found.extra) == ((), ())


@pytest.mark.parametrize("setting", SETTINGS)
def test_commands_in_containers_are_no_change(setting: str) -> None:
    host = processes("podman")
    session = [each for each in host if "--exec-attach" in each.cmdline]
    assert len(session) == 1
    without = [each for each in host if each not in below(host, session[0].cmdline[6])]
    assert changes(without, host, SETTINGS[setting]).extra == ()


def test_a_container_that_is_gone_is_named_where_containers_are_watched() -> None:
    host = processes("restarts-before")
    gone = below(host, "-n inpod ")
    left = [each for each in host if each not in gone]
    assert [line.cmdline for line in changes(host, left, WATCH).missing] == [
        "conmon -n inpod",
        "sleep 2121",
    ]
    assert changes(host, left, IGNORE).missing == ()


SYSTEM_CONTAINERS = {
    "incus": "[lxc monitor] /var/lib/incus/containers i1",
    "lxc": "/usr/bin/lxc-start -F -n c2",
    "lxd": "[lxc monitor] /var/lib/lxd/containers i1",
    "nspawn": "/usr/bin/systemd-nspawn -q -D /var/lib/machines/m2 --bind-ro=/usr -b --machine=m2",
    "quoted": "/usr/bin/lxc-start -F -n 126",
}


@pytest.mark.parametrize(("host", "monitor"), SYSTEM_CONTAINERS.items(), ids=SYSTEM_CONTAINERS)
def test_a_system_container_that_is_gone_is_one_line(host: str, monitor: str) -> None:
    live = processes(host)
    gone = below(live, monitor)
    assert len(gone) > 1
    left = [each for each in live if each not in gone]
    assert [line.cmdline for line in changes(live, left, IGNORE).missing] == [monitor]


@pytest.mark.parametrize(
    ("host", "runtime"), [("docker", "/usr/sbin/dockerd"), ("quoted", "crio")]
)
def test_a_runtime_that_is_gone_is_one_line(host: str, runtime: str) -> None:
    live = processes(host)
    (gone,) = (each for each in live if each.cmdline and each.cmdline[0].endswith(runtime))
    left = [each for each in live if each != gone and each.name != "docker-proxy"]
    (missing,) = changes(live, left, IGNORE).missing
    assert missing.cmdline.split()[0].endswith(runtime)


def test_what_was_watched_can_be_ignored() -> None:
    """Nothing of root's containers is missing in a baseline that was written under the other
    setting.  Of a user's it cannot be told whether they were containers."""
    for host in HOSTS:
        stored = bare(shown(processes(host), WATCH))
        missing = compare(apply(stored, IGNORE), shown(processes(host), IGNORE)).missing
        left = {line.cmdline for line in missing if line.user == "root"}
        assert all("sleep" in line or "orphan" in line for line in left), (host, left)


def test_the_containers_in_a_baseline_of_psdiff_are_no_alarm() -> None:
    stored = tree(
        """
        /usr/bin/containerd
        /usr/bin/containerd-shim-runc-v2 -namespace moby -id <ID> -address /run/containerd.sock
          nginx: master process nginx -g daemon off;
            nginx: worker process  {user=101}
        """
    )
    live = [INIT, process(155, "/usr/bin/containerd")]
    assert compare(apply(stored, IGNORE), shown(live, IGNORE)).missing == ()


# --- Control groups ---

CGROUPS = [
    f"/system.slice/docker-{ID}.scope",
    f"/system.slice/docker-{ID}.scope/init.scope",
    f"/system.slice/docker-{ID}.scope/system.slice/nginx.service",
    f"/custom.slice/docker-{ID}.scope",
    f"/docker/{ID}",
    f"/docker/{ID}/system.slice/nginx.service",
    f"/../docker-{ID}.scope",
    "/docker/buildkit/u0vhs4t52vd6qn4n5kldwkeml",
    f"/system.slice/nerdctl-{ID}.scope",
    f"/machine.slice/libpod-{ID}.scope",
    f"/machine.slice/libpod-{ID}.scope/container/system.slice/nginx.service",
    f"/machine.slice/libpod-conmon-{ID}.scope",
    f"/machine.slice/machine-libpod_pod_{ID}.slice/libpod-{ID}.scope/container",
    f"/libpod_parent/libpod-{ID}",
    f"/system.slice/web.service/libpod-payload-{ID}",
    f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/crio-{ID}.scope",
    f"/system.slice/crio-conmon-{ID}.scope",
    f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope",
    f"/system.slice/kubepods-besteffort-pod1.slice:cri-containerd:{ID}",
    f"/kubepods/besteffort/{POD}/{ID}",
    f"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/{ID}.scope",
    f"/system.slice/kubelet.service/kubepods/burstable/{POD}/{ID}",
    "/system.slice/runc-web.scope",
    "/system.slice/crun-web.scope/container",
    "/lxc.payload.c1/init.scope",
    "/lxc.payload/c1/system.slice/nginx.service",
    "/lxc/126/ns/system.slice/nginx.service",
    "/machine.slice/machine-web.scope/payload/init.scope",
    "/machine.slice/systemd-nspawn@web.service/payload",
    r"/machine.slice/machine-lxc\x2d1174\x2dlv1.scope",
]


@pytest.mark.parametrize("cgroup", CGROUPS)
def test_what_runs_in_a_container_is_known_by_its_cgroup(cgroup: str) -> None:
    """Also where nothing above it tells, and whatever else it may be."""
    lines = ["sleep 60", "nginx: worker process", "/usr/sbin/sshd -D", "/usr/sbin/cron -f"]
    live = [INIT, *(process(9 + n, line, cgroup=cgroup) for n, line in enumerate(lines))]
    assert outline(shown(live, IGNORE)) == ["INIT"]
    assert len(outline(shown(live, WATCH))) > 3


@pytest.mark.parametrize(
    "name",
    [f"libpod-{ID}.scope/container", f"docker-{ID}.scope", f"docker/{ID}", "lxc.payload.c1"],
)
def test_what_a_user_calls_his_own_scope_hides_nothing(name: str) -> None:
    cgroup = f"/user.slice/user-1000.slice/user@1000.service/user.slice/{name}"
    stray = process(9, "/opt/stray", cgroup=cgroup, user="alice")
    assert outline(shown([INIT, stray], IGNORE)) == ["INIT", "  /opt/stray  {user=alice}"]
    conmon = process(8, "/usr/bin/conmon -n web", user="alice")
    held = process(9, "/opt/held", 8, cgroup=cgroup, user="alice")
    assert outline(shown([INIT, conmon, held], IGNORE)) == ["INIT"]


NO_CONTAINERS = {
    "/usr/sbin/dockerd -H fd://": "/system.slice/docker.service",
    "/opt/registry serve": "/system.slice/docker-registry.service",
    "/opt/cafe": "/system.slice/docker-cafe.scope",
    "/opt/web": "/docker/web",
    "/usr/bin/containerd": "/system.slice/containerd.service",
    "/usr/bin/podman system service --time=0": "/system.slice/podman.service",
    "/usr/local/bin/crio": "/system.slice/crio.service",
    "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml": "/system.slice/kubelet.service",
    "/opt/exporter": "/system.slice/kubepods-exporter.service",
    "/opt/runc-exporter": "/system.slice/runc-exporter.service",
    "/usr/local/bin/k3s server": "/system.slice/k3s.service",
    "/usr/bin/lxcfs /var/lib/lxcfs": "/system.slice/lxcfs.service",
    "/usr/libexec/lxc/lxc-monitord --daemon": "/system.slice/lxc-monitord.service",
    "/usr/libexec/incus/incusd --group incus-admin": "/system.slice/incus.service",
    "/snap/lxd/current/bin/lxd forkdns 240.196.0.1:1053 lxd lxdfan0": "/",
    "lxd --logfile /var/snap/lxd/common/lxd/logs/lxd.log --group lxd": "/",
    "[lxc monitor] /var/lib/lxc web": "/lxc.monitor.web",
    "/usr/bin/lxc-start -F -n 126": "/lxc.monitor/126",
    "systemd-nspawn -b --machine=web": "/machine.slice/systemd-nspawn@web.service/supervisor",
    "/usr/lib/libvirt/libvirt_lxc --name web": r"/machine.slice/machine-lxc\x2d1\x2dweb.scope",
    "/usr/sbin/libvirtd": "/system.slice/libvirtd.service",
    "/opt/qemu -name web": r"/machine.slice/machine-qemu\x2d1\x2dweb.scope/libvirt/emulator",
    "/opt/fcvm": "/machine.slice/machine-web.scope",
    "/usr/bin/docker run --name web web": "/system.slice/web.service",
    "/usr/bin/podman run --name web web": "/system.slice/web.service",
    "/usr/bin/fuse-overlayfs -o lowerdir=/a,upperdir=/b /srv": "/system.slice/srv.mount",
    "/opt/conmonitor": "/system.slice/conmonitor.service",
    "/opt/my-containerd-shim -id 5": "/system.slice/my.service",
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("cmdline", "cgroup"), NO_CONTAINERS.items(), ids=NO_CONTAINERS)
def test_what_belongs_to_the_host_is_watched(cmdline: str, cgroup: str, setting: str) -> None:
    live = [INIT._replace(cgroup="/init.scope"), process(9, cmdline, cgroup=cgroup)]
    assert outline(shown(live, SETTINGS[setting])) == ["INIT", f"  {cmdline}"]


@pytest.mark.parametrize("ours", ["", "/init.scope"])
def test_in_a_container_only_those_in_it_are_containers(ours: str) -> None:
    """Without a cgroup namespace, all that we see is in the cgroup of our own container."""
    init = INIT._replace(cgroup=f"/docker/{ID}{ours}")
    daemon = process(9, "/usr/sbin/cron -f", cgroup=f"/docker/{ID}/system.slice/cron.service")
    nested = process(10, "sleep 60", cgroup=f"/docker/{ID}/docker/{ID}")
    assert outline(shown([init, daemon, nested], IGNORE)) == ["INIT", "  /usr/sbin/cron -f"]


def test_a_container_without_its_monitor_does_not_stand_in_for_the_host() -> None:
    """The host's own workers are gone; those of a container look the same."""
    master, worker = "nginx: master process /usr/sbin/nginx", "nginx: worker process"
    here = [INIT, process(9, master), process(10, worker, 9, user="www-data")]
    cgroup = f"/machine.slice/libpod-{ID}.scope/container"
    there = [each._replace(pid=each.pid + 90, ppid=1, cgroup=cgroup) for each in here[1:]]
    found = changes(here, [INIT, *there], IGNORE)
    assert [line.cmdline for line in found.missing] == [master, worker]


def test_only_one_rule_asks_for_the_cgroup() -> None:
    rows = [row for row in IGNORE.rows if row.containers and row.cgroup]
    assert len(rows) == 1
    assert not [row for row in WATCH.rows if row.containers and row.cgroup]


# --- Command lines ---

CONMON = (
    f"/usr/bin/conmon --api-version 1 -c {ID} -u {ID} -r /usr/bin/crun -b /var/lib/{ID}/userdata"
    " -p /run/pidfile -n {} --exit-dir /run/libpod/exits -s -l journald --exit-command-arg {}"
)
RANDOM: Dict[str, Tuple[str, str]] = {
    "shim": (
        f"/usr/local/bin/containerd-shim-runc-v2 -namespace k8s.io -id {ID} -address /run/c.sock",
        "/usr/local/bin/containerd-shim-runc-v2 -namespace k8s.io -id <ID> -address /run/c.sock",
    ),
    "shim-of-kata": (
        f"/usr/bin/containerd-shim-kata-v2 -namespace k8s.io -address /run/c.sock -id {ID} -debug",
        "/usr/bin/containerd-shim-kata-v2 -namespace k8s.io -address /run/c.sock -id <ID> -debug",
    ),
    "shim-of-rke2": (
        f"/var/lib/rancher/rke2/data/v1.28.9-rke2r1-0c5d/bin/containerd-shim-runc-v2 -id {ID}",
        "/var/lib/rancher/rke2/data/<VERSION>/bin/containerd-shim-runc-v2 -id <ID>",
    ),
    "conmon": (CONMON.format("web", "-n other"), "conmon -n web"),
    "conmon-last": (f"/usr/libexec/podman/conmon -c {ID} -n web", "conmon -n web"),
    "conmon-of-a-pod": (CONMON.format("de3a32cae917-infra", ID), "conmon -n <ID>-infra"),
    "conmon-of-kube-play": (CONMON.format("de3a32cae917-service", ID), "conmon -n <ID>-service"),
    "conmon-no-id": (CONMON.format("de3a32cae91-infra", ID), "conmon -n de3a32cae91-infra"),
    "conmon-of-cri-o": (
        CONMON.format("k8s_nginx_web-6799fc88d8-x2p4q_default_53cba6a2-7b58-4d3c_0", ID),
        "conmon -n k8s_nginx_web-<ID>_default",
    ),
    "conmon-of-a-daemon-set": (
        CONMON.format("k8s_POD_kube-proxy-x2p4q_kube-system_53cba6a2-7b58-4d3c_12", ID),
        "conmon -n k8s_POD_kube-proxy-<ID>_kube-system",
    ),
    "conmon-of-a-stateful-set": (
        CONMON.format("k8s_db_db-0_default_53cba6a2-7b58-4d3c_0", ID),
        "conmon -n k8s_db_db-0_default",
    ),
    "conmon-of-a-static-pod": (
        CONMON.format("k8s_etcd_etcd-node1_kube-system_767081f8d4a1e549747c8b66d4842b25_1", ID),
        "conmon -n k8s_etcd_etcd-node1_kube-system",
    ),
    "docker-proxy": (
        "/usr/bin/docker-proxy -host-ip :: -host-port 80 -container-ip fd00::2 -container-port 80",
        "/usr/bin/docker-proxy -host-ip :: -host-port 80 -container-ip <IP> -container-port 80",
    ),
    "slirp4netns": (
        "slirp4netns -c /run/user/1000/netns/netns-9ba21acc-046a-b5c0-e7d4-80d18f4f6883 tap0",
        "slirp4netns -c /run/user/1000/netns/netns-<ID> tap0",
    ),
    "forkproxy": (
        "/usr/bin/lxd forkproxy -- 1559 4 tcp:0.0.0.0:9797 1950 3 tcp:127.0.0.1:80   0644",
        "/usr/bin/lxd forkproxy tcp:0.0.0.0:9797 tcp:127.0.0.1:80   0644",
    ),
    "libvirt_lxc": (
        "/usr/libexec/libvirt_lxc --name web --console 23 --security=selinux --handshake 26",
        "/usr/libexec/libvirt_lxc --name web",
    ),
}


@pytest.mark.parametrize(("cmdline", "expected"), RANDOM.values(), ids=RANDOM)
def test_what_is_random_is_left_out(cmdline: str, expected: str) -> None:
    assert WATCH.normalise(Subject(cmdline, "root")) == expected
    assert WATCH.normalise(Subject(expected, "root")) == expected


@pytest.mark.parametrize(
    ("port", "random"),
    [
        (port, 32768 <= port <= 60999)
        for port in (80, 3276, 32767, 32768, 32770, 32800, 33000, 49153, 60999, 61000, 65535)
    ],
)
def test_ports_without_a_number_of_their_own(port: int, random: bool) -> None:
    """/proc/sys/net/ipv4/ip_local_port_range, as it is by default."""
    proxy = "docker-proxy -proto tcp -host-port {} -container-ip <IP> -container-port 33000"
    expected = proxy.format("<PORT>" if random else port)
    assert WATCH.normalise(Subject(proxy.format(port), "root")) == expected


HELPERS = [
    f"/usr/bin/containerd-shim-runc-v2 -namespace moby -id {ID} -address /run/c.sock",
    CONMON.format("web", ID),
    "conmon -n web",
    "/usr/bin/conmonrs --runtime /usr/bin/crun",
    f"/usr/bin/crun --systemd-cgroup --root=/run/crun create --bundle /run/userdata {ID}",
    "/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2",
    "rootlessport",
    "rootlessport-child",
    "/usr/bin/slirp4netns --netns-type=path /run/user/1000/netns/netns-1 tap0",
    "/usr/bin/pasta --config-net --netns /run/user/1000/netns/netns-1",
    "/usr/lib/podman/aardvark-dns --config /run/containers/networks/aardvark-dns -p 53 run",
    f"/usr/bin/fuse-overlayfs -o lowerdir=/c/overlay/l/A,upperdir=/c/overlay/{ID}/diff /c/merged",
    "catatonit -P",
    "/usr/libexec/incus/incusd forkproxy -- 6007 4 tcp:0.0.0.0:9797 6124 3 tcp:127.0.0.1:80",
]


@pytest.mark.parametrize("cmdline", HELPERS)
def test_what_a_container_needs_comes_and_goes_with_it(cmdline: str) -> None:
    live = [INIT, process(9, cmdline), process(10, "/bin/app", 9)]
    assert outline(shown(live, IGNORE)) == ["INIT"]
    assert len(outline(shown(live, WATCH))) == 3


PASSING = [
    "runc init",
    "/proc/self/exe init",
    "/usr/bin/podman system service",
    "/usr/bin/podman --log-level=info system service --time=5",
    "/usr/lib/podman/netavark dhcp-proxy -a 30",
    "/snap/lxd/current/bin/lxd forkexec c1 /var/lib/lxd/containers lxc.conf -- cmd sleep 60",
]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("cmdline", PASSING)
def test_what_does_not_stay_is_ignored_under_either_setting(cmdline: str, setting: str) -> None:
    live = [INIT, process(9, cmdline), process(10, "sleep 60", 9)]
    assert outline(shown(live, SETTINGS[setting])) == ["INIT"]
