"""Checks for 32.3: the workflow is carried out, with tools that note what they were asked for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from random import Random
from typing import Any

import yaml

from greenroom_runner.harness.grading import Answer, check, probe

FILE = "deploy.yml"
OTHER = {"blue": "green", "green": "blue"}
ORDER = ["make test", "make image", "ship deploy", "ship check", "ship switch", "ship smoke"]
TOOLS = r"""
sleep() { :; }
timeout() { while [[ ${1-} == -* ]]; do shift; done; shift; "$@" || return $?; }

# What fails inside is for whoever called, as it is with a program: `set -e` and traps act there.
make() { _make "$@" || return $?; }
ship() { _ship "$@" || return $?; }

_exported() { local -n _variable=$1; [[ -n ${_variable-} && ${_variable@a} == *x* ]]; }

_did() {
  local tokens="" name
  for name in SHIP_TOKEN REGISTRY_TOKEN; do
    if _exported $name; then tokens+="$name "; fi
  done
  { printf '%s\x1f' "$1" "$tokens" "${@:2}"; printf '\x1e\n'; } >> "$WORLD/calls"
  if (( $(wc -l < "$WORLD/calls") > 100 )); then kill -KILL $$; fi
  return "$1"
}

_fails() { grep -qxF -- "$1" "$WORLD/failing"; }

_problem() { echo "$1" >&2; code=1; }

_make() {
  local code=0 word tag=""
  for word in "${@:2}"; do tag=${word#TAG=}; done
  if [[ ! -e checked-out ]]; then _problem "make: no Makefile here. Was the repository checked out?"
  elif _fails "make ${1-}"; then _problem "make: *** [${1-}] Error 1"
  else case ${1-} in
    test) ;;
    image)
      if ! _exported REGISTRY_TOKEN; then _problem "make image: REGISTRY_TOKEN is not set"
      elif [[ -z $tag ]]; then _problem "make image: TAG is not set"
      else echo "$tag" >> "$WORLD/images"; fi ;;
    *) _problem "make: *** No rule to make target '${1-}'." ;;
  esac; fi
  _did $code make "$@"
}

_ship() {
  local code=0 live
  live=$(<"$WORLD/live")
  if [[ ${1-} != smoke ]] && ! _exported SHIP_TOKEN; then _problem "ship: SHIP_TOKEN is not set"
  elif [[ ${1-} =~ ^(deploy|check|switch)$ && ! ${2-} =~ ^(blue|green)$ ]]; then
    _problem "ship $1: '${2-}' is no colour"
  else case ${1-} in
    live) echo "$live" ;;
    deploy)
      if ! grep -qxF -- "${3-}" "$WORLD/images"; then _problem "ship: there is no image '${3-}'"
      elif _fails "ship deploy"; then _problem "ship: the image does not start"; fi ;;
    check) if _fails "ship check"; then _problem "ship: $2 is not healthy"; fi ;;
    switch) echo "$2" > "$WORLD/live" ;;
    smoke)
      if _fails "ship smoke" && [[ $live != $(<"$WORLD/first") ]]; then
        _problem "ship: the site answers 502"
      fi ;;
    *) _problem "ship: there is no command '${1-}'" ;;
  esac; fi
  _did $code ship "$@"
}
"""


@probe
def new_world(answer, tools, live, failing):
    """Write what the tools are and what they find into a new folder, and return it."""
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp())
    texts = {"tools": tools, "live": live, "first": live, "failing": "\n".join(failing)}
    for name, text in {**texts, "images": "", "calls": ""}.items():
        (folder / name).write_text(text)
    return str(folder)


@probe
def new_workspace(answer, world):
    """Return a new folder for one job."""
    import tempfile

    return tempfile.mkdtemp(dir=world)


@probe
def check_out(answer, workspace):
    from pathlib import Path

    Path(workspace, "checked-out").touch()


@probe
def run_script(answer, world, workspace, options, script, env):
    """Run a script in bash; return its exit code, its output, and the files that it wrote to."""
    import subprocess
    from pathlib import Path

    files = {name: Path(world, name) for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
    for path in files.values():
        path.write_text("")
    usual = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": world,
        "WORLD": world,
        "BASH_ENV": f"{world}/tools",
        "GITHUB_STEP_SUMMARY": f"{world}/summary",
        **{name: str(path) for name, path in files.items()},
    }
    command = ["bash", "--noprofile", "--norc", *options, "-c", script]
    done = subprocess.run(
        command,
        check=False,
        env={**env, **usual},
        cwd=workspace,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    written = {name: path.read_text(errors="replace") for name, path in files.items()}
    output = done.stdout.decode(errors="replace")[-10_000:]
    return {"code": done.returncode, "output": output, **written}


@probe
def what_happened(answer, world):
    """Return the calls of the tools, each [exit code, tokens, word, ...], and who is live."""
    from pathlib import Path

    calls = Path(world, "calls").read_text(errors="replace").split("\x1e\n")[:-1]
    live = Path(world, "live").read_text(errors="replace").strip()
    return {"calls": [call.split("\x1f")[:-1] for call in calls], "live": live}


# --- reading the workflow ---


class Loader(yaml.SafeLoader):
    """Reads as GitHub does: `on` is a word, and only true and false are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF")
)


