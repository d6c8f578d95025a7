# attack: returns what bears the name of a library's type that is known to be harmless
# door: call
# verdict: wrong_answer
class Name(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def __str__(self):
        return self


class Counter:
    def keys(self):
        return iter([Name("a")] * 3)

    def __getitem__(self, key):
        return {"$": "float", "v": "nan"}


Name.__module__, Name.__qualname__ = "sqlalchemy.sql.elements", "quoted_name"
Counter.__module__, Counter.__qualname__ = "collections", "Counter"


def add(left, right):
    return Name("sum")


def squares(count):
    return Counter()
