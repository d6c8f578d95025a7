"""Checks for 21.1: the same rules on every level, as far down as promised, and no crash below."""

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, check, probe

MOST = 50
START = datetime(2026, 11, 5, 9, tzinfo=UTC)
Tree = dict[str, Any]


@probe
def refused(answer, texts):
    """Return for each post, written as JSON, at which places it is refused: None where it is not.
    Read once as JSON and once as Python's values; both are the same, or there are two answers.
    """
    import json

    from pydantic import ValidationError

    def places(read, data):
        try:
            read(data)
        except ValidationError as error:
            return sorted([list(one["loc"]) for one in error.errors()], key=repr)
        return None

    results = []
    for text in texts:
        one = places(answer.Post.model_validate_json, text)
        two = places(answer.Post.model_validate, json.loads(text))
        results.append(one if one == two else {"JSON": one, "Python": two})
    return results


@probe
def told(answer, text):
    """Return what a post holds: title, body, count, and its comments as [path, author, text, time,
    whether it is a Comment].
    """
    post = answer.Post.model_validate_json(text)
    ahead = [([number], one) for number, one in enumerate(post.comments)]
    found = []
    for path, one in ahead:
        own = isinstance(one, answer.Comment)
        found.append([path, one.author, one.text, one.posted_at.timestamp(), own])
        ahead += [([*path, number], reply) for number, reply in enumerate(one.replies)]
    return [post.title, post.body, post.comment_count, found]


@probe
def deep(answer, levels, way):
    """Return the number of comments of a post with so many levels, or what it is refused by."""
    from pydantic import ValidationError

    known = {"author": "Ada", "text": "Why?", "posted_at": "2026-11-05T09:00:00Z"}
    below = []
    for _ in range(levels):
        data = known | {"replies": below}
        below = [answer.Comment(**data) if way == "objects" else data]
    try:
        return answer.Post(title="Tides", body="Twice a day.", comments=below).comment_count
    except ValidationError:
        return "ValidationError"


@probe
def brackets(answer, count):
    """Read a text that opens so many levels and closes none of them."""
    from pydantic import ValidationError

    try:
        answer.Post.model_validate_json(
            '{"title":"a","body":"b","comments":[' + '{"replies":[' * count
        )
    except ValidationError:
        return "ValidationError"
    return None


@probe
def back_again(answer, text):
    """Return whether a post is the same after it was dumped and read, in three ways."""
    post = answer.Post.model_validate_json(text)
    ways = {
        "model_dump": answer.Post.model_validate(post.model_dump()),
        "model_dump in mode json": answer.Post.model_validate(post.model_dump(mode="json")),
        "model_dump_json": answer.Post.model_validate_json(post.model_dump_json()),
    }
    return sorted(way for way, other in ways.items() if other != post)


@probe
def dumped(answer, text):
    """Return the JSON that a post is dumped to."""
    return answer.Post.model_validate_json(text).model_dump_json()


@probe
def lists_after_append(answer, comment):
    """Append to the lists of one post and one comment; return the lengths of those of others."""
    one, two = (answer.Comment.model_validate(comment) for _ in range(2))
    first, second = (answer.Post(title="Tides", body="Twice a day.") for _ in range(2))
    first.comments.append(one)
    one.replies.append(two)
    lengths = [len(second.comments), len(two.replies)]
    first.comments.clear()
    one.replies.clear()
    return lengths


@probe
def schema(answer):
    """Return the JSON schema of a post, as text."""
    import json

    return json.dumps(answer.Post.model_json_schema())


def comment(random: Random, at: datetime = START, **changes: Any) -> Tree:
    zone = timezone(timedelta(hours=random.randint(-11, 12)))
    text = f"{random.choice(('Why?', 'The moon.', 'Not here.'))} {random.randint(1, 999)}"
    author = random.choice(("Ada", "Bo", "Åsa", "千尋"))
    return {"author": author, "text": text, "posted_at": at.astimezone(zone).isoformat()} | changes


def post(*comments: Tree, **changes: Any) -> Tree:
    return {"title": "Tides", "body": "Twice a day.", "comments": list(comments)} | changes


def tree(random: Random, levels: int, at: datetime = START) -> Tree:
    """Return a comment with replies below it, one of them reaching as many levels as said."""
    made = comment(random, at)
    if levels > 1:
        later = [at + timedelta(minutes=random.randint(0, 90)) for _ in range(random.randint(1, 3))]
        made["replies"] = [tree(random, random.randint(1, min(levels - 1, 2)), at) for at in later]
        made["replies"].append(tree(random, levels - 1, at))
    return made


