# attack: prints and raises what is put on a shelf
# door: probe
# verdict: runtime_error
class Shelf:
    def put(self, name):
        print(name)
        raise type(str(name), (Exception,), {})(name)
