"""What a write that lasts leaves in the state folder, by which every command sees one cut off."""

from __future__ import annotations

from ledger.adapters.git.repo import GitRepo

NOTE, KEPT, STAGED = "pending.json", "kept", "staged"


def is_interrupted(repo: GitRepo) -> bool:
    """Whether something was left; while somebody is writing, it is theirs."""
    return any((repo.state_dir() / name).exists() for name in (NOTE, KEPT, STAGED))