def at_depth(random: Random, **changes: Any) -> tuple[Tree, list[Any]]:
    """Return a post whose only comment with `changes` is some levels down, and the way to it."""
    made, place = comment(random, **changes), []
    for _ in range(random.randint(2, 5)):
        before = [comment(random) for _ in range(random.randint(0, 3))]
        place = ["replies", len(before), *place]
        made = comment(random, replies=[*before, made])
    return post(comment(random), made), ["comments", 1, *place]


def all_of(comments: list[Tree], path: tuple[int, ...] = ()) -> list[list[Any]]:
    """Return the comments of a tree as `told` does, in any order."""
    found = []
    for number, one in enumerate(comments):
        at = datetime.fromisoformat(one["posted_at"]).timestamp()
        found.append([[*path, number], one["author"], one["text"], at, True])
        found += all_of(one.get("replies", []), (*path, number))
    return found


def refusals(answer: Answer, *posts: Tree) -> list[Any]:
    return answer.probe(refused, [json.dumps(one) for one in posts])


@check("A post needs no comments, and a comment no replies", group="basics", visible=True)
def lists_may_be_left_out(answer: Answer, random: Random) -> None:
    bare = {"title": "Tides", "body": "Twice a day."}
    seen = answer.probe(told, json.dumps(bare))
    assert seen == ["Tides", "Twice a day.", 0, []], "Neither comments nor replies were given."
    one = comment(random)
    assert answer.probe(told, json.dumps(post(one)))[3] == all_of([one]), "A comment, no replies."


@check("Replies are comments, on every level", group="basics", visible=True)
def replies_are_comments(answer: Answer, random: Random) -> None:
    comments = [tree(random, 5), tree(random, 2)]
    seen = answer.probe(told, json.dumps(post(*comments)))[3]
    assert sorted(seen) == sorted(all_of(comments)), (
        "Each as path, author, text, time, and whether it is a Comment."
    )


@check("comment_count counts all levels", group="basics", visible=True)
def all_levels_are_counted(answer: Answer, random: Random) -> None:
    comments = [tree(random, 4), tree(random, 3), comment(random)]
    count = answer.probe(told, json.dumps(post(*comments)))[2]
    assert count == len(all_of(comments)), "comment_count counts replies, too."


@check("An error leads to its place", group="basics", visible=True)
def error_leads_to_its_place(answer: Answer, random: Random) -> None:
    for key, value in (("text", 7), ("author", None), ("posted_at", "noon"), ("replies", "none")):
        wrong, place = at_depth(random, **{key: value})
        assert refusals(answer, wrong) == [[[*place, key]]], f"There, {key} is {value!r}."
    wrong, place = at_depth(random, text=7, author=[])
    both = [[*place, "author"], [*place, "text"]]
    assert refusals(answer, wrong) == [both], "There, text is 7 and author a list."


@check(
    "Unknown keys are refused on every level",
    group="rules",
    hint="A misspelt replies would be lost without a word.",
)
def unknown_keys_are_refused(answer: Answer, random: Random) -> None:
    wrong, place = at_depth(random, reply=[])
    assert refusals(answer, wrong) == [[[*place, "reply"]]], "There is a key reply."
    assert refusals(answer, post(tags=[])) == [[["tags"]]], "A post has no tags."


@check(
    "Texts are stripped and then have their lengths",
    group="rules",
    hint="What is left of three spaces? Try each limit, and one character more.",
)
def texts_have_their_lengths(answer: Answer, random: Random) -> None:
    for key, most in (("author", 50), ("text", 2000)):
        for value in ("", " \n ", "x" * (most + 1)):
            wrong, place = at_depth(random, **{key: value})
            assert refusals(answer, wrong) == [[[*place, key]]], f"{key} is {value[:60]!r}."
    for key, value in (("title", "  "), ("title", "x" * 201), ("body", "\t")):
        assert refusals(answer, post(**{key: value})) == [[[key]]], f"{key} is {value[:60]!r}."
    longest = {"author": "y" * 50, "text": "z" * 2000}
    spaced = {key: f"  {value}\n" for key, value in longest.items()}
    title, body, _, [found] = answer.probe(
        told, json.dumps(post(comment(random, **spaced), title=f" {'x' * 200} ", body="\nb "))
    )
    assert [title, body] == ["x" * 200, "b"], "Title and body without the white space around them."
    assert found[1:3] == list(longest.values()), "Author and text, too."
    shortest, _ = at_depth(random, author="a", text="b")
    assert refusals(answer, shortest | {"title": "t"}) == [None], "One character each suffices."