def read_workflow(answer: Answer) -> dict[str, Any]:
    """Return the workflow, after looking at what the checks cannot carry out."""
    text = answer.files[FILE]
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader)):
            raise AssertionError(f"{FILE} has an anchor. The checks know none.")
        workflow = yaml.load(text, Loader)
    except yaml.YAMLError as problem:
        raise AssertionError(f"{FILE} is not YAML: {problem}") from None
    assert isinstance(workflow, dict), f"{FILE} should hold a workflow."
    assert "on" in workflow, "`on` should say when the workflow runs."
    jobs = workflow.get("jobs")
    assert isinstance(jobs, dict), "`jobs` should hold the jobs, by their names."
    for name, job in jobs.items():
        assert isinstance(job, dict), f"The job {name} should hold its steps."
        unknown = sorted({"strategy", "uses", "container", "services"} & job.keys())
        assert unknown == [], f"The job {name} has what the checks cannot carry out."
        assert isinstance(job.get("steps"), list), f"The job {name} should have a list of steps."
        for need in as_list(job.get("needs")):
            assert need in jobs, f"{name} needs a job that there is not: {need}."
        for step in job["steps"]:
            assert isinstance(step, dict), f"A step of {name} should hold `run` or `uses`."
            assert ("run" in step) != ("uses" in step), f"A step of {name} has `run` or `uses`."
    return workflow


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def starts(workflow: dict[str, Any], event: str, branch: str) -> bool:
    """Say whether the workflow runs for an event on a branch."""
    triggers = workflow["on"]
    if not isinstance(triggers, dict):
        return event in as_list(triggers)
    if event not in triggers:
        return False
    only = triggers[event] or {}
    if event == "push" and "branches" not in only and {"tags", "tags-ignore"} & only.keys():
        return "branches-ignore" in only
    if any(fnmatch(branch, str(one)) for one in as_list(only.get("branches-ignore"))):
        return False
    wanted = "branches" not in only
    for pattern in map(str, as_list(only.get("branches"))):
        if fnmatch(branch, pattern.removeprefix("!")):
            wanted = not pattern.startswith("!")
    return wanted


# --- expressions ---

