"""A bureau on a real forge: a private repository, two people, a protected main, a real runner."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from ledger.adapters.forge.web import Answer, Site, ask, expect, gitea_version
from ledger.cli.app import run
from tests.conftest import run_git

ADDRESS = os.environ.get("LEDGER_LIVE_FORGE", "").rstrip("/")
TOKEN = os.environ.get("LEDGER_LIVE_TOKEN", "")
RUNNER = os.environ.get("LEDGER_LIVE_RUNNER", "")
WHEELS = os.environ.get("LEDGER_LIVE_WHEELS", "")
REPOSITORIES = os.environ.get("LEDGER_LIVE_REPOSITORIES", "")
T = TypeVar("T")
LABEL = "ledger-live"
CONTEXT = "台账检查 / 台账检查 (pull_request_target)"
CONTEXTS = (CONTEXT, CONTEXT.replace("_target", ""))  # Forgejo 7 has the second
DAY = "2020-12-06"
SCOPES = ["write:repository", "write:issue", "write:user"]

RUNNER_CONFIG = """\
log: {{level: info}}
runner: {{file: {place}/registration, capacity: 1, timeout: 10m, fetch_interval: 1s}}
cache: {{enabled: false}}
host: {{workdir_parent: {place}/work}}
"""


def administrator() -> Site:
    """The forge, asked in the name of its administrator."""
    return Site(ADDRESS, f"token {TOKEN}")


def asked(
    site: Site, method: str, path: str, data: Mapping[str, Any] | None = None, **query: Any
) -> Any:
    """What the forge answers to something that it must not refuse."""
    answer = ask(site, method, f"/api/v1{path}", query=query or None, data=data)
    assert answer.status in (200, 201, 202, 204), (method, path, answer)
    return answer.data


def kind() -> str:
    """Which of the two it is, as `gate install --ci` names it."""
    return "forgejo" if "+gitea" in gitea_version(Site(ADDRESS)) else "gitea"


def until(look: Callable[[], T | None], what: str, seconds: float = 300) -> T:
    """What `found` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (value := look()) is not None:
            return value
        time.sleep(1)
    pytest.fail(f"{what}: not within {seconds} s")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account of his own, a token and a clone."""

    login: str
    email: str
    token: str
    root: Path

    @property
    def site(self) -> Site:
        """The forge, asked in this person's name."""
        return Site(ADDRESS, f"token {self.token}")

    def git(self, *arguments: str) -> str:
        """What `git arguments…` prints in the clone; fails the test when git does."""
        return run_git(self.root, *arguments)

    def tries(self, *arguments: str) -> tuple[int, str]:
        """The exit code of `git arguments…`, and what it said."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def ledger(self, *arguments: str, code: int = 0, day: str = DAY) -> str:
        """What the program says to this person."""
        output = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEDGER_FORGE_TOKEN", self.token)
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                got = run(["-C", str(self.root), "--today", day, *arguments])
        assert got == code, f"{arguments}: {got}\n{output.getvalue()}"
        return output.getvalue()

    def fresh(self, branch: str) -> None:
        """Switch to a new branch off the newest main, with nothing else in the working tree."""
        self.git("fetch", "--quiet", "origin")
        self.git("switch", "--quiet", "--force-create", branch, "--no-track", "origin/main")
        self.git("clean", "--quiet", "--force", "-d")

    def proposes_by_hand(self, branch: str, title: str, base: str = "main") -> int:
        """Push what is checked out as a branch and open a request for it; its number."""
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        owner_and_name = self.git("remote", "get-url", "origin").strip().split("/")[-2:]
        path = "/".join(owner_and_name).removesuffix(".git")
        request = {"title": title, "head": branch, "base": base}
        number: int = asked(self.site, "POST", f"/repos/{path}/pulls", request)["number"]
        return number


@dataclass(frozen=True, slots=True)
class Bureau:
    """A private repository with a ledger, and who works on it."""

    owner: str
    name: str
    clerk: Person
    leader: Person
    bare: Path

    @property
    def path(self) -> str:
        """The repository's own path below the API."""
        return f"/repos/{self.owner}/{self.name}"

    def api(self, method: str, below: str, data: Mapping[str, Any] | None = None) -> Any:
        """Something that the administrator asks for."""
        return asked(administrator(), method, self.path + below, data)

    def request(self, number: int) -> dict[str, Any]:
        """A pull request as the forge tells it."""
        pull: dict[str, Any] = self.api("GET", f"/pulls/{number}")
        return pull

    def verdict(self, number: int) -> tuple[str, str]:
        """How the check of a request ended (`success`, `failure`), and what the runner noted."""
        commit = self.request(number)["head"]["sha"]

        def ended() -> dict[str, Any] | None:
            statuses = self.api("GET", f"/commits/{commit}/statuses?limit=50")
            own = [each for each in statuses if each["context"] in CONTEXTS]
            last = max(own, key=lambda each: int(each["id"]), default=None)
            return last if last and last["status"] not in ("pending", "") else None

        status = until(ended, f"check of request {number}", 900)
        return status["status"], self.log(status["target_url"])

    def log(self, target: str) -> str:
        """What the runner noted of a job; empty where this forge's API does not show it."""
        job = target.rpartition("/")[2]
        path = f"{ADDRESS}/api/v1{self.path}/actions/jobs/{job}/logs"
        answer = httpx.get(path, headers={"Authorization": f"token {TOKEN}"}, trust_env=False)
        return answer.text if answer.status_code == 200 else ""

    def approves(self, number: int, who: Person | None = None) -> None:
        """The leader approves of what a request holds now."""
        person = who or self.leader
        commit = self.request(number)["head"]["sha"]
        data = {"event": "APPROVED", "body": "同意", "commit_id": commit}
        asked(person.site, "POST", f"{self.path}/pulls/{number}/reviews", data)

    def merges(self, who: Person, number: int, how: str = "merge", **more: Any) -> Answer:
        """What the forge answers to somebody who merges, once it has looked for conflicts."""

        def answered() -> Answer | None:
            data = {"Do": how, **more}
            answer = ask(who.site, "POST", f"/api/v1{self.path}/pulls/{number}/merge", data=data)
            return None if "try again" in answer.message else answer

        return until(answered, f"merge of request {number}")

    def protect(self, **changed: Any) -> None:
        """Switch on everything that `gate install` names; `changed` overrides."""
        self.api("PATCH", "", MERGES)
        name = "main"
        ask(administrator(), "DELETE", f"/api/v1{self.path}/branch_protections/{name}")
        self.api("POST", "/branch_protections", PROTECTION | changed)


