# attack: runs the interpreter off its stack
# door: call
# verdict: runtime_error
import sys

sys.setrecursionlimit(10**9)


def add(left, right):
    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x") and repr([self])

        def __repr__(self):
            return repr([[self]])

    return repr(Deep())


def squares(count):
    return add(count, count)
