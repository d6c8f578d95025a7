"""Checks for 34.1: everyone sees what the table says, and no caller can see more."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

# title, owner, team, visibility
DOCUMENTS = [
    ["Menu", "bob", None, "public"],
    ["Contract", "bob", "legal", "team"],
    ["Budget", "bob", "sales", "team"],
    ["Diary", "ada", None, "private"],
    ["Secret", "bob", "legal", "private"],
]
ADA = ["ada", "member", ["legal"]]


@probe
def archive(answer, documents):
    """Return a session on a new database with these documents, numbered from 1."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    session = Session(engine)
    for number, (title, owner, team, visibility) in enumerate(documents, 1):
        values = {"title": title, "owner": owner, "team": team, "visibility": visibility}
        session.add(answer.Document(id=number, **values))
    session.commit()
    session.expunge_all()
    return session


@probe
def made(answer, viewer):
    """Return the statement for a viewer of (login, role, teams), or for None."""
    if viewer is None:
        return answer.documents_for(None)
    login, role, teams = viewer
    return answer.documents_for(answer.Viewer(login=login, role=role, teams=teams))


@probe
def seen_by(answer, documents, viewers):
    """Make all statements first, then run the last one first; return the titles of each."""
    Document = answer.Document
    with archive(answer, documents) as session:
        statements = [made(answer, viewer) for viewer in viewers]
        titles = [
            [found.title for found in session.scalars(statement.order_by(Document.id))]
            for statement in reversed(statements)
        ]
        return titles[::-1]


@probe
def narrowed(answer, documents, viewer, words):
    """Add conditions, an order and a limit, as callers do; return what comes."""
    from sqlalchemy import func, or_, select, text

    Document = answer.Document
    with archive(answer, documents) as session:
        either = or_(*(Document.title == word for word in words))
        statement = made(answer, viewer)
        everything = statement.where(or_(Document.id > 0, Document.title != ""))
        raw = statement.where(text("documents.id > 0")).order_by(Document.id)
        count = select(func.count()).select_from(statement.subquery())
        limited = statement.order_by(Document.id.desc()).limit(2)
        return {
            "either": [d.title for d in session.scalars(statement.where(either).order_by("id"))],
            "everything": [d.title for d in session.scalars(everything.order_by(Document.id))],
            "raw": [d.title for d in session.scalars(raw)],
            "count": session.scalar(count),
            "last two": [d.title for d in session.scalars(limited)],
        }


@probe
def work(answer, documents, viewer):
    """Return the statements that ran, how many objects were loaded, and how many were found."""
    from sqlalchemy import event

    statements, loaded = [], []
    with archive(answer, documents) as session:

        def note(connection, cursor, sql, parameters, context, many):
            statements.append(sql)

        def count(target, context):
            loaded.append(target)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        event.listen(answer.Document, "load", count)
        try:
            found = len(session.scalars(made(answer, viewer)).all())
        finally:
            event.remove(answer.Document, "load", count)
        return {"statements": statements, "loaded": len(loaded), "found": found}


@probe
def table(answer):
    """Return of each column whether it may be null, and whether it is the key."""
    columns = answer.Base.metadata.tables["documents"].columns
    return {str(c.name): [bool(c.nullable), bool(c.primary_key)] for c in columns}


def may_see(document: list, viewer: list | None) -> bool:
    """Say what the table in the statement says."""
    _, owner, team, visibility = document
    login, role, teams = viewer or ["", "", []]
    return (
        role == "admin"
        or visibility == "public"
        or (role in ("guest", "member") and owner == login)
        or (role == "member" and visibility == "team" and team in teams)
    )


def visible(documents: list, viewer: list | None) -> list[str]:
    return [document[0] for document in documents if may_see(document, viewer)]


def filled(random: Random, owners: list[str], teams: list[str]) -> list[list]:
    """Return one document for each combination, in any order, under titles of their own."""
    documents = [
        [owner, team, visibility]
        for owner in owners
        for team in (*teams, None)
        for visibility in ("public", "team", "private")
    ]
    random.shuffle(documents)
    titles = random.sample(range(100, 1000), len(documents))
    return [
        [f"Document {title}", *document] for title, document in zip(titles, documents, strict=True)
    ]


def words(random: Random, count: int) -> list[str]:
    """Return different lower-case words."""
    letters = random.sample("abcdefghijklmnopqrstuvwxyz", count)
    return [letter + "".join(random.choices("aeiou", k=4)) for letter in letters]


def assert_sees(answer: Answer, documents: list, viewer: list | None, why: str) -> None:
    (seen,) = answer.probe(seen_by, documents, [viewer])
    assert seen == visible(documents, viewer), why


@check("Nobody sees public documents", group="viewers", visible=True)
def nobody_sees_public_ones(answer: Answer) -> None:
    assert_sees(answer, DOCUMENTS, None, "documents_for(None) should find the menu alone.")


@check("A member sees public, own and the team's documents", group="viewers", visible=True)
def member_sees_the_teams(answer: Answer) -> None:
    assert_sees(answer, DOCUMENTS, ADA, "Ada, of the team legal, should see these.")


@check("An admin sees all", group="viewers", visible=True)
def admin_sees_all(answer: Answer) -> None:
    assert_sees(answer, DOCUMENTS, ["eve", "admin", []], "An admin should see all five.")


