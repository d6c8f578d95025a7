def double(number):
    while number > 10**9:
        pass
    return 3 * number
