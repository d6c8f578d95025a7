# attack: what the sandbox puts back between checks has become a pipe that nobody reads
# door: call
# verdict: runtime_error
import os

for name in ("file", "other"):
    with open(name, "w") as file:
        file.write(name)


def add(left, right):
    os.unlink("file")
    try:
        os.mkfifo("file")
    except OSError:
        pass
    os.unlink("other")
    os.mkdir("other")
    os.rename(os.getcwd(), os.getcwd() + "-elsewhere")
    os.chmod(os.path.dirname(os.getcwd()), 0)


def squares(count):
    return []
