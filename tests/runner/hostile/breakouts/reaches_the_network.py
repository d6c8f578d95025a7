# attack: looks for a network, for names and for the engine
import glob
import os
import socket

from greenroom_runner.harness.grading import check


@check("There is nobody to talk to", visible=True)
def nobody() -> None:
    reached = []
    for address in (("1.1.1.1", 53), ("8.8.8.8", 443), ("169.254.169.254", 80), ("172.17.0.1", 2375)):
        with socket.socket() as caller:
            caller.settimeout(0.2)
            if caller.connect_ex(address) == 0:
                reached.append(address)
    try:
        reached.append(socket.getaddrinfo("localhost.localdomain.example", 80))
    except OSError:
        pass
    assert reached == []
    assert os.listdir("/sys/class/net") == ["lo"]
    assert not glob.glob("/var/run/docker*") + glob.glob("/run/*.sock")
