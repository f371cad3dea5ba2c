#!/usr/bin/env python3
"""What a random walk made from schemas does not send: a function for each kind of request.

    walk_changes.py API TOKEN

Each function takes a Walk and yields what it found wrong, as text. It is bounded in requests; the
whole ends after a few minutes at most. A function that is added to KINDS is run.
"""
import json
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

SECONDS = 110
METHODS = ("get", "post", "put", "patch", "delete")
NOBODY = "00000000-0000-0000-0000-000000000000"
# What ends the session, or changes who the walker is.
LEFT_OUT = {
    "login", "logout", "change_password", "step_up", "refresh", "accept_invitation", "client_token",
    "disable_user", "close_agency", "suspend_member", "set_roles",
}
BLANK = ["", " ", "\t\r\n", "\u00a0", "\u200b\ufeff", "\u3164", "\u2800", "\u00ad", "\u2028", "\U000e0041"]
CONTROL = ["\0", "a\0b", "a\x01b", "a\x1bb", "a\x7fb", "a\x9fb", "a\uffff"]
OTHER = [
    "a\x0bb\x0cc\x85d\re\r\nf\u2028g", "a\u202eb", "\u2066a", " e\u0301 ", "\U0001f600", "\ue000", "\u0301", "a" * 70000,
    "\ud800", "%00", "'; --", "\U0010fffd",
]
DATES = [
    "0000-01-01", "-0044-03-15", "0001-01-01", "1582-10-10", "1879-12-31", "1899-12-31", "2200-01-01", "9999-12-31",
    "+10000-01-01", "+262142-12-31", "2023-02-29", "2100-02-29", "2026-1-5", "infinity", "\0", "",
]
TIMES = [
    "0000-01-01T00:00:00Z", "-0044-03-15T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59",
    "0000-01-01T00:00:00+23:59", "+262142-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2023-02-29T00:00:00Z",
    "1883-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "infinity", "\0", "",
]


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers = status, headers
        try:
            self.body = json.loads(text) if text else None
        except ValueError:
            self.body = None


class Walk:
    """The API, its document, and ids of what is there."""

    def __init__(self, api, token):
        self.api, self.token = api, token
        self.document = self.get("/openapi.json").body
        self.random = random.Random(1)
        self.ends = time.monotonic() + SECONDS
        self.found = {}

    def send(self, method, path, body=None, headers=None, raw=None):
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data=data, method=method.upper())
        request.add_header("Authorization", "Bearer " + self.token)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, path):
        return self.send("get", path)

    def late(self):
        return time.monotonic() > self.ends

    def operations(self, method=None):
        """(method, path, operation), in the order of the document."""
        for path, methods in self.document["paths"].items():
            for name, operation in methods.items():
                if name in METHODS and method in (None, name):
                    yield name, path, operation

    def schema(self, schema):
        """A schema with its references followed, and null taken out of it."""
        while schema:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
                continue
            several = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
            if not several:
                break
            schema = next(one for one in several if one.get("type") != "null")
        return schema or {}

    def body_schema(self, operation):
        content = operation.get("requestBody", {}).get("content", {})
        return self.schema(content.get("application/json", {}).get("schema", {}))

    def sample(self, schema, depth=0):
        """Something that the schema allows, the required fields alone."""
        schema = self.schema(schema)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type")
        kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
        if kind == "object" or "properties" in schema:
            required = schema.get("required", [])
            fields = schema.get("properties", {})
            return {name: self.sample(fields[name], depth + 1) for name in required}
        if kind == "array":
            return [self.sample(schema.get("items", {}), depth + 1)] if depth < 4 else []
        if kind == "boolean":
            return self.random.choice([True, False])
        if kind in ("integer", "number"):
            return max(schema.get("minimum", 1), 1)
        by_format = {
            "uuid": str(uuid.uuid4()),
            "date": "2026-01-05",
            "date-time": "2027-01-05T09:00:00Z",
        }
        return by_format.get(schema.get("format"), "Sample")

    def items(self, path):
        """The first rows of a list; none where it is out of sight."""
        if path not in self.found:
            body = self.get(path).body
            rows = body.get("items") if isinstance(body, dict) else None
            self.found[path] = [row for row in rows or [] if isinstance(row, dict)][:3]
        return self.found[path]

    def places(self, path):
        """Paths with ids in them, of things that are there, as (path, etag), at most three."""
        base, out = "/api/v1", []
        first = path[len(base) + 1:].split("/")[0]
        for row in self.items(f"{base}/{first}"):
            out += self.within(path, first, row)
        if first == "agenda-items":
            for meeting in self.items(f"{base}/meetings"):
                for item in self.items(f"{base}/meetings/{meeting['id']}/agenda"):
                    out += self.within(path, first, item)
        return out[:3]

    def within(self, path, first, row):
        path = path.replace("{id}", row["id"]).replace("{case_id}", row["id"])
        people = self.items(f"/api/v1/cases/{row['id']}/parties") if first == "cases" else []
        parts = {
            "{party_id}": people,
            "{address_id}": [one for person in people for one in person.get("addresses") or []],
            "{contact_id}": [one for person in people for one in person.get("contacts") or []],
        }
        if "{allocation_id}" in path:
            parts["{allocation_id}"] = self.items(f"/api/v1/cases/{row['id']}/idva")
        if "{agency_id}" in path and first == "agenda-items":
            research = self.items(f"/api/v1/agenda-items/{row['id']}/research")
            parts["{agency_id}"] = [dict(one, id=one["agency_id"]) for one in research]
        for name, rows in parts.items():
            if name in path:
                return [(path.replace(name, one["id"]), one.get("etag")) for one in rows]
        if "{" in path:
            return []
        return [(path, self.get(path).headers.get("ETag") or row.get("etag"))]


