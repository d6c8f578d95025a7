"""The site's listening socket, opened before anything else is started.

It stays open while the web process is started anew: a browser then waits a moment instead of being
refused.
"""

import errno
import os
import socket
import sys

from greenroom.core.errors import ConfigurationError

BACKLOG = 2048
_TRIED_PORTS = 100


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; a ConfigurationError says why there is none, and what to try."""
    try:
        return _open(host, port)
    except socket.gaierror:
        reason = f"The name {host} cannot be found. Set GREENROOM_HOST to this machine's address."
    except OSError as error:
        reason = _reason(error, host, port)
    raise ConfigurationError(reason)


def web_command(listener: int) -> list[str]:
    """Return the command of a web process that serves on this descriptor, which it inherits."""
    return [sys.executable, "-m", "greenroom.serve.web", str(listener)]


def _open(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Try: greenroom serve --port {_free(host, port)}"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Try: greenroom serve --port 8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Set GREENROOM_HOST to one that is."
    return f"The site cannot listen on {host}, port {port}: {os.strerror(error.errno or 0)}."


def _free(host: str, taken: int) -> int:
    for port in range(taken + 1, min(taken + _TRIED_PORTS, 65536)):
        try:
            _open(host, port).close()
        except OSError:
            continue
        return port
    return 8000
