# attack: NUL, half pairs, terminal commands and reversed text in values, output and errors
# door: call
# verdict: runtime_error
import sys

TEXT = "\x00\ud800\udfff\x1b[2J\x1b]0;title\x07\u202egnirts\u2066\x9b31m</script><b>&amp;\r\n"


class Loud(Exception):
    pass


Loud.__name__ = "Loud\ud83d\x00"


def add(left, right):
    sys.stdout.buffer.write(b"\xff\xfe\x00\xed\xa0\x80")
    print(TEXT)
    return TEXT


def squares(count):
    print(TEXT, file=sys.stderr)
    raise Loud(TEXT)
