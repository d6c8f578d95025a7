# attack: returns subclasses of plain types that are equal to everything
# door: call
# verdict: wrong_answer
class Whole(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class List(list):
    def __eq__(self, other):
        return True

    __hash__ = None


Whole.__name__ = Whole.__qualname__ = "int"
List.__name__ = List.__qualname__ = "list"
Whole.__module__ = List.__module__ = "builtins"


def add(left, right):
    return Whole(0)


def squares(count):
    return List()
