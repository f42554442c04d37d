#!/usr/bin/env python3
"""Makes what Prism can enforce of Microsoft's specification of the PAT lifecycle API.

usage: specification.py FOLDER TO

FOLDER holds Microsoft's specification/tokens/7.1/tokens.json (from the repository of their REST API
specifications). TO is a folder that gets two specifications, list.json and one.json: to list tokens and
to get one share a path and a method, which Swagger 2 cannot say and Microsoft says beside it.

Made stricter: fields that are not named are refused, and those that are not called optional are demanded. Made wider where the real service is known to do what the specification leaves out: null
for what is absent, 204 for a revocation (as in Microsoft's own example), 401 with an error in JSON.
"""
import copy
import json
import pathlib
import sys

PATH = "/{organization}/_apis/tokens/pats"


def make_strict(definition):
    fields = definition["properties"]
    definition["additionalProperties"] = False
    definition["required"] = [
        name for name in fields if not fields[name].get("description", "").startswith("(Optional)")
    ]


def describe(operation):
    # Their references lead to files that Prism need not read.
    operation.pop("x-ms-examples", None)
    # Microsoft names the type where there is an answer, but not where there is none.
    operation.setdefault("produces", ["application/json"])
    operation["security"] = [{"entra": []}]
    operation["responses"]["401"] = {"description": "not signed in", "schema": {"$ref": "#/definitions/Error"}}
    if operation["operationId"] == "Pats_Revoke":
        operation["responses"]["204"] = {"description": "revoked"}


def write(source, item, to):
    spec = copy.deepcopy(source)
    spec.pop("x-ms-paths")
    for operation in item.values():
        describe(operation)
    spec["paths"] = {PATH: item}
    spec["securityDefinitions"] = {
        "entra": {
            "type": "oauth2",
            "flow": "implicit",
            "authorizationUrl": "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
            "scopes": {},
        }
    }
    spec.pop("security")
    definitions = spec["definitions"]
    for name in (
        "PatToken",
        "PatTokenResult",
        "PagedPatTokens",
        "PatTokenCreateRequest",
        "PatTokenUpdateRequest",
    ):
        make_strict(definitions[name])
    token = definitions["PatToken"]
    for field in ("token", "targetAccounts"):
        token["properties"][field]["x-nullable"] = True
    # A reference cannot be null, so what it refers to is put in its place.
    definitions["PatTokenResult"]["properties"]["patToken"] = dict(copy.deepcopy(token), **{"x-nullable": True})
    definitions["PatTokenResult"]["properties"]["patTokenError"]["type"] = "string"
    definitions["Error"] = {
        "type": "object",
        "required": ["message", "typeKey"],
        "properties": {"message": {"type": "string"}, "typeKey": {"type": "string"}},
    }
    to.write_text(json.dumps(spec, indent=1), encoding="utf-8")


def main():
    folder, to = (pathlib.Path(argument) for argument in sys.argv[1:])
    # It begins with a byte order mark.
    source = json.loads((folder / "specification/tokens/7.1/tokens.json").read_text(encoding="utf-8-sig"))
    to.mkdir(parents=True, exist_ok=True)
    write(source, source["x-ms-paths"][PATH + "?"], to / "list.json")
    write(source, source["paths"][PATH], to / "one.json")


main()
