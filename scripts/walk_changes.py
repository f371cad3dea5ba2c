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
import urllib.request
import uuid

SECONDS = 150
METHODS = ("get", "post", "put", "patch", "delete")


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


KINDS = [one_field_patches, equal_creates]


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