MERGES = {
    "has_pull_requests": True,
    "allow_merge_commits": True,
    "allow_squash_merge": False,
    "allow_rebase": False,
    "allow_rebase_explicit": False,
    "allow_fast_forward_only_merge": False,
}
PROTECTION = {
    "rule_name": "main",
    "branch_name": "main",
    "enable_push": False,
    "enable_status_check": True,
    "status_check_contexts": [CONTEXT.replace("_target", "*")],
    "required_approvals": 1,
    "block_on_rejected_reviews": True,
    "dismiss_stale_approvals": True,
    "block_on_outdated_branch": True,
    "block_admin_merge_override": True,  # Gitea's name
    "apply_to_admins": True,  # Forgejo's
}


@contextlib.contextmanager
def account(login: str, place: Path) -> Iterator[Person]:
    """A new account of the forge, gone afterwards; its clone is made later, in `place`."""
    password, email = secrets.token_urlsafe(24), f"{login}@example.org"
    data = {
        "username": login,
        "email": email,
        "password": password,
        "must_change_password": False,
    }
    asked(administrator(), "POST", "/admin/users", data)
    try:
        pair = base64.b64encode(f"{login}:{password}".encode()).decode()
        own = Site(ADDRESS, f"Basic {pair}")
        tokens = {"name": "ledger", "scopes": SCOPES}
        token = asked(own, "POST", f"/users/{login}/tokens", tokens)["sha1"]
        yield Person(login, email, token, place)
    finally:
        asked(administrator(), "DELETE", f"/admin/users/{login}", purge="true")


def cloned(person: Person, url: str, name: str) -> None:
    """Give somebody a clone with an identity and a password of its own."""
    run_git(person.root.parent, "init", "--quiet", "--initial-branch=main", str(person.root))
    store = person.root.with_suffix(".passwords")
    scheme, _, host = ADDRESS.partition("://")
    store.write_text(f"{scheme}://{person.login}:{person.token}@{host.partition('/')[0]}\n")
    for key, value in (
        ("user.name", name),
        ("user.email", person.email),
        ("credential.helper", f"store --file={store}"),
    ):
        person.git("config", key, value)
    person.git("remote", "add", "origin", url)


@contextlib.contextmanager
def private_repository(place: Path) -> Iterator[Bureau]:
    """An empty private repository on the forge with two people who may write to it."""
    owner = asked(administrator(), "GET", "/user")["login"]
    mark = secrets.token_hex(4)
    name = f"ledger-live-{mark}"
    with (
        account(f"clerk-{mark}", place / "clerk") as clerk,
        account(f"leader-{mark}", place / "leader") as leader,
    ):
        data = {"name": name, "private": True, "default_branch": "main"}
        asked(administrator(), "POST", "/user/repos", data)
        made = Bureau(owner, name, clerk, leader, _bare(owner, name))
        try:
            for person, called in ((clerk, "办公室"), (leader, "领导")):
                made.api("PUT", f"/collaborators/{person.login}", {"permission": "write"})
                cloned(person, f"{ADDRESS}/{owner}/{name}.git", called)
            yield made
        finally:
            made.api("DELETE", "")


def _bare(owner: str, name: str) -> Path:
    return Path(REPOSITORIES or os.devnull) / owner.lower() / f"{name.lower()}.git"


@contextlib.contextmanager
def runner_of(bureau: Bureau, place: Path) -> Iterator[None]:
    """A real runner that works for one repository, on this machine."""
    place.mkdir()
    path = f"/api/v1{bureau.path}/actions/runners/registration-token"
    answer = ask(administrator(), "POST", path)
    if answer.status >= 400:  # older ones
        answer = ask(administrator(), "GET", path)
    token = expect(administrator(), answer, "registration token")["token"]
    config = place / "config.yaml"
    config.write_text(RUNNER_CONFIG.format(place=place), "utf-8")
    ours = ("GIT_", "LEDGER_", "PYTHON", "PYTEST", "COV_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    register = [RUNNER, "register", "--no-interactive", "--instance", ADDRESS, "--token", token]
    register += ["--name", LABEL, "--labels", f"{LABEL}:host", "--config", str(config)]
    common: dict[str, Any] = {"cwd": place, "env": environment}
    subprocess.run(register, check=True, capture_output=True, **common)
    with (
        (place / "log").open("wb") as log,
        subprocess.Popen(
            [RUNNER, "daemon", "--config", str(config)], stdout=log, stderr=log, **common
        ) as daemon,
    ):
        try:
            yield
        finally:
            daemon.terminate()