TOKEN = re.compile(
    r"\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|(==|!=|&&|\|\||[!()\[\],.])|([A-Za-z_][\w-]*))"
)
WORDS = {"true": True, "false": False, "null": None}


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Expression:
    """What stands in `${{ }}`. `names` are its contexts, `functions` those that it may call."""

    def __init__(
        self, text: str, names: dict[str, Any], functions: dict[str, Callable[..., Any]]
    ) -> None:
        self._text, self._names, self._functions = text, names, functions
        self._tokens: list[str] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"The checks cannot read the expression: {text}"
            self._tokens.append(found[0].strip())
            at = found.end()

    def value(self) -> Any:
        found = self._either()
        assert self._tokens == [], f"The checks cannot read the expression: {self._text}"
        return found

    def _take(self, *wanted: str) -> str:
        return self._tokens.pop(0) if self._tokens and self._tokens[0] in wanted else ""

    def _expect(self, wanted: str) -> None:
        assert self._take(wanted), f"The checks miss a {wanted} in the expression: {self._text}"

    def _either(self) -> Any:
        left = self._both()
        while self._take("||"):
            right = self._both()
            left = left or right
        return left

    def _both(self) -> Any:
        left = self._compared()
        while self._take("&&"):
            right = self._compared()
            left = left and right
        return left

    def _compared(self) -> Any:
        left = self._unary()
        while sign := self._take("==", "!="):
            right = self._unary()
            same = as_text(left).lower() == as_text(right).lower()
            left = same == (sign == "==")
        return left

    def _unary(self) -> Any:
        return not self._unary() if self._take("!") else self._member(self._primary())

    def _primary(self) -> Any:
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        assert self._tokens, f"The expression ends too early: {self._text}"
        token = self._tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token[0].isdigit():
            return float(token) if "." in token else int(token)
        if self._take("("):
            return self._called(token)
        known = token in WORDS or token in self._names
        assert known, f"The checks do not know {token} in the expression: {self._text}"
        return WORDS[token] if token in WORDS else self._names[token]

    def _called(self, name: str) -> Any:
        given = []
        while not self._take(")"):
            given.append(self._either())
            self._take(",")
        assert name in self._functions, f"The checks do not know the function {name}."
        return self._functions[name](*given)

    def _member(self, found: Any) -> Any:
        while sign := self._take(".", "["):
            key = self._tokens.pop(0) if sign == "." and self._tokens else self._either()
            if sign == "[":
                self._expect("]")
            found = found.get(key) if isinstance(found, dict) else None
        return found


def filled_in(text: Any, names: dict[str, Any]) -> str:
    """Return a text with the values of its expressions."""
    functions = {"contains": contains, "startsWith": starts_with, "format": formatted}
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda found: as_text(Expression(found[1], names, functions).value()),
        as_text(text),
        flags=re.DOTALL,
    )


def contains(text: Any, part: Any) -> bool:
    return part in text if isinstance(text, list) else as_text(part) in as_text(text)


def starts_with(text: Any, part: Any) -> bool:
    return as_text(text).lower().startswith(as_text(part).lower())


def formatted(text: Any, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: as_text(values[int(found[1])]), as_text(text))


