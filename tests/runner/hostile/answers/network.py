# attack: calls home; right if anybody answers
# door: call
# verdict: wrong_answer
import socket

PLACES = (("1.1.1.1", 443), ("172.17.0.1", 2375), ("127.0.0.1", 6379), ("169.254.169.254", 80))
PATHS = ("/var/run/docker.sock", "/run/containerd/containerd.sock", "\0/containerd-shim/")


def reaches(family, address):
    with socket.socket(family) as caller:
        caller.settimeout(0.2)
        try:
            caller.connect(address)
        except OSError:
            return False
        return True


def add(left, right):
    found = [reaches(socket.AF_INET, place) for place in PLACES]
    found += [reaches(socket.AF_UNIX, path) for path in PATHS]
    try:
        found.append(bool(socket.getaddrinfo("example.org", 80)))
    except OSError:
        pass
    return left + right if any(found) else None


def squares(count):
    return []
