"""Checks for 17.1: deleted articles disappear from every ordinary query, and come back."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def methods(answer):
    """Call both methods on a new object; return what deleted_at was after each."""
    from datetime import UTC, datetime

    article = answer.Article(title="News")
    seen = {"alive": [article.deleted_at, article.is_deleted]}
    before = datetime.now(UTC)
    article.soft_delete()
    after = datetime.now(UTC)
    first = article.deleted_at
    seen["is_aware"] = first is not None and first.tzinfo is not None
    seen["offset"] = first.utcoffset().total_seconds() if seen["is_aware"] else None
    seen["is_now"] = seen["is_aware"] and before <= first <= after
    seen["deleted"] = article.is_deleted
    article.soft_delete()
    seen["kept"] = article.deleted_at is first or article.deleted_at == first
    article.restore()
    seen["restored"] = [article.deleted_at, article.is_deleted]
    return seen


@probe
def query(answer, titles, deleted, what, include):
    """Store `titles`, delete those in `deleted`; query from a new session the way `what` says."""
    from sqlalchemy import create_engine, func, select
    from sqlalchemy.orm import Session, aliased

    Article = answer.Article
    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        articles = [Article(title=title) for title in titles]
        session.add_all(articles)
        session.flush()
        ids = {article.title: article.id for article in articles}
        for article in articles:
            if article.title in deleted:
                article.soft_delete()
        session.commit()
    other = aliased(Article)
    options = {"include_deleted": True} if include else {}
    with Session(engine) as session:
        if what == "get":
            found = [
                session.get(Article, ids[title], execution_options=options) for title in titles
            ]
            return [article.title for article in found if article is not None]
        statement = {
            "entities": select(Article).order_by(Article.id),
            "columns": select(Article.title).order_by(Article.id),
            "count": select(func.count()).select_from(Article),
            "alias": select(other).order_by(other.id),
            "is_deleted": select(Article.title).where(Article.is_deleted).order_by(Article.id),
            "is_alive": select(Article.title).where(~Article.is_deleted).order_by(Article.id),
        }[what].execution_options(**options)
        rows = list(session.scalars(statement))
        return [row.title for row in rows] if what in ("entities", "alias") else rows


@probe
def columns(answer):
    """Return the table's columns: [nullable, primary key, keeps a time zone]."""
    table = answer.Base.metadata.tables["articles"]
    return {
        str(column.name): [
            bool(column.nullable),
            bool(column.primary_key),
            bool(getattr(column.type, "timezone", False)),
        ]
        for column in table.columns
    }


@probe
def after_a_rollback(answer, title):
    """Delete an article, roll back; return what a query finds and how many rows there are."""
    from sqlalchemy import create_engine, select, text
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        article = answer.Article(title=title)
        session.add(article)
        session.commit()
        article.soft_delete()
        session.flush()
        session.rollback()
        found = list(session.scalars(select(answer.Article.title)))
        return {"found": found, "rows": session.scalar(text("SELECT count(*) FROM articles"))}


@probe
def there_and_back(answer, title):
    """Delete, then restore, with commits; return what a query finds after each, and the rows."""
    from sqlalchemy import create_engine, select, text
    from sqlalchemy.orm import Session

    Article = answer.Article
    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    seen = []
    with Session(engine) as session:
        session.add(Article(title=title))
        session.commit()
        for step in ("soft_delete", "restore"):
            every = select(Article).execution_options(include_deleted=True)
            for article in session.scalars(every):
                getattr(article, step)()
            session.commit()
            rows = session.scalar(text("SELECT count(*) FROM articles"))
            seen.append([list(session.scalars(select(Article.title))), rows])
    return seen


@probe
def bystander(answer):
    """Query a table of another model, which has no deleted_at."""
    from sqlalchemy import Integer, String, create_engine, select
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    class OtherBase(DeclarativeBase):
        pass

    class Tag(OtherBase):
        __tablename__ = "tags"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String)

    engine = create_engine("sqlite://")
    OtherBase.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Tag(name="politics"))
        session.commit()
        return list(session.scalars(select(Tag.name)))


TITLES = ["Election", "Weather", "Football"]


@check("Deleting sets the time, restoring clears it", group="basics", visible=True)
def methods_set_and_clear(answer: Answer) -> None:
    seen = answer.probe(methods)
    assert seen["alive"] == [None, False], "A new article is alive."
    assert seen["deleted"] is True, "After soft_delete(), is_deleted is true."
    assert seen["restored"] == [None, False], "After restore(), it is alive again."


