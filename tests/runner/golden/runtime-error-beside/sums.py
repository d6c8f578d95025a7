import struct

SIZE = struct.unpack("I", b"")


def add(left, right):
    return left + right