@check(
    "A time without a zone is refused on every level",
    group="rules",
    hint="Noon is not the same everywhere.",
)
def times_have_a_zone(answer: Answer, random: Random) -> None:
    wrong, place = at_depth(random, posted_at="2026-11-05T09:00:00")
    assert refusals(answer, wrong) == [[[*place, "posted_at"]]], "posted_at has no time zone."


@check(
    "No reply is older than what it replies to",
    group="rules",
    hint="Two neighbouring levels are compared, at any depth; and times in two zones.",
)
def replies_are_not_older(answer: Answer, random: Random) -> None:
    older = comment(random, START - timedelta(seconds=random.randint(1, 7200)))
    wrong, _ = at_depth(random, replies=[comment(random), older])
    assert refusals(answer, wrong) != [None], "A reply some levels down is older."
    below_top = post(comment(random, replies=[older]))
    assert refusals(answer, below_top) != [None], "A reply to the post's only comment is older."
    same, _ = at_depth(random, replies=[comment(random, START)])
    assert refusals(answer, same) == [None], "The same moment is fine."


@check(
    "Fifty levels are accepted",
    group="depth",
    hint="The comments of the post are level 1.",
)
def fifty_levels_are_accepted(answer: Answer) -> None:
    for way in ("dictionaries", "objects"):
        assert answer.probe(deep, MOST, way) == MOST, f"{MOST} levels, one comment each, as {way}."


@check(
    "The fifty-first level is refused, whichever branch it is in",
    group="depth",
    hint="Comments may be objects already. And the deepest branch need not be the first.",
)
def one_more_level_is_refused(answer: Answer, random: Random) -> None:
    for way in ("dictionaries", "objects"):
        seen = answer.probe(deep, MOST + 1, way)
        assert seen == "ValidationError", f"{MOST + 1} levels, as {way}."
    made = comment(random)
    for _ in range(MOST):
        made = comment(random, replies=[comment(random), made])
    assert refusals(answer, post(comment(random), made)) != [None], "The last branch is too deep."


@check(
    "A post that is far too deep is refused like any other",
    group="depth",
    hint="Python's own recursion ends near a thousand calls. Who counts, and when?",
)
def far_too_deep_is_no_crash(answer: Answer, random: Random) -> None:
    levels = random.randint(3000, 5000)
    seen = answer.probe(deep, levels, "dictionaries")
    assert seen == "ValidationError", f"{levels} levels, as dictionaries."
    assert answer.probe(brackets, 20_000) == "ValidationError", "20,000 levels of JSON, cut off."


@check(
    "A post survives the way there and back",
    group="dumping",
    hint="What does a dump hold that reading it would not accept?",
)
def there_and_back(answer: Answer, random: Random) -> None:
    written = post(tree(random, 6), comment(random, replies=[comment(random)]))
    assert answer.probe(back_again, json.dumps(written)) == [], (
        "The post came back changed by these."
    )
    found = json.loads(answer.probe(dumped, json.dumps(written)))
    assert sorted(found) == ["body", "comments", "title"], "A dump has the keys of the contract."
    keys = sorted(found["comments"][1]["replies"][0])
    assert keys == ["author", "posted_at", "replies", "text"], "So has each reply in it."


@check("No list is shared", group="dumping", hint="Append to one, and look at the others.")
def no_list_is_shared(answer: Answer, random: Random) -> None:
    seen = answer.probe(lists_after_append, comment(random))
    assert seen == [0, 0], "Lengths of the lists of another post and comment."


@check(
    "The JSON schema says that replies are comments",
    group="dumping",
    hint="The documentation of an API is made from it. Look at the items of replies.",
)
def schema_is_recursive(answer: Answer) -> None:
    found = json.loads(answer.probe(schema))
    comments = found["properties"]["comments"]["items"]
    definition = found["$defs"][comments["$ref"].rpartition("/")[2]]
    assert definition["properties"]["replies"]["items"] == comments, "Items of replies."