@check("The table has its columns", group="viewers", visible=True)
def table_has_its_columns(answer: Answer) -> None:
    wanted = {name: [False, False] for name in ("title", "owner", "visibility")}
    wanted |= {"id": [False, True], "team": [True, False]}
    assert answer.probe(table) == wanted, "Of each column: may it be null, is it the key?"


@check(
    "A guest sees public and own documents only",
    group="viewers",
    hint="A guest may be in a team, and still is a guest.",
)
def guest_sees_own(answer: Answer, random: Random) -> None:
    login, other, team = words(random, 3)
    documents = filled(random, [login, other], [team])
    assert_sees(answer, documents, [login, "guest", [team]], "A guest who is in a team")


@check(
    "A role that nobody has heard of sees public documents only",
    group="viewers",
    hint="Somebody adds a role next year, and forgets this function. What should it do?",
)
def unknown_role_sees_least(answer: Answer, random: Random) -> None:
    login, other, team, role = words(random, 4)
    documents = filled(random, [login, other], [team])
    for name in (role, "Admin", ""):
        assert_sees(answer, documents, [login, name, [team]], f"The role {name!r} is none of ours.")


@check(
    "Every combination of owner, team and visibility is right, for a member",
    group="members",
    hint="Write down the three reasons to see a document, and join them by OR.",
)
def members_see_what_they_may(answer: Answer, random: Random) -> None:
    login, other, *teams = words(random, 5)
    documents = filled(random, [login, other], teams)
    assert_sees(answer, documents, [login, "member", teams[:2]], "A member of two teams of three")
    assert_sees(answer, documents, [other, "member", teams[2:]], "A member of the third team")


@check(
    "A member of no team sees public and own documents",
    group="members",
    hint="Which rows does an IN with an empty list find, and NULL?",
)
def no_team_is_fine(answer: Answer, random: Random) -> None:
    login, other, team = words(random, 3)
    documents = filled(random, [login, other], [team])
    assert_sees(answer, documents, [login, "member", []], "A member with an empty list of teams")


@check(
    "What the caller adds narrows the result and never widens it",
    group="callers",
    hint="How does SQL read `a OR b AND c`? And does a subquery keep your filter?",
)
def callers_only_narrow(answer: Answer, random: Random) -> None:
    login, other, team = words(random, 3)
    documents = filled(random, [login, other], [team])
    titles = [document[0] for document in documents]
    some = random.sample(titles, 8)
    for viewer in ([login, "member", [team]], [login, "guest", []], None):
        wanted = visible(documents, viewer)
        seen = answer.probe(narrowed, documents, viewer, some)
        assert seen["either"] == [title for title in wanted if title in some], (
            "where(or_(...)) on some titles"
        )
        assert seen["everything"] == wanted, "where(or_(...)) that is true for every document"
        assert seen["raw"] == wanted, "where(text(...)) that is true for every document"
        assert seen["count"] == len(wanted), "A count over the subquery"
        assert seen["last two"] == wanted[::-1][:2], "order_by(Document.id.desc()).limit(2)"


@check(
    "A statement stays with its viewer",
    group="callers",
    hint="Is there anything that two calls share?",
)
def statements_are_apart(answer: Answer, random: Random) -> None:
    logins = words(random, 5)
    teams = logins[3:]
    documents = filled(random, logins[:3], teams)
    viewers = [
        [logins[0], "member", teams[:1]],
        None,
        [logins[1], "member", teams[1:]],
        [logins[2], "guest", teams],
        ["root", "admin", []],
    ]
    assert answer.probe(seen_by, documents, viewers) == [visible(documents, v) for v in viewers], (
        "Five statements were made, then run in another order."
    )


@check(
    "The database filters, in one statement",
    group="database",
    hint="Documents that the viewer may not see should never be loaded.",
)
def database_filters(answer: Answer, random: Random) -> None:
    login, other, team = words(random, 3)
    documents = filled(random, [login, other], [team])
    viewer = [login, "member", [team]]
    count = len(visible(documents, viewer))
    seen = answer.probe(work, documents, viewer)
    assert len(seen["statements"]) == 1, "One statement should do."
    assert [seen["loaded"], seen["found"]] == [count, count], "Objects loaded, and found."


@check(
    "Logins and teams are data, whatever is in them",
    group="database",
    hint="Never format a value into SQL text.",
)
def values_are_data(answer: Answer, random: Random) -> None:
    (word,) = words(random, 1)
    # The first one closes the quote and adds a condition that is true for every document.
    logins = [f"{word}' OR '1'='1", f"{word}') --", f"{word}%", f'{word}"', f":{word}", "Łódź"]
    teams = [f"{word}%", f"{word}''", f'{word}"', f":{word}", f"{word}')", f"Ł{word}"]
    for login, team in zip(logins, teams, strict=True):
        documents = filled(random, [login, "bob"], [team, "legal"])
        viewer = [login, "member", [team]]
        assert_sees(answer, documents, viewer, f"The login is {login}, the team is {team}.")
    (sql,) = answer.probe(work, documents, viewer)["statements"]
    assert word not in sql, "No part of the viewer should stand in the SQL."
