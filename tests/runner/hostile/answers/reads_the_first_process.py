# attack: traces, reads and opens what belongs to the first process; right if anything works
# door: call
# verdict: wrong_answer
import ctypes
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)


def add(left, right):
    for path in ("mem", "environ", "maps", "fd/0", "fd/1", "fd/3", "cwd", "root", "exe"):
        try:
            os.close(os.open(f"/proc/1/{path}", os.O_RDONLY))
            return left + right
        except OSError:
            pass
    if glob.glob("/proc/1/fd/*") or libc.ptrace(16, 1, 0, 0) == 0:
        return left + right
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    if libc.process_vm_readv(1, vector, 1, vector, 1, 0) > 0:
        return left + right


def squares(count):
    return []