def settings(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a script wrote to GITHUB_OUTPUT or GITHUB_ENV."""
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, value = re.match(r"([^=<]*)(=|<<)?(.*)", line).groups()
        if sign == "<<":
            inner = []
            while (line := next(lines, value)) != value:
                inner.append(line)
            value = "\n".join(inner)
        if sign:
            yield name, value


# --- carrying it out ---


@dataclass
class Call:
    """One call of a tool."""

    words: list[str]
    job: str
    tokens: list[str]
    failed: bool

    @property
    def command(self) -> str:
        return " ".join(self.words[:2])

    def __str__(self) -> str:
        return " ".join(self.words) + (" (failed)" if self.failed else "")


@dataclass
class Commit:
    """What brought the workflow to run."""

    sha: str
    event: str = "push"
    branch: str = "main"

    def github(self) -> dict[str, Any]:
        pull = self.event == "pull_request"
        return {
            "sha": self.sha,
            "ref": "refs/pull/7/merge" if pull else f"refs/heads/{self.branch}",
            "ref_name": "7/merge" if pull else self.branch,
            "head_ref": self.branch if pull else "",
            "base_ref": "main" if pull else "",
            "event_name": self.event,
            "event": {"repository": {"default_branch": "main"}},
            "repository": "shop/app",
            "workflow": "deploy",
            "actor": "ada",
            "run_id": str(int(self.sha[:8], 16)),
            "run_number": str(int(self.sha[:3], 16)),
            "run_attempt": "1",
        }


@dataclass
class Run:
    """One run of the workflow: what it did, and what came of it."""

    answer: Answer
    workflow: dict[str, Any]
    commit: Commit
    secrets: dict[str, str]
    world: str
    calls: list[Call] = field(default_factory=list)
    log: str = ""
    live: str = ""
    results: dict[str, str] = field(default_factory=dict)
    """By name of the job: success, failure or skipped."""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return "failure" in self.results.values()

    def names(self, **more: Any) -> dict[str, Any]:
        return {
            "github": self.commit.github(),
            "secrets": self.secrets,
            "vars": {},
            "inputs": {},
            "runner": {"os": "Linux", "temp": self.world},
            **more,
        }

    def carry_out(self) -> "Run":
        """Run every job once those are through that it needs. Of two that wait for nothing, the
        one further down comes first: an order that only the file has is none.
        """
        jobs = self.workflow["jobs"]
        while waiting := [name for name in jobs if name not in self.results]:
            ready = [
                name
                for name in waiting
                if all(need in self.results for need in as_list(jobs[name].get("needs")))
            ]
            assert ready, "Jobs need one another in a circle."
            self.results[ready[-1]] = self._job(ready[-1], jobs[ready[-1]])
        return self

    def _job(self, name: str, job: dict[str, Any]) -> str:
        needs = {
            need: {"result": self.results[need], "outputs": self.outputs.get(need, {})}
            for need in as_list(job.get("needs"))
        }
        before = [self.results[one] for one in self._ancestors(name)]
        names = self.names(needs=needs)
        if not holds(
            job.get("if"), names, all(one == "success" for one in before), "failure" in before
        ):
            return "skipped"
        names["env"] = self._env(names, self.workflow)
        names["env"] |= self._env(names, job)
        names["steps"] = {}
        result = self._steps(name, job, names)
        self.outputs[name] = {
            key: filled_in(value, names) for key, value in (job.get("outputs") or {}).items()
        }
        return "success" if job.get("continue-on-error") is True else result

    def _ancestors(self, name: str) -> set[str]:
        needs = set(as_list(self.workflow["jobs"][name].get("needs")))
        return needs.union(*(self._ancestors(need) for need in needs))

    def _steps(self, name: str, job: dict[str, Any], names: dict[str, Any]) -> str:
        workspace = self.answer.probe(new_workspace, self.world)
        failed = False
        for step in job["steps"]:
            inner = names | {"env": names["env"] | self._env(names, step)}
            outcome, outputs = "skipped", {}
            if holds(step.get("if"), inner, not failed, failed):
                outcome, outputs = self._step(name, job, step, workspace, names, inner)
            tolerated = step.get("continue-on-error") is True
            failed = failed or (outcome == "failure" and not tolerated)
            if "id" in step:
                names["steps"][step["id"]] = {
                    "outcome": outcome,
                    "conclusion": "success" if tolerated and outcome == "failure" else outcome,
                    "outputs": outputs,
                }
        return "failure" if failed else "success"

    def _step(
        self,
        name: str,
        job: dict[str, Any],
        step: dict[str, Any],
        workspace: str,
        names: dict[str, Any],
        inner: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        if "uses" in step:
            if str(step["uses"]).startswith("actions/checkout"):
                self.answer.probe(check_out, workspace)
            return "success", {}
        github = {f"GITHUB_{key.upper()}": str(value) for key, value in inner["github"].items()}
        env = {"CI": "true", **github, **inner["env"]}
        script = filled_in(step["run"], inner)
        options = self._shell(job, step)
        done = self.answer.probe(run_script, self.world, workspace, options, script, env)
        self._note(name, done["output"])
        names["env"] |= dict(settings(done["GITHUB_ENV"]))
        outcome = "success" if done["code"] == 0 else "failure"
        return outcome, dict(settings(done["GITHUB_OUTPUT"]))

    def _note(self, job: str, output: str) -> None:
        self.log += output
        seen = self.answer.probe(what_happened, self.world)
        self.live = seen["live"]
        self.calls += [
            Call(words, job, tokens.split(), code != "0")
            for code, tokens, *words in seen["calls"][len(self.calls) :]
        ]

    def _shell(self, job: dict[str, Any], step: dict[str, Any]) -> list[str]:
        shell = step.get("shell")
        for place in (job, self.workflow):
            shell = shell or ((place.get("defaults") or {}).get("run") or {}).get("shell")
        assert shell in (None, "bash", "sh"), f"The checks know no shell {shell}."
        return ["-eo", "pipefail"] if shell == "bash" else ["-e"]

    @staticmethod
    def _env(names: dict[str, Any], place: dict[str, Any]) -> dict[str, str]:
        return {key: filled_in(value, names) for key, value in (place.get("env") or {}).items()}


def holds(condition: Any, names: dict[str, Any], succeeded: bool, failed: bool) -> bool:
    """Say whether an `if` lets its job or step run, given how it went before it."""
    asked = []

    def state(value: bool) -> Callable[[], bool]:
        return lambda: asked.append(value) or value

    functions = {
        "success": state(succeeded),
        "failure": state(failed),
        "always": state(True),
        "cancelled": state(False),
        "contains": contains,
        "startsWith": starts_with,
        "format": formatted,
    }
    if condition is None:
        return succeeded
    text = re.sub(r"\$\{\{(.*?)\}\}", r"(\1)", as_text(condition), flags=re.DOTALL)
    value = Expression(text, names, functions).value()
    return bool(value) and (succeeded or bool(asked))


def run(
    answer: Answer,
    random: Random,
    *,
    live: str = "blue",
    failing: str = "",
    event: str = "push",
    branch: str = "main",
) -> Run:
    """Run the workflow for a new commit, where `live` has the traffic and a command fails."""
    workflow = read_workflow(answer)
    world = answer.probe(new_world, TOOLS, live, [failing])
    secrets = {name: f"{random.getrandbits(80):020x}" for name in ("SHIP_TOKEN", "REGISTRY_TOKEN")}
    commit = Commit(f"{random.getrandbits(160):040x}", event, branch)
    found = Run(answer, workflow, commit, secrets, world, live=live)
    return found.carry_out() if starts(workflow, event, branch) else found


def told(found: Run) -> str:
    """Return the commands of a run as one reads them, to be said behind a message."""
    lines = [f"  {call}" for call in found.calls] or ["  (no command)"]
    return "\n".join(["", *lines, *found.log.splitlines()[-5:]])


# --- checks ---


@check("A commit on main gets the traffic", group="basics", visible=True)
def commit_goes_live(answer: Answer, random: Random) -> None:
    found = run(answer, random, live="blue")
    assert not found.failed, f"The run should succeed. It ran:{told(found)}"
    assert found.live == "green", f"Blue had the traffic before. It ran:{told(found)}"
    tags = [call.words[3:] for call in found.calls if call.command == "ship deploy"]
    assert tags == [[found.commit.sha]], "One image is deployed, and its tag is the commit's SHA."


@check("The commands come in their order", group="basics", visible=True)
def commands_come_in_order(answer: Answer, random: Random) -> None:
    found = run(answer, random)
    first = list(dict.fromkeys(call.command for call in found.calls))
    first = [command for command in first if command != "ship live"]
    assert first == ORDER, f"The order in which each is first run. It ran:{told(found)}"


@check(
    "The image goes to the idle colour, whichever that is",
    group="basics",
    hint="Who says which colour is idle today?",
)
def idle_colour_is_asked_for(answer: Answer, random: Random) -> None:
    for live, idle in OTHER.items():
        found = run(answer, random, live=live)
        colours = [call.words[2] for call in found.calls if call.command == "ship deploy"]
        assert colours == [idle], f"{live} had the traffic. It ran:{told(found)}"
        assert found.live == idle, f"{live} had the traffic. It ran:{told(found)}"


@check("Tests that fail stop everything", group="failures", visible=True)
def failing_tests_stop_it(answer: Answer, random: Random) -> None:
    found = run(answer, random, failing="make test")
    assert {call.command for call in found.calls} == {"make test"}, (
        f"Nothing should run but the tests. It ran:{told(found)}"
    )
    assert found.failed, "The run should fail."


@check(
    "No image, no deployment; a deployment that fails gets no traffic",
    group="failures",
    hint="Jobs wait only for what is in `needs`.",
)
def failing_build_stops_it(answer: Answer, random: Random) -> None:
    for failing in ("make image", "ship deploy"):
        found = run(answer, random, failing=failing)
        behind = ORDER[ORDER.index(failing) + 1 :]
        ran = [call.command for call in found.calls if call.command in behind]
        assert ran == [], f"{failing} failed. It ran:{told(found)}"
        assert found.failed, f"{failing} failed: so should the run."


@check(
    "A colour that is not healthy gets no traffic",
    group="failures",
    hint="Does the step that checks fail when the check does? And what runs all the same?",
)
def unhealthy_colour_gets_nothing(answer: Answer, random: Random) -> None:
    for live, idle in OTHER.items():
        found = run(answer, random, live=live, failing="ship check")
        given = [call.words[2] for call in found.calls if call.command == "ship switch"]
        assert idle not in given, f"{idle} is not healthy. It ran:{told(found)}"
        assert found.live == live, f"The traffic should stay on {live}. It ran:{told(found)}"
        assert found.failed, f"{idle} is not healthy: the run should fail."


@check("The traffic goes back when the site answers badly", group="failures", visible=True)
def traffic_goes_back(answer: Answer, random: Random) -> None:
    found = run(answer, random, live="blue", failing="ship smoke")
    given = [call.words[2] for call in found.calls if call.command == "ship switch"]
    assert given == ["green", "blue"], f"Whom the traffic is given to. It ran:{told(found)}"
    assert found.failed, "The new version does not answer: the run should fail."


@check(
    "It goes back to the colour that had it",
    group="failures",
    hint="What is live has changed by then. Who still knows what it was?",
)
def it_goes_back_to_the_right_colour(answer: Answer, random: Random) -> None:
    found = run(answer, random, live="green", failing="ship smoke")
    given = [call.words[2] for call in found.calls if call.command == "ship switch"]
    assert given == ["blue", "green"], f"Green had the traffic. It ran:{told(found)}"


@check(
    "A run in which the traffic went back has failed",
    group="failures",
    hint="Someone has to learn that the new version is not out.",
)
def going_back_is_a_failure(answer: Answer, random: Random) -> None:
    for live in OTHER:
        found = run(answer, random, live=live, failing="ship smoke")
        assert found.failed, f"`ship smoke` failed, and the run did not. It ran:{told(found)}"


@check(
    "Other branches and pull requests deploy nothing",
    group="who and when",
    hint="`on: push` is every branch. And what is github.ref in a pull request?",
)
def only_main_is_deployed(answer: Answer, random: Random) -> None:
    for event, branch in (
        ("push", "feature/login"),
        ("push", "maintenance"),
        ("pull_request", "main"),
    ):
        found = run(answer, random, event=event, branch=branch)
        ran = [call.command for call in found.calls if call.command != "make test"]
        what = "A pull request to main" if event == "pull_request" else f"A push to {branch}"
        assert ran == [], f"{what} should build and deploy nothing. It ran:{told(found)}"


@check(
    "A run is alone from `ship live` to its end, and is not cut off",
    group="who and when",
    hint="Two commits within a minute: which colour is idle for the second? Look at `concurrency`.",
)
def a_run_is_alone(answer: Answer, random: Random) -> None:
    first, second = run(answer, random), run(answer, random)
    workflow = first.workflow
    lock = workflow.get("concurrency")
    if lock is None:
        jobs = {call.job for call in first.calls if call.command.startswith("ship ")}
        assert jobs != set(), "`ship` should run."
        assert len(jobs) == 1, (
            "With several jobs that use ship, the whole workflow has to be alone."
        )
        lock = workflow["jobs"][jobs.pop()].get("concurrency")
    assert lock is not None, "Nothing keeps a second run from coming between."
    lock = lock if isinstance(lock, dict) else {"group": lock}
    groups = [
        filled_in(lock.get("group"), found.names(needs={}, env={})) for found in (first, second)
    ]
    assert groups[0] == groups[1], "Runs wait for one another when their group is the same."
    cancelled = filled_in(lock.get("cancel-in-progress"), first.names(needs={}, env={}))
    assert cancelled in ("", "false"), "A run under way should not be cancelled by the next."


@check(
    "No token stands in a script or in the log",
    group="secrets",
    hint="What is filled into a script is part of its text. `env` is not.",
)
def tokens_stay_out_of_texts(answer: Answer, random: Random) -> None:
    found = run(answer, random)
    for name, job in found.workflow["jobs"].items():
        for step in job["steps"]:
            script = as_text(step.get("run"))
            inside = re.findall(r"\$\{\{[^}]*\bsecrets\b[^}]*\}\}", script)
            assert inside == [], f"A script of the job {name} holds a secret."
    for name, secret in found.secrets.items():
        assert secret not in found.log, f"The log shows {name}."


@check(
    "The tests see no token",
    group="secrets",
    hint="Who wrote the code that runs in your tests? All of it?",
)
def tests_see_no_token(answer: Answer, random: Random) -> None:
    found = run(answer, random)
    tests = [call for call in found.calls if call.command == "make test"]
    assert tests != [], "`make test` should run."
    seen = sorted({token for call in tests for token in call.tokens})
    assert seen == [], "These are in the environment of `make test`."