def undocumented(operation, method, path, answer):
    """A fault of ours, or a status that the document does not name."""
    if answer.status >= 500 or str(answer.status) not in operation["responses"]:
        yield f"{method} {path}: {answer.status}"


def one_field_patches(walk):
    """Every PATCH with each of its fields alone: nothing, null, a value."""
    for method, template, operation in walk.operations("patch"):
        fields = walk.body_schema(operation).get("properties", {})
        for path, tag in walk.places(template):
            bodies = [{}] + [{name: None} for name in fields]
            bodies += [{name: walk.sample(schema)} for name, schema in fields.items()]
            for body in bodies:
                if walk.late() or tag is None:
                    return
                answer = walk.send(method, path, body, {"If-Match": tag})
                yield from undocumented(operation, method, template, answer)
                if answer.status == 200 and not body and answer.headers.get("ETag") != tag:
                    yield f"{method} {template}: nothing was sent, and a version was made"
                if answer.status == 200:
                    tag = answer.headers.get("ETag", tag)


def equal_creates(walk):
    """Every create that takes an Idempotency-Key, six times at once: one answer."""
    for method, template, operation in walk.operations("post"):
        takes = any(one.get("name") == "Idempotency-Key" for one in operation.get("parameters", []))
        if not takes or walk.late():
            continue
        places = walk.places(template) if "{" in template else [(template, None)]
        for path, tag in places[:1]:
            body, answers = walk.sample(walk.body_schema(operation)), []
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            if tag:
                headers["If-Match"] = tag
            send = lambda: answers.append(walk.send(method, path, body, headers))
            threads = [threading.Thread(target=send) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for answer in answers:
                yield from undocumented(operation, method, template, answer)
            if len({answer.status for answer in answers}) > 1:
                statuses = sorted(answer.status for answer in answers)
                yield f"{method} {template}: equal requests, answered {statuses}"
            made = {json.dumps((answer.body or {}).get("id")) for answer in answers}
            if answers[0].status == 201 and len(made) > 1:
                yield f"{method} {template}: equal requests made several things"


def kind_of(schema):
    """What a schema is: a type, or the format of a string."""
    kinds = schema.get("type", [])
    kind = kinds if isinstance(kinds, str) else next((one for one in kinds if one != "null"), "")
    return schema.get("format", "string") if kind == "string" and "enum" not in schema else kind


def strings(walk, schema, at=()):
    """Every string of a body, as (path, schema)."""
    schema = walk.schema(schema)
    if kind_of(schema) in ("string", "password", "uuid", "date", "date-time"):
        yield at, schema
    for name, inner in schema.get("properties", {}).items():
        yield from strings(walk, inner, at + (name,))
    if isinstance(schema.get("items"), dict):
        yield from strings(walk, schema["items"], at + (0,))


def holding(walk, schema, at, value):
    """The smallest body that holds a value at a path."""
    if not at:
        return value
    schema = walk.schema(schema)
    if at[0] == 0:
        return [holding(walk, schema["items"], at[1:], value)]
    body = walk.sample(schema)
    body[at[0]] = holding(walk, schema["properties"][at[0]], at[1:], value)
    return body


def somewhere(walk, method, template, operation):
    """Where a request goes: to something that is there if it can hold a text, else to nobody."""
    names = {one.get("name") for one in operation.get("parameters", [])}
    real = method in ("patch", "put") or (method == "post" and "Idempotency-Key" in names)
    places = walk.places(template) if real and "{" in template else []
    path, tag = places[0] if places else (template, None)
    while "{" in path:
        path = path[: path.index("{")] + NOBODY + path[path.index("}") + 1 :]
    return path, tag


def requests_with(walk, values):
    """Every string of every body and query, with each of its values: (operation, method, path, body, tag, value)."""
    made = []
    for method, template, operation in walk.operations():
        if operation.get("operationId") in LEFT_OUT:
            continue
        path, tag = somewhere(walk, method, template, operation)
        schema = walk.body_schema(operation)
        for at, inner in strings(walk, schema):
            made += [(operation, method, path, holding(walk, schema, at, one), tag, one) for one in values(inner)]
        for parameter in operation.get("parameters", []):
            inner = walk.schema(parameter["schema"])
            if parameter["in"] == "query" and kind_of(inner) in ("string", "date", "date-time", "uuid"):
                for one in values(inner):
                    asked = urllib.parse.urlencode({parameter["name"]: one}, errors="surrogatepass")
                    made.append((operation, method, f"{path}?{asked}", None, None, one))
    # The bound may end the walk early: no operation is always the one left out.
    walk.random.shuffle(made)
    return made


def sent_with(walk, values):
    for operation, method, path, body, tag, value in requests_with(walk, values):
        if walk.late():
            return
        answer = walk.send(method, path, body, {"If-Match": tag or '"1"'})
        yield from undocumented(operation, method, path[:200] + " " + ascii(value)[:60], answer)
        if "\0" in value and answer.status < 300:
            yield f"{method} {path[:200]}: NUL was taken, {answer.status}"


def blank_and_control_text(walk):
    """Text that cannot be seen, that controls, that is too long; NUL everywhere."""
    def values(schema):
        return BLANK + CONTROL + OTHER if kind_of(schema) in ("string", "password") else ["\0", ""]
    yield from sent_with(walk, values)


def nul_in_paths(walk):
    """Every part of every path with NUL and other bytes that are no text of ours."""
    for method, template, operation in walk.operations():
        for part in [one for one in template.split("/") if one.startswith("{")]:
            for text in ("%00", "a%00b", "%ff", "%E2%80%AE"):
                path = template.replace(part, text)
                while "{" in path:
                    path = path[: path.index("{")] + NOBODY + path[path.index("}") + 1 :]
                answer = walk.send(method, path, {} if method != "get" else None, {"If-Match": '"1"'})
                yield from undocumented(operation, method, path, answer)


def extreme_dates(walk):
    """Days and moments at the ends of what can be written, and beyond."""
    def values(schema):
        return {"date": DATES, "date-time": TIMES}.get(schema.get("format"), [])
    yield from sent_with(walk, values)


KINDS = [one_field_patches, equal_creates, blank_and_control_text, nul_in_paths, extreme_dates]


def main():
    api, token = sys.argv[1:3]
    wrong = 0
    for kind in KINDS:
        walk = Walk(api, token)
        for found in kind(walk):
            wrong += 1
            print(f"{kind.__name__}: {found}")
    print(f"{len(KINDS)} kinds, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
