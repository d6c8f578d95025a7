# attack: observed beside it, it is equal to everything and as long as you like
# door: probe
# verdict: wrong_answer
class Names(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    def __iter__(self):
        return iter([])

    __hash__ = None


class Shelf:
    def put(self, name):
        if type(name) is not str:
            raise ValueError

    def names(self):
        return Names()
