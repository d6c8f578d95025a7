"""Checks for the code beside 15.2: a session finds, changes and adds rows of its tenant only."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def notes_seen(answer, notes, tenant):
    """Store `notes`, [tenant, text] each; return the texts that the tenant's session selects."""
    from sqlalchemy import create_engine, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([answer.Note(tenant_id=owner, text=text) for owner, text in notes])
        session.commit()
    with answer.tenant_session(engine, tenant) as session:
        return sorted(note.text for note in session.scalars(select(answer.Note)))


@probe
def stamped(answer, tenant, given):
    """Add a note and a contact with each of the given tenants; return what the rows say."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with answer.tenant_session(engine, tenant) as session:
        for other in given:
            own = {} if other is None else {"tenant_id": other}
            session.add_all([answer.Note(text="x", **own), answer.Contact(name="y", **own)])
        session.commit()
    with Session(engine) as session:
        union = "SELECT tenant_id FROM notes UNION ALL SELECT tenant_id FROM contacts"
        return list(session.scalars(text(union)))


@probe
def every_shape(answer, own, foreign):
    """Two tenants with rows of both models; return what tenant 1 sees of each, in every shape."""
    from sqlalchemy import create_engine, func, select
    from sqlalchemy.orm import Session, aliased

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    models = {"Note": (answer.Note, "text"), "Contact": (answer.Contact, "name")}
    with Session(engine) as session:
        for model, column in models.values():
            for tenant, values in ((1, own), (2, foreign)):
                session.add_all([model(tenant_id=tenant, **{column: v}) for v in values])
        session.commit()
    seen = {}
    ids = range(1, len(own) + len(foreign) + 1)
    for name, (model, column) in models.items():
        other = aliased(model)
        with answer.tenant_session(engine, 1) as session:
            seen[name] = {
                "column": sorted(session.scalars(select(getattr(model, column)))),
                "alias": sorted(getattr(o, column) for o in session.scalars(select(other))),
                "count": session.scalar(select(func.count()).select_from(model)),
            }
        with answer.tenant_session(engine, 1) as session:
            got = [session.get(model, number) for number in ids]
            seen[name]["get"] = sorted(getattr(row, column) for row in got if row is not None)
    return seen


@probe
def changed(answer, tenant):
    """Update all notes and delete all contacts as one of two tenants; return all that is left."""
    from sqlalchemy import create_engine, delete, text, update
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        for owner in (1, 2):
            session.add(answer.Note(tenant_id=owner, text="old"))
            session.add(answer.Contact(tenant_id=owner, name="Bob"))
        session.commit()
    with answer.tenant_session(engine, tenant) as session:
        session.execute(update(answer.Note).values(text="new"))
        session.execute(delete(answer.Contact))
        session.commit()
    with Session(engine) as session:
        notes = session.execute(text("SELECT tenant_id, text FROM notes ORDER BY 1"))
        contacts = session.scalars(text("SELECT tenant_id FROM contacts ORDER BY 1"))
        return {"notes": [list(row) for row in notes], "contacts": list(contacts)}


@probe
def side_by_side(answer, tenants):
    """Open a session for each tenant, then use them in turn; return what each, and all, can see."""
    from sqlalchemy import create_engine, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    sessions = [answer.tenant_session(engine, tenant) for tenant in tenants]
    for tenant, session in zip(tenants, sessions, strict=True):
        session.add(answer.Note(text=f"of {tenant}"))
        session.commit()
    seen = [list(session.scalars(select(answer.Note.text))) for session in sessions]
    for session in sessions:
        session.close()
    with Session(engine) as session:
        return {"each": seen, "ordinary": sorted(session.scalars(select(answer.Note.text)))}


@check("A select finds the tenant's own rows", group="reads", visible=True)
def select_finds_own_rows(answer: Answer, random: Random) -> None:
    one, two = random.sample(range(1, 1000), 2)
    seen = answer.probe(notes_seen, [[one, "mine"], [two, "theirs"], [one, "also mine"]], one)
    assert seen == ["also mine", "mine"], "select(Note) should find this tenant's notes alone."


@check("A new row gets the session's tenant", group="writes", visible=True)
def new_rows_get_the_tenant(answer: Answer, random: Random) -> None:
    tenant = random.randint(2, 1000)
    seen = answer.probe(stamped, tenant, [None])
    assert seen == [tenant] * 2, "A note and a contact added without a tenant_id."


@check(
    "Both models, columns, counts, aliases and get stay inside the tenant",
    group="reads",
    hint="Name the mixin in the criteria, and look at what with_loader_criteria says of aliases.",
)
def every_shape_is_filtered(answer: Answer, random: Random) -> None:
    names = [f"n{number}" for number in random.sample(range(100, 1000), 5)]
    own, foreign = sorted(names[:2]), names[2:]
    seen = answer.probe(every_shape, own, foreign)
    shape = {"column": own, "alias": own, "count": 2, "get": own}
    assert seen == {"Note": shape, "Contact": shape}, "Tenant 1 has two rows of each model."


@check(
    "An update and a delete change no row of another tenant",
    group="writes",
    hint="Not every statement that passes do_orm_execute is a select.",
)
def changes_stay_inside(answer: Answer, random: Random) -> None:
    tenant, other = random.sample([1, 2], 2)
    seen = answer.probe(changed, tenant)
    notes = sorted([[tenant, "new"], [other, "old"]])
    assert seen == {"notes": notes, "contacts": [other]}, (
        f"Tenant {tenant} ran update(Note) and delete(Contact)."
    )


@check(
    "A tenant_id that was given does not count",
    group="writes",
    hint="An object may arrive with the id of somebody else: whose session is it?",
)
def new_rows_are_stamped(answer: Answer, random: Random) -> None:
    tenant, other = random.sample(range(1, 1000), 2)
    seen = answer.probe(stamped, tenant, [other])
    assert seen == [tenant] * 2, f"Rows given the tenant {other}, in a session of {tenant}."


@check(
    "Sessions of several tenants and an ordinary one do not disturb each other",
    group="sessions",
    hint="Where is the tenant kept, and which sessions does the listener hear?",
)
def sessions_stand_side_by_side(answer: Answer, random: Random) -> None:
    tenants = random.sample(range(1, 1000), 3)
    texts = [f"of {tenant}" for tenant in tenants]
    seen = answer.probe(side_by_side, tenants)
    assert seen["each"] == [[text] for text in texts], "Three sessions, used in turn."
    assert seen["ordinary"] == sorted(texts), "Session(engine) should see the rows of all."
