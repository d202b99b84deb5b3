"""What is asked of a forge, by which way, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.errors import LedgerError
from ledger.model.config import Forge
from ledger.model.record import dataclass

CLOSINGS = "close/"  # what the names of the branches that close tasks begin with


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A change that is proposed for a branch.

    Attributes:
        title: one line.
        body: Markdown.
        branch: the branch to push, such as `close/2017-12-31-GZ2017-031`.
        base: the branch it is for.
        commit: object id of the change; no local branch need point to it.
        topic: what tells this request from the others of the same person; pushing to the same
            topic again updates the request.
        reviewers: user names on the forge.
        labels: names of labels; those that the forge does not know are left out and told.
    """

    title: str
    body: str
    branch: str
    base: str
    commit: str
    topic: str
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def by(cls, forge: Forge, branch: str, commit: str, title: str, body: str) -> PullRequest:
        """A request for the main branch, as the ledger's settings have it."""
        topic = branch.removeprefix(CLOSINGS).replace("/", "-")
        people, labels = forge.reviewers, forge.labels
        return cls(title, body, branch, forge.base, commit, topic, people, labels)


@dataclass(frozen=True, slots=True)
class Opened:
    """A pull request that is open.

    Attributes:
        via: the way it was opened, a key of `OPENERS`.
        url: its page; with `push` the page to open it from; empty where there is none.
        existed: it had been open before and was updated or left as it was.
        message: what to do next, in Chinese.
    """

    via: str
    url: str
    existed: bool
    message: str

    @classmethod
    def at(cls, url: str, existed: bool, via: str, troubles: Iterable[str]) -> Opened:
        """A request that has its page; `troubles` is what did not work besides."""
        done = "已更新为这次的内容" if existed else "已经打开"
        message = f"合并请求{done}；请审阅人打开 {url} 审阅并合并"
        return cls(via, url, existed, "；".join([message, *troubles]))


@dataclass(frozen=True, slots=True)
class Way:
    """How pull requests are opened: `LOCAL` or a key of `OPENERS`, and what to remark on it.

    Attributes:
        note: why it is not the best way there is (Chinese); empty where it is.
    """

    via: str
    note: str = ""


def not_open(branch: str) -> LedgerError:
    """A branch has no request that could be merged."""
    return LedgerError(
        f"平台上没有 {branch} 打开着的合并请求",
        hint="请提出人再运行一次 ledger close 补开；不经过平台的，加 --local",
    )
