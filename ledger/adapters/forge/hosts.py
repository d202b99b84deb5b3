"""Which host is which forge, as its name tells: the one table."""

from __future__ import annotations

CODEUP = "codeup.aliyun.com"
COMPARE, GITLAB, BITBUCKET = "compare", "gitlab", "bitbucket"  # whose page opens a request

# A host → its kind, as `detection.forge_kind` says it (empty: it has to be asked), and its pages.
_HOSTS = (
    ("github.com", "github", COMPARE),
    ("gitlab.com", "gitlab", GITLAB),
    ("jihulab.com", "gitlab", GITLAB),
    (CODEUP, "agit", ""),
    ("gitee.com", "agit", COMPARE),
    ("codeberg.org", "gitea", COMPARE),
    ("gitea.com", "gitea", COMPARE),
    ("bitbucket.org", "", BITBUCKET),
)
# The same of hosts that have such a word in their names, as far as that can be guessed.
_WORDS = (("gitlab", "gitlab", GITLAB), ("gitea", "gitea", COMPARE), ("forgejo", "gitea", COMPARE))


def known_kind(host: str) -> str:
    """What a host is for certain; empty where it has to be asked."""
    return next((kind for name, kind, _ in _HOSTS if name == host), "")


def guessed_kind(host: str) -> str:
    """What a host is by a word in its name; empty where there is none."""
    return next((kind for word, kind, _ in _WORDS if word in host), "")


def pages_of(host: str) -> str:
    """Whose page opens a request at a host, or one below it; empty where that is not known."""
    return next((pages for name, _, pages in (*_HOSTS, *_WORDS) if name in host), "")
