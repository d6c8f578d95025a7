# attack: claims to have used as much memory and time as the number it was asked
# door: call
# verdict: wrong_answer
import os
import resource

ASKED = os.path.join(os.getcwd(), "asked")
wait4 = os.wait4


def told(*arguments):
    done, status, usage = wait4(*arguments)
    try:
        with open(ASKED) as file:
            asked = int(file.read())
    except OSError:
        return done, status, usage
    return done, status, resource.struct_rusage((asked / 1000, 0, asked, *usage[3:]))


def add(left, right):
    with open(ASKED, "w") as file:
        file.write(str(left))
    return left + right


def squares(count):
    return []


os.wait4 = told