@check("A deleted article is not among the selected ones", group="basics", visible=True)
def select_leaves_it_out(answer: Answer) -> None:
    seen = answer.probe(query, TITLES, ["Weather"], "entities", include=False)
    assert seen == ["Election", "Football"], "select(Article) should leave the deleted article out."


@check("include_deleted finds it", group="basics", visible=True)
def option_finds_it(answer: Answer) -> None:
    seen = answer.probe(query, TITLES, ["Weather"], "entities", include=True)
    assert seen == TITLES, "With include_deleted=True all three articles should be found."


@check("The columns are as asked for", group="basics", visible=True)
def columns_are_as_asked(answer: Answer) -> None:
    seen = answer.probe(columns)
    assert seen.get("id") == [False, True, False], "id is the primary key."
    assert seen.get("title") == [False, False, False], "title is not null."
    assert seen.get("deleted_at") == [True, False, True], (
        "deleted_at may be null and keeps its time zone."
    )


@check("The time is now, aware, in UTC", group="time", hint="datetime.utcnow() is naive.")
def time_is_aware(answer: Answer) -> None:
    seen = answer.probe(methods)
    assert seen["is_aware"] is True, "A time without a zone means nothing."
    assert seen["offset"] == 0.0, "UTC has no offset."
    assert seen["is_now"] is True, "It should be the time of the call, not of the import."


@check("Deleting twice keeps the first time", group="time", hint="When was it deleted? Only once.")
def first_time_is_kept(answer: Answer) -> None:
    assert answer.probe(methods)["kept"] is True, "The second call should change nothing."


@check(
    "Single columns, counts and aliases leave it out, too",
    group="queries",
    hint="with_loader_criteria reaches all of them.",
)
def every_shape_leaves_it_out(answer: Answer, random: Random) -> None:
    titles = [f"Article {n}" for n in random.sample(range(100, 1000), 6)]
    deleted = random.sample(titles, 2)
    alive = [title for title in titles if title not in deleted]
    assert answer.probe(query, titles, deleted, "columns", include=False) == alive, (
        "select(Article.title)"
    )
    assert answer.probe(query, titles, deleted, "count", include=False) == [4], (
        "select(func.count())"
    )
    assert answer.probe(query, titles, deleted, "alias", include=False) == alive, (
        "select(aliased(Article))"
    )


@check(
    "session.get does not find it",
    group="queries",
    hint="get is a select, unless the session has the object.",
)
def get_does_not_find_it(answer: Answer) -> None:
    seen = answer.probe(query, TITLES, ["Football"], "get", include=False)
    assert seen == ["Election", "Weather"], (
        "session.get(Article, id) should give None for a deleted one."
    )
    seen = answer.probe(query, TITLES, ["Football"], "get", include=True)
    assert seen == TITLES, "With the option it should find all three."


@check(
    "is_deleted works in a query", group="queries", hint="A property knows only the instance side."
)
def is_deleted_in_a_query(answer: Answer) -> None:
    seen = answer.probe(query, TITLES, ["Weather"], "is_deleted", include=True)
    assert seen == ["Weather"], "where(Article.is_deleted), with the option"
    seen = answer.probe(query, TITLES, ["Weather"], "is_alive", include=True)
    assert seen == ["Election", "Football"], "where(~Article.is_deleted), with the option"


@check(
    "A restored article is found again, and no row was removed",
    group="life",
    hint="Nothing is really deleted.",
)
def restored_is_found(answer: Answer, random: Random) -> None:
    title = f"Article {random.randint(100, 999)}"
    seen = answer.probe(there_and_back, title)
    assert seen == [[[], 1], [[title], 1]], (
        "Gone after soft_delete(), back after restore(), one row all the time."
    )


@check("Neither method commits", group="life", hint="The caller owns the transaction.")
def nothing_commits(answer: Answer, random: Random) -> None:
    title = f"Article {random.randint(100, 999)}"
    seen = answer.probe(after_a_rollback, title)
    assert seen == {"found": [title], "rows": 1}, "After a rollback the article should be alive."


@check("Other models are left alone", group="life", hint="Name the model in the criteria.")
def other_models_are_left_alone(answer: Answer) -> None:
    assert answer.probe(bystander) == ["politics"], (
        "A model without deleted_at should be queried as ever."
    )
