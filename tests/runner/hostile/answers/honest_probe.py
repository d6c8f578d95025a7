# attack: none; what is asked can be answered
# door: probe
# verdict: accepted
class Shelf:
    def __init__(self):
        self._names = []

    def put(self, name):
        if not isinstance(name, str):
            raise ValueError(name)
        self._names.append(name)

    def names(self):
        return self._names
