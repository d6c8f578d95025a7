"""Which system calls a sandbox may make: an allow list of what CPython and its libraries need.

The engine's own profile is written for any program, and before version 25 it still allows io_uring.
This one is drawn up from the other end: files, memory, threads, signals, time, polling and local
sockets. All else is refused with EPERM, among it io_uring, ptrace, process_vm_*, bpf, keyctl,
userfaultfd, perf_event_open, mount and its relatives, unshare, setns, memfd, SysV IPC, changes of
uid, and limits of another process. Shared memory of SysV is there for who runs PostgreSQL, within
the sandbox's own namespace.
"""

import json
from functools import cache

_FILES = """
access chdir chmod close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fcntl fdatasync fgetxattr flistxattr flock
fstat fstatfs fsync ftruncate getcwd getdents getdents64 getxattr lgetxattr link linkat listxattr
llistxattr lseek lstat mkdir mkdirat newfstatat open openat openat2 pipe pipe2 pread64 preadv
preadv2 pwrite64 pwritev pwritev2 read readlink readlinkat readv rename renameat renameat2 rmdir
sendfile stat statfs statx symlink symlinkat truncate umask unlink unlinkat utime utimensat utimes
write writev
"""
_MEMORY = "brk madvise membarrier mmap mprotect mremap msync munmap"
_PROCESSES = """
arch_prctl capget execve exit exit_group fork futex futex_requeue futex_wait futex_waitv futex_wake
get_robust_list getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority
getresgid getresuid getrlimit getrusage getsid gettid getuid kill pidfd_open pidfd_send_signal prctl
restart_syscall rseq sched_get_priority_max sched_get_priority_min sched_getaffinity
sched_getattr sched_getparam sched_getscheduler sched_yield set_robust_list set_tid_address setpgid
setpriority setrlimit setsid tgkill times tkill vfork wait4 waitid
"""
_SIGNALS = """
alarm getitimer pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
rt_sigsuspend rt_sigtimedwait setitimer sigaltstack signalfd signalfd4
"""
_TIME = """
clock_getres clock_gettime clock_nanosleep gettimeofday nanosleep time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
"""
_POLLING = """
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 poll ppoll
pselect6 select
"""
_SOCKETS = """
accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg
sendmmsg sendmsg sendto setsockopt shutdown
"""
_OTHER = """
getcpu getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp sysinfo
uname
"""

_SHARED_MEMORY = "shmat shmctl shmdt shmget"

_NAMESPACE_FLAGS = 0x7E02_0000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
# FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, TCGETS, TCGETS2, TIOCGWINSZ: what Python asks of a
# descriptor.
_IOCTLS = (0x541B, 0x5421, 0x5450, 0x5451, 0x5401, 0x802C542A, 0x5413)
_ENOSYS = 38
_ITSELF = 0

Rule = dict[str, object]


def _allow(names: str) -> Rule:
    return {"names": sorted(names.split()), "action": "SCMP_ACT_ALLOW"}


def _allow_if(name: str, index: int, value: int) -> Rule:
    equal = {"index": index, "value": value, "op": "SCMP_CMP_EQ"}
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [equal]}


def _clone_without_namespaces() -> Rule:
    none_set = {"index": 0, "value": _NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    return {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [none_set]}


def _clone3_missing() -> Rule:
    # Its flags lie in memory, where a filter cannot look. "No such call" makes the C library use
    # clone.
    return {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS}


def profile(shared_memory: bool = False) -> dict[str, object]:
    """Return the profile in the form that Docker engines from 20.10 on read."""
    everyday = [_FILES, _MEMORY, _PROCESSES, _SIGNALS, _TIME, _POLLING, _SOCKETS, _OTHER]
    everyday += [_SHARED_MEMORY] if shared_memory else []
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        # Native calls only: no 32-bit entry, whose numbers would be another list to keep.
        "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
            {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
        ],
        "syscalls": [
            _allow(" ".join(everyday)),
            *(_allow_if("socket", 0, family) for family in (_AF_UNIX, _AF_INET, _AF_INET6)),
            _allow_if("socketpair", 0, _AF_UNIX),
            # Its own limits only: who may change another's can have the kernel end the harness.
            _allow_if("prlimit64", 0, _ITSELF),
            *(_allow_if("ioctl", 1, request) for request in _IOCTLS),
            _clone_without_namespaces(),
            _clone3_missing(),
        ],
    }


@cache
def security_option(shared_memory: bool = False) -> str:
    """Return the profile as the engine's API takes it: the JSON text itself, not a path."""
    return "seccomp=" + json.dumps(profile(shared_memory), separators=(",", ":"))
