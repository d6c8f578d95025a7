class TooFew(ValueError):
    pass


def helper(left):
    raise TooFew("it needs \x00 more \u202e")


def add(left, right):
    return helper(left) if left > 0 else left + right
