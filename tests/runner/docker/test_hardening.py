"""What a sandbox keeps hostile code from doing, asked from inside one that is like any other."""

import platform
import time

import pytest

from greenroom_runner.channel import ChannelClosed
from greenroom_runner.docker_engine import FIRST_USER, GROUP, LAST_USER, MEETING
from greenroom_runner.harness.services.needs import together
from greenroom_runner.limits import Limits
from tests.runner.docker.conftest import ProbeEngine

GIVEN = Limits()

# Numbers that x86-64 and arm64 do not share; the newer ones are the same everywhere.
_X86 = {
    "ptrace": 101,
    "process_vm_readv": 310,
    "mount": 165,
    "umount2": 166,
    "pivot_root": 155,
    "chroot": 161,
    "unshare": 272,
    "setns": 308,
    "bpf": 321,
    "keyctl": 250,
    "add_key": 248,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "kexec_load": 246,
    "init_module": 175,
    "memfd_create": 319,
    "shmget": 29,
    "personality": 135,
    "setuid": 105,
    "name_to_handle_at": 303,
    "vmsplice": 278,
}
_ARM = {
    "ptrace": 117,
    "process_vm_readv": 270,
    "mount": 40,
    "umount2": 39,
    "pivot_root": 41,
    "chroot": 51,
    "unshare": 97,
    "setns": 268,
    "bpf": 280,
    "keyctl": 219,
    "add_key": 217,
    "perf_event_open": 241,
    "userfaultfd": 282,
    "kexec_load": 104,
    "init_module": 105,
    "memfd_create": 279,
    "shmget": 194,
    "personality": 92,
    "setuid": 146,
    "name_to_handle_at": 264,
    "vmsplice": 75,
}
_EVERYWHERE = {"io_uring_setup": 425, "io_uring_enter": 426, "pidfd_getfd": 438, "fsopen": 430}
DENIED = {**(_ARM if platform.machine() in {"aarch64", "arm64"} else _X86), **_EVERYWHERE}


@pytest.mark.parametrize("name", sorted(DENIED))
def test_refuses_a_system_call(probe: ProbeEngine, name: str) -> None:
    found = probe.observe(f"say(result=call({DENIED[name]}, 0, 0, 0, 0, 0, 0))")
    assert found == {"result": "EPERM"}


def test_refuses_namespaces_through_clone(probe: ProbeEngine) -> None:
    clone, clone3 = (56, 435) if platform.machine() == "x86_64" else (220, 435)
    new_user = 0x10000000
    found = probe.observe(
        f"say(clone=call({clone}, {new_user}, 0, 0, 0, 0), clone3=call({clone3}, 0, 0))"
    )
    assert found == {"clone": "EPERM", "clone3": "ENOSYS"}


