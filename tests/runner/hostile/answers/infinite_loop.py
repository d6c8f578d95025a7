# attack: never ends
# door: call
# verdict: time_limit
def add(left, right):
    while True:
        pass
