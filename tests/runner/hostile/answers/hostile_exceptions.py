# attack: raises what raises again when it is looked at
# door: call
# verdict: runtime_error
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit

    @property
    def __mro__(cls):
        raise KeyboardInterrupt


class Bad(Exception, metaclass=Meta):
    def __str__(self):
        raise self

    __repr__ = __str__


class Worse(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def add(left, right):
    raise Bad


def squares(count):
    raise Worse
