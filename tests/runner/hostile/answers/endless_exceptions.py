# attack: raises a group that holds itself for ever
# door: call
# verdict: time_limit
class Group(ExceptionGroup):
    @property
    def exceptions(self):
        return [self]


def add(left, right):
    raise Group("x", [ValueError()])