def test_refuses_unusual_sockets(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        import socket
        def tried(family, kind, protocol=0):
            try:
                socket.socket(family, kind, protocol).close()
            except OSError as problem:
                return errno.errorcode[problem.errno]
            return "allowed"
        say(packet=tried(17, socket.SOCK_RAW), vsock=tried(40, socket.SOCK_STREAM),
            netlink=tried(16, socket.SOCK_RAW), alg=tried(38, socket.SOCK_SEQPACKET),
            raw=tried(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
            plain=tried(socket.AF_INET, socket.SOCK_STREAM))
        """
    )
    assert found == {
        "packet": "EPERM",
        "vsock": "EPERM",
        "netlink": "EPERM",
        "alg": "EPERM",
        "raw": "EPERM",
        "plain": "allowed",
    }


def test_runs_as_nobody_in_particular_without_any_privilege(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        lines = open("/proc/self/status").read().splitlines()
        status = dict(line.split(":\\t", 1) for line in lines)
        say(uid=os.getuid(), gid=os.getgid(), groups=os.getgroups(), pid=os.getpid(),
            caps=[status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
            no_new_privileges=status["NoNewPrivs"], seccomp=status["Seccomp"])
        """
    )
    assert FIRST_USER <= found.pop("uid") < LAST_USER
    assert set(found.pop("caps")) == {"0000000000000000"}
    assert set(found.pop("groups")) <= {GROUP}
    assert found == {"gid": GROUP, "pid": 1, "no_new_privileges": "1", "seccomp": "2"}


def test_every_sandbox_has_a_user_of_its_own(probe: ProbeEngine) -> None:
    # The kernel counts processes by user, across containers.
    users = {probe.observe("say(uid=os.getuid())")["uid"] for _ in range(3)}
    assert len(users) > 1


def test_has_no_network(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        import socket
        def reached(address):
            try:
                socket.create_connection(address, timeout=2).close()
            except OSError as problem:
                return errno.errorcode.get(problem.errno, str(problem))
            return "reached"
        say(interfaces=sorted(os.listdir("/sys/class/net")), outside=reached(("1.1.1.1", 80)),
            host=reached(("172.17.0.1", 80)))
        """
    )
    assert "eth0" not in found["interfaces"]
    assert (found["outside"], found["host"]) == ("ENETUNREACH", "ENETUNREACH")


def test_root_is_read_only_and_nothing_of_the_engine_is_in_reach(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        def written(path):
            try:
                open(path, "w").close()
            except OSError as problem:
                return errno.errorcode[problem.errno]
            return "written"
        places = ("/x", "/etc/x", "/opt/greenroom/x", "/opt/venv/x", "/dev/x", "/proc/sys/kernel/x",
                  "/sys/x", "/run/x", "/var/tmp/x", "/home/x")
        say(**{place: written(place) for place in places}, tmp=written("/tmp/x"),
            engine=os.path.exists("/var/run/docker.sock"))
        """
    )
    assert found.pop("tmp") == "written"
    assert found.pop("engine") is False
    assert "written" not in found.values(), found


def test_temporary_files_are_bounded_in_size_and_number(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        def filled(path):
            size = 0
            with open(path, "wb", buffering=0) as file:
                try:
                    while size < 1 << 30:
                        size += file.write(bytes(1 << 20))
                except OSError as problem:
                    reason = errno.errorcode[problem.errno]
            os.unlink(path)
            return size >> 20, reason
        def counted(folder):
            made = 0
            try:
                while made < 100_000:
                    open(f"{folder}/{made}", "w").close()
                    made += 1
            except OSError as problem:
                return made, errno.errorcode[problem.errno]
        say(tmp=filled("/tmp/x"), shm=filled("/dev/shm/x"), files=counted("/tmp"))
        """
    )
    assert found["tmp"] == [GIVEN.disk_mib, "ENOSPC"]
    assert found["shm"] == [8, "ENOSPC"]
    assert found["files"][0] <= 4096
    assert found["files"][1] == "ENOSPC"


def test_nothing_written_there_can_be_executed(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        import subprocess
        with open("/tmp/x", "w") as file:
            file.write("#!/bin/sh\\necho hi\\n")
        os.chmod("/tmp/x", 0o755)
        try:
            subprocess.run(["/tmp/x"])
        except OSError as problem:
            say(reason=errno.errorcode[problem.errno])
        """
    )
    assert found == {"reason": "EACCES"}


def test_processes_are_bounded(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        made = 0
        try:
            while made < 2000:
                if os.fork() == 0:
                    while True:
                        os.read(0, 1)
                made += 1
        except OSError as problem:
            say(made=made, reason=errno.errorcode[problem.errno])
        """
    )
    assert found == {"made": GIVEN.pids - 1, "reason": "EAGAIN"}


def test_descriptors_are_bounded_and_nothing_dumps_core(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        import resource
        say(files=resource.getrlimit(resource.RLIMIT_NOFILE),
            core=resource.getrlimit(resource.RLIMIT_CORE))
        """
    )
    assert found == {"files": [256, 256], "core": [0, 0]}


EAT = """
say(eating=True)
os.read(0, 1)
kept = []
while True:
    kept.append(bytearray(os.urandom(1 << 20) * 8))
"""


def test_memory_is_bounded_and_its_end_is_told_apart(probe: ProbeEngine) -> None:
    sandbox = probe.start(EAT)
    assert sandbox.channel.receive(time.monotonic() + 20) == {"eating": True}
    sandbox.channel.send({})
    with pytest.raises(ChannelClosed):
        sandbox.channel.receive(time.monotonic() + 30)
    end = sandbox.stop()
    assert end.oom
    assert end.exit_code == 137


def test_an_end_of_its_own_is_no_memory_limit(probe: ProbeEngine) -> None:
    sandbox = probe.start("say(leaving=True); sys.exit(3)")
    assert sandbox.channel.receive(time.monotonic() + 20) == {"leaving": True}
    with pytest.raises(ChannelClosed):
        sandbox.channel.receive(time.monotonic() + 20)
    end = sandbox.stop()
    assert (end.oom, end.exit_code) == (False, 3)


def test_a_question_may_raise_or_lower_memory_and_processes(probe: ProbeEngine) -> None:
    sandbox = probe.start(
        """
        os.read(0, 1)
        made = 0
        try:
            while made < 2000:
                if os.fork() == 0:
                    while True:
                        os.read(0, 1)
                made += 1
        except OSError as problem:
            say(made=made)
        """
    )
    try:
        probe.engine.apply_limits(sandbox, Limits(memory_mib=512, pids=20))
        sandbox.channel.send({})
        assert sandbox.channel.receive(time.monotonic() + 20) == {"made": 19}
        found = probe.engine._client().api.inspect_container(sandbox.id)["HostConfig"]
        assert (found["Memory"], found["MemorySwap"]) == (512 << 20, 512 << 20)
    finally:
        sandbox.stop()


def test_services_have_what_they_need_beyond_the_answers_limits(probe: ProbeEngine) -> None:
    needs = together(["redis", "postgres"])
    sandbox = probe.start("os.read(0, 1)", "redis", "postgres")
    try:
        for limits in (GIVEN, Limits(memory_mib=512, pids=20)):
            probe.engine.apply_limits(sandbox, limits)
            found = probe.engine._client().api.inspect_container(sandbox.id)["HostConfig"]
            assert found["Memory"] == (limits.memory_mib + needs.memory_mib) << 20
            assert found["PidsLimit"] == limits.pids + needs.pids
        assert f"size={GIVEN.disk_mib + needs.disk_mib}m" in found["Tmpfs"]["/tmp"]
    finally:
        sandbox.stop()


def test_postgresql_has_the_shared_memory_that_it_starts_with(probe: ProbeEngine) -> None:
    shmget = DENIED["shmget"]
    asks = f"say(result=call({shmget}, 0, 100, 0o600 | 0o1000))"
    assert probe.observe(asks, "postgres") == {"result": "allowed"}
    assert probe.observe(asks, "redis") == {"result": "EPERM"}


def test_leaves_no_log_and_shares_no_memory_segments(probe: ProbeEngine) -> None:
    sandbox = probe.start("say(up=True); os.read(0, 1)")
    try:
        found = probe.engine._client().api.inspect_container(sandbox.id)
        config = found["HostConfig"]
        assert config["LogConfig"]["Type"] == "none"
        assert config["IpcMode"] == "private"
        assert config["AutoRemove"] is True
        assert config["ReadonlyRootfs"] is True
        assert config["Init"] is False
        mounts = [mount for mount in found["Mounts"] if mount["Type"] != "tmpfs"]
        assert [(mount["Destination"], mount["RW"]) for mount in mounts] == [(MEETING, False)]
        assert config["Privileged"] is False
    finally:
        sandbox.stop()
