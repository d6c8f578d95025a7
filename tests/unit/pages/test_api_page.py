from typing import Any

from greenroom.practice.api_page import Field, api_page

DESCRIPTION: dict[str, Any] = {
    "paths": {
        "/things/{id}": {
            "put": {
                "operationId": "put_thing",
                "tags": ["bank"],
                "description": "Change a thing.\n\nAll of `it`.",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"format": "uuid"}},
                    {"name": "q", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}
                },
                "responses": {"422": {}, "202": {"content": {}}},
            }
        },
        "/things": {
            "get": {
                "operationId": "things",
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}
                        }
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "In": {
                "required": ["mode"],
                "properties": {
                    "mode": {"enum": ["run", "submit"]},
                    "files": {"type": "object", "additionalProperties": {"type": "string"}},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            },
            "Out": {
                "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/In"}},
                    "rest": {},
                }
            },
        }
    },
}


def test_an_operation_is_told_in_words() -> None:
    page = api_page(DESCRIPTION, "http://127.0.0.1:8000/")
    assert page.base == "http://127.0.0.1:8000"
    assert [part.name for part in page.parts] == ["Questions", "Other"]
    change = page.parts[0].operations[0]
    assert (change.method, change.status, change.gives) == ("PUT", "202", ())
    assert change.sentence == "Change a thing. All of <code>it</code>."
    assert change.takes == (
        Field("id", "uuid, in the path", required=True),
        Field("q", "string, in the query", required=False),
        Field("mode", "“run” or “submit”", required=True),
        Field("files", "object of string by name", required=False),
        Field("note", "string or null", required=False),
    )


def test_what_an_answer_holds_is_told_one_level_deep() -> None:
    listing = api_page(DESCRIPTION, "").parts[1].operations[0]
    assert listing.gives == (
        Field("items", "list of object (mode, files, note)", required=False),
        Field("rest", "anything", required=False),
    )
