# attack: replies with an error whose traceback is none
# door: call
# verdict: runtime_error
from greenroom_runner.harness import doors


def described(problem, kind, folder):
    error = {"kind": "raised", "type": "Error", "message": "", "module": "", "mro": []}
    return {**error, "frames": 17, "outer_frames": "many"}


doors.describe = described


def add(left, right):
    raise ValueError
