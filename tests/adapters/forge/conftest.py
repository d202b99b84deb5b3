"""Servers of the tests' own: bare repositories with real hooks, a forge's API on loopback.

The API answers as Gitea and Forgejo do, and holds every request and each of its own answers against
the published description of the API.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from jsonschema import Draft4Validator

from ledger.adapters.forge import PullRequest
from ledger.adapters.git.repo import GitRepo, find_repo
from tests.copying import copy_folder

TOKEN = "0123456789abcdef0123456789abcdef01234567"
COMMITTER = ("-c", "user.name=办公室联络员", "-c", "user.email=office@example.com")


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", *COMMITTER, *arguments], cwd=folder, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr.decode()}"
    return done.stdout.decode()


def without_tokens(patch: pytest.MonkeyPatch) -> None:
    """Take the machine's own tokens and proxies away: they are no part of a test."""
    for name in list(os.environ):
        if name.endswith("_TOKEN") or name.lower().endswith("_proxy"):
            patch.delenv(name)


@pytest.fixture(autouse=True)
def no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    without_tokens(monkeypatch)


RECORD_OPTIONS = """#!/bin/sh
# Keeps the push options of the last push, one line each.
: > push-options
i=0
while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
  eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >> push-options
  i=$((i + 1))
done
"""


@dataclass(frozen=True, slots=True)
class Clone:
    """A user's clone of a bare repository that has one commit on main.

    Attributes:
        repo: the clone as the program sees it.
        bare: the server's repository.
    """

    repo: GitRepo
    bare: Path

    def commit(self, text: str, parent: str = "main", email: str = "office@example.com") -> str:
        """A commit on top of another one that no branch points to, as closings are made."""
        blob = git(self.repo.root, "hash-object", "-w", "--stdin", stdin=text.encode()).strip()
        line = f"100644 blob {blob}\tGZ2017-031.yaml\n"
        tree = git(self.repo.root, "mktree", stdin=line.encode()).strip()
        made = ("commit-tree", tree, "-p", parent, "-m", f"销号 GZ2017-031\n\n{text}")
        return git(self.repo.root, "-c", f"user.email={email}", *made).strip()

    def refs(self) -> dict[str, str]:
        """The server's refs."""
        lines = git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def state(self) -> tuple[str, ...]:
        """Everything of the clone that pushing must leave as it is."""
        root = self.repo.root
        kept = ("HEAD", "config", "index", "FETCH_HEAD", "ORIG_HEAD")
        files = [root / ".git" / name for name in kept]
        return (
            git(root, "for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
            git(root, "status", "--porcelain"),
            *(str(path.read_bytes()) if path.exists() else "" for path in files),
        )

    def hook(self, name: str, script: str) -> None:
        """Install a hook on the server."""
        path = self.bare / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    def keep_options(self) -> None:
        """Let the server keep the push options that its hook finds in its environment."""
        self.hook("pre-receive", RECORD_OPTIONS)

    def options(self) -> list[str]:
        """The push options of the last push."""
        return (self.bare / "push-options").read_text().splitlines()


SERVED = Path("server") / "整改办" / "name.git"


@pytest.fixture(scope="session")
def one_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a server that has one commit on main, and a clone; to be copied."""
    root = tmp_path_factory.mktemp("forge")
    place, clone = root / SERVED, root / "clone"
    git(root, "init", "--quiet", "--template=", "--bare", "--initial-branch=main", str(place))
    git(place, "config", "receive.advertisePushOptions", "true")
    git(place, "config", "http.receivepack", "true")
    git(root, "clone", "--quiet", "--template=", str(place), str(clone))
    for key, value in (("user.name", "办公室联络员"), ("user.email", "office@example.com")):
        git(clone, "config", key, value)
    (clone / "ledger.yaml").write_text("organisation: 某局\n")
    git(clone, "add", "ledger.yaml")
    git(clone, "commit", "--quiet", "-m", "新建台账")
    git(clone, "push", "--quiet", "origin", "main")
    return root


@pytest.fixture
def bare(one_commit: Path, tmp_path: Path) -> Path:
    """A bare repository `owner/name.git` with one commit on main."""
    return copy_folder(one_commit / SERVED, tmp_path / SERVED)


@pytest.fixture
def clone(one_commit: Path, bare: Path, tmp_path: Path) -> Clone:
    """A clone over a path."""
    place = copy_folder(one_commit / "clone", tmp_path / "clone")
    config = place / ".git" / "config"
    config.write_text(config.read_text().replace(str(one_commit), str(tmp_path)))
    return Clone(find_repo(place), bare)


@pytest.fixture
def request_of() -> Callable[..., PullRequest]:
    """Makes the request to close a task with one commit."""

    def make(commit: str, **changed: Any) -> PullRequest:
        fields = {
            "title": "销号 GZ2017-031",
            "body": "# 销号事项\n\n- GZ2017-031 开展专利检索能力测评\n",
            "branch": "close/2017-12-31-GZ2017-031",
            "base": "main",
            "commit": commit,
            "topic": "close/2017-12-31-GZ2017-031",
        }
        return PullRequest(**(fields | changed))

    return make


AGIT_SERVER = (
    f"#!{sys.executable}\n"
    r'''
"""A proc-receive hook (githooks(5)) that treats refs/for/<base> as AGit servers do."""
import json, os, pathlib, subprocess, sys

def read():
    lines = []
    while True:
        size = int(sys.stdin.buffer.read(4), 16)
        if size == 0:
            return lines
        lines.append(sys.stdin.buffer.read(size - 4).decode().rstrip("\n"))

def write(*lines):
    for line in lines:
        data = line.encode()
        sys.stdout.buffer.write(b"%04x" % (len(data) + 4) + data)
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()

def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout

read()
write("version=1\0push-options")
commands, options = read(), dict(each.partition("=")[::2] for each in read())
state = pathlib.Path("pulls.json")
pulls = json.loads(state.read_text()) if state.exists() else []

def receive(old, new, ref):
    base, _, session = ref.removeprefix("refs/for/").partition("/")
    topic = session or options.get("topic")
    if not topic:
        return [f"ng {ref} topic-branch is not set"]
    pull = next((p for p in pulls if (p["topic"], p["base"]) == (topic, base)), None)
    if pull is None:
        pull = {"number": len(pulls) + 1, "topic": topic, "base": base, "old": old} | {
            key: options.get(key, "") for key in ("title", "description")
        }
        pulls.append(pull)
    elif pull["commit"] == new:
        return [f"ng {ref} The new commit is the same as the old commit"]
    else:
        lost = git("rev-list", "--max-count=1", pull["commit"], "^" + new)
        if lost and "force-push" not in options:
            return [f"ng {ref} request `force-push` push option"]
        pull["old"] = pull["commit"]
    name = f"refs/pull/{pull['number']}/head"
    git("update-ref", name, new)
    pull["commit"] = new
    if os.environ.get("AGIT_SILENT") is None and not pathlib.Path("silent").exists():
        print(f"\nVisit the existing pull request:\n  http://forge.example/整改办/name/pulls/"
              f"{pull['number']}\x1b[0m\n", file=sys.stderr)
    return [f"ok {ref}", f"option refname {name}", f"option old-oid {pull['old']}",
            f"option new-oid {new}"]

report = [line for command in commands for line in receive(*command.split(" ", 2))]
state.write_text(json.dumps(pulls, ensure_ascii=False))
write(*report)
'''
)


@dataclass(frozen=True, slots=True)
class AgitServer:
    """A clone whose server opens pull requests by AGit flow."""

    clone: Clone

    def pulls(self) -> list[dict[str, Any]]:
        """The pull requests as the server keeps them."""
        state = self.clone.bare / "pulls.json"
        return json.loads(state.read_text()) if state.exists() else []


@pytest.fixture
def agit(clone: Clone) -> AgitServer:
    """A server that takes pushes to refs/for/<base>."""
    git(clone.bare, "config", "receive.procReceiveRefs", "refs/for")
    clone.keep_options()
    clone.hook("proc-receive", AGIT_SERVER)
    return AgitServer(clone)


@dataclass(slots=True)
class ForgeApi:
    """A forge on loopback: git over smart HTTP, and the API of Gitea and Forgejo.

    Attributes:
        url: its root.
        description: the published description of the API.
        faults: (method, end of path) → what is answered instead: status and body.
        other: path outside the API → status and body.
        requests: method, path, query and body of each request to the API.
        broken: what was asked or answered against the description.
        version: what it says it is.
    """

    folder: Path
    description: Mapping[str, Any]
    url: str = ""
    faults: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    other: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    authorizations: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    version: str = "10.0.0+gitea-1.22.0"
    tokens: set[str] = field(default_factory=lambda: {f"token {TOKEN}"})
    pulls: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=lambda: {"销号": 3, "巡视整改": 5})
    users: set[str] = field(default_factory=lambda: {"reviewer", "shenyue"})
    git_password: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    account: str = ""  # whose the token is, where it may tell

    def methods(self) -> list[str]:
        """The requests as `GET pulls`."""
        return [f"{method} {path.rpartition('/')[2]}" for method, path, _, _ in self.requests]

    def commit_of(self, branch: str) -> str:
        bare = self.folder / "整改办" / "name.git"
        return git(bare, "rev-parse", "--verify", f"refs/heads/{branch}").strip()

    def answer(
        self, method: str, path: str, query: dict[str, str], data: Any, authorization: str
    ) -> tuple[int, Any]:
        """What the API answers."""
        operation = self._operation(method, path, query, data)
        for (verb, ending), (status, body) in self.faults.items():
            if verb == method and path.endswith(ending):
                return status, body
        if path == "/version":
            return self._checked(operation, 200, {"version": self.version})
        if authorization not in self.tokens:
            return 401, {"message": "token is required", "url": f"{self.url}/api/swagger"}
        if path == "/user" and not self.account:
            return 403, {"message": "token does not have at least one of required scope(s)"}
        status, answer = self._route(method, path, query, data)
        return self._checked(operation, status, answer)

    def _route(self, method: str, path: str, query: dict[str, str], data: Any) -> tuple[int, Any]:
        if path == "/user":
            return 200, {"login": self.account}
        own = re.fullmatch(r"/repos/整改办/name(|/.*)", path)
        if not own:
            return 404, {"message": "not found"}
        number = re.match(r"/(?:pulls|issues)/(\d+)", own[1])
        pull = self.pulls[int(number[1]) - 1] if number else {}
        if method == "GET" and (told := self._told(own[1], pull, query)):
            return told
        if own[1].endswith("/merge"):
            return self._merge(pull, data)
        if (method, own[1]) == ("POST", "/pulls"):
            return self._create(data)
        if own[1].endswith("/requested_reviewers"):
            if not self.users >= set(data["reviewers"]):
                return 404, {"message": f"User '{data['reviewers'][0]}' not exist"}
            pull["requested_reviewers"] += [{"login": name} for name in data["reviewers"]]
            return 201, []
        if own[1].endswith("/labels"):
            pull["labels"] += [{"id": i} for i in data["labels"]]
            return 200, pull["labels"]
        pull.update(data)
        return 201, pull

    def _told(
        self, path: str, pull: dict[str, Any], query: dict[str, str]
    ) -> tuple[int, Any] | None:
        """What is asked without changing anything."""
        if path == "":
            return 200, {"name": "name", **self.settings}
        if path == "/branch_protections":
            return 200, self.rules
        lists = {
            "/labels": lambda: [{"name": n, "id": i} for n, i in self.labels.items()],
            "/pulls": lambda: [p for p in self.pulls if p["state"] == query["state"]],
            "/statuses": lambda: self.statuses.get(path.split("/")[2], []),
            "/reviews": lambda: self.reviews.get(pull["number"], []),
        }
        listed = lists.get(f"/{path.rpartition('/')[2]}")
        return (200, self._page(listed(), query)) if listed else None

    @staticmethod
    def _page(items: list[Any], query: dict[str, str]) -> list[Any]:
        limit = min(int(query["limit"]), 2)  # a server may give fewer than it was asked for
        start = (int(query["page"]) - 1) * limit
        return items[start : start + limit]

    def _create(self, data: dict[str, str]) -> tuple[int, Any]:
        ends = data["head"], data["base"]
        if any((p["head"]["ref"], p["base"]["ref"]) == ends for p in self.pulls):
            return 409, {"message": "pull request already exists for these targets"}
        self.pulls.append(self.pull(len(self.pulls) + 1, **data))
        return 201, self.pulls[-1]

    def _merge(self, pull: dict[str, Any], data: dict[str, Any]) -> tuple[int, Any]:
        """Merge as the forge does: on the server, with a merge commit in the reviewer's name."""
        bare = self.folder / "整改办" / "name.git"
        if data.get("head_commit_id", pull["head"]["sha"]) != pull["head"]["sha"]:
            return 409, {"message": "head out of date"}
        if not self.reviews.get(pull["number"]):
            return 405, {"message": "Does not have enough approvals"}
        tree = git(bare, "rev-parse", f"{pull['head']['sha']}^{{tree}}").strip()
        named = ("-c", "user.name=审阅人", "-c", "user.email=reviewer@noreply.forge.example")
        parents = ("-p", "refs/heads/main", "-p", pull["head"]["sha"])
        made = git(bare, *named, "commit-tree", tree, *parents, "-m", "Merge (#1)").strip()
        git(bare, "update-ref", "refs/heads/main", made)
        if data.get("delete_branch_after_merge"):
            git(bare, "update-ref", "-d", f"refs/heads/{pull['head']['ref']}")
        pull["state"] = "closed"
        return 200, None

    def pull(self, number: int, head: str, base: str, title: str, body: str) -> dict[str, Any]:
        """A pull request as the API tells it."""
        return {
            "number": number,
            "html_url": f"{self.url}/整改办/name/pulls/{number}",
            "state": "open",
            "title": title,
            "body": body,
            "head": {"ref": head, "sha": self.commit_of(head), "repo_id": 7},
            "base": {"ref": base, "repo_id": 7},
            "requested_reviewers": [],
            "labels": [],
            "user": {"login": "lianluo"},
        }

    def _operation(self, method: str, path: str, query: dict[str, str], data: Any) -> Any:
        """The description of a request; what is against it is noted."""
        self.requests.append((method, path, query, data))
        templates = sorted(self.description["paths"].items(), key=lambda each: each[0].count("{"))
        matching = [
            operations[method.lower()]
            for template, operations in templates  # what names more comes first
            if method.lower() in operations
            and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)
        ]
        if not matching:
            self.broken.append(f"no such request: {method} {path}")
            return {"responses": {}}
        parameters = {each["name"]: each for each in matching[0].get("parameters", ())}
        for name, value in query.items():
            self._query(parameters.get(name, {}), name, value)
        body = parameters.get("body")
        if body is None and data is not None:
            self.broken.append(f"{method} {path} takes no body")
        if body is not None:
            self._valid(body["schema"], data, f"body of {method} {path}", known=True)
        return matching[0]

    def _query(self, parameter: Mapping[str, Any], name: str, value: str) -> None:
        if parameter.get("in") != "query":
            self.broken.append(f"no such query parameter: {name}")
        if parameter.get("type") == "integer" and not value.isdigit():
            self.broken.append(f"{name} is no number: {value}")
        if value not in parameter.get("enum", [value]):
            self.broken.append(f"{name} may not be {value}")

    def _checked(self, operation: Any, status: int, answer: Any) -> tuple[int, Any]:
        """An answer, once it is as the description has it."""
        response = operation["responses"].get(str(status))
        if response is None:
            self.broken.append(f"the answer {status} is not in the description")
        elif "$ref" in response:
            response = self.description["responses"][response["$ref"].rpartition("/")[2]]
            if "schema" in response and status < 400:
                self._valid(response["schema"], answer, f"answer {status}")
        return status, answer

    def _valid(self, schema: Any, data: Any, where: str, *, known: bool = False) -> None:
        definitions = self.description["definitions"]
        errors = Draft4Validator({**schema, "definitions": definitions}).iter_errors(data)
        self.broken += [f"{where}: {error.message}" for error in errors]
        if known:
            names = definitions[schema["$ref"].rpartition("/")[2]]["properties"]
            self.broken += [f"{where}: unknown key {key}" for key in set(data or {}) - set(names)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for its head to be acknowledged
    forge: ForgeApi

    def log_message(self, *_: Any) -> None:
        pass

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        path, body = unquote(parts.path), self.rfile.read(int(self.headers["Content-Length"] or 0))
        if path in self.forge.other:
            return self._send(*self.forge.other[path], {})
        if not path.startswith("/api/v1"):
            return self._git(path, parts.query, body)
        authorization = self.headers.get("Authorization", "")
        self.forge.authorizations.add(authorization)
        data = json.loads(body) if body else None
        query = dict(parse_qsl(parts.query))
        below = path.removeprefix("/api/v1")
        status, answer = self.forge.answer(self.command, below, query, data, authorization)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return self._send(status, content, {"Location": "/elsewhere"} if status == 302 else {})

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - the names of http.server

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _git(self, path: str, query: str, body: bytes) -> None:
        """git-http-backend(1), as a web server runs it."""
        if self.forge.git_password and self.forge.git_password != self.headers["Authorization"]:
            return self._send(401, b"", {"WWW-Authenticate": 'Basic realm="forge"'})
        done = subprocess.run(
            ["git", "http-backend"],
            env=dict(os.environ)
            | {
                "GIT_PROJECT_ROOT": str(self.forge.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            },
            input=body,
            capture_output=True,
            check=False,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        return self._send(status, content, headers)


@pytest.fixture(scope="session")
def description(shared: Path) -> Mapping[str, Any]:
    """The published description of the API (Swagger 2.0)."""
    published: Mapping[str, Any] = json.loads(
        (shared / "forge" / "forgejo-openapi.json").read_text()
    )
    return published


@contextmanager
def serving(bare: Path, description: Mapping[str, Any]) -> Iterator[ForgeApi]:
    """A forge; at the end everything asked and answered was as the description has it."""
    api = ForgeApi(bare.parent.parent, description)
    handler = type("Handler", (_Handler,), {"forge": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert api.broken == []


@pytest.fixture
def forge(bare: Path, description: Mapping[str, Any]) -> Iterator[ForgeApi]:
    """The forge of `bare`."""
    with serving(bare, description) as api:
        yield api


@pytest.fixture
def forge_clone(forge: ForgeApi, clone: Clone) -> Clone:
    """A clone whose remote is the forge, over HTTP."""
    git(clone.repo.root, "remote", "set-url", "origin", f"{forge.url}/整改办/name.git")
    return clone
