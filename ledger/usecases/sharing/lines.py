"""A line of commits that nobody else has, written anew with some of them made one.

A piece is what is cut out: the commits, between two of a line, that touch the same files. All
others stay steps of their own; they only see these files as they are at the end of the piece. Where
the line is too tangled for that, everything from a commit on is the piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.adapters.git.merge import changed_paths, make_commit, message_of_commit
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.rewrite import independent, tree_with
from ledger.adapters.git.walk import Commit, own_changes
from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class LocalLine:
    """What a branch has beyond a shared commit.

    Attributes:
        repo: seen from the top of its work tree.
        tip: the branch's commit.
        commits: by id, parents before children, each with all files that it changes.
    """

    repo: GitRepo
    tip: str
    commits: Mapping[str, Commit]

    def since(self, start: str) -> set[str]:
        """A commit and all of the line that have it in their history."""
        later = {start}
        for commit in self.commits.values():
            if not later.isdisjoint(commit.parents):
                later.add(commit.id)
        return later

    def until(self, end: str) -> set[str]:
        """A commit and all of the line that it has in its history."""
        earlier = {end}
        for commit in reversed(list(self.commits.values())):
            if commit.id in earlier:
                earlier.update(commit.parents)
        return earlier

    def files(self, commit: str) -> frozenset[str]:
        """The paths that a commit changes, relative to the repository's top."""
        return frozenset(each.path for each in self.commits[commit].files)

    def is_merge(self, commit: str) -> bool:
        """Whether it has several parents."""
        return len(self.commits[commit].parents) > 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Commits that are to become one.

    Attributes:
        start: the first of them; the one is put in its place.
        end: the last of them, whose files the one has; empty where the line's tip is meant.
        members: all of them, in the line's order.
        paths: the files that they touch.
    """

    start: str
    end: str
    members: tuple[str, ...]
    paths: frozenset[str] = frozenset()


def line_of(repo: GitRepo, base: str, tip: str) -> LocalLine:
    """What a commit has beyond another one.

    Args:
        repo: seen from the top of its work tree.
    """
    return LocalLine(repo, tip, {each.id: each for each in own_changes(repo, base, tip)})


def pieces(line: LocalLine, wrong: str) -> Iterator[Stretch]:
    """What may be cut out around a wrong commit, the smallest first.

    A later commit may have mended it; or it undid what an earlier one had brought, and mends that.
    """
    own = line.files(wrong)
    if own and not line.is_merge(wrong):
        order = list(line.commits)
        near = [each for each in order if not own.isdisjoint(line.files(each))]
        near = [each for each in near if not line.is_merge(each)]
        at = near.index(wrong)
        starts, ends = near[at::-1], near[at:]
        for total in range(1, len(near)):
            for back in range(max(0, total - len(ends) + 1), min(total, len(starts) - 1) + 1):
                if piece := _piece(line, starts[back], wrong, ends[total - back]):
                    yield piece
    for start in dict.fromkeys((wrong, next(iter(line.commits)))):
        everything = line.since(start)
        if line.tip in everything:
            yield Stretch(start, "", tuple(each for each in line.commits if each in everything))


def one_step(line: LocalLine, piece: Stretch, message: str) -> str:
    """The commit that a piece becomes; nothing points to it.

    Of everything from a commit on it stands upon all that these stood upon; what is shared comes
    first among several parents, so that the main branch's own line goes on.

    Args:
        message: what it says of itself.

    Raises:
        GitError: the files of the piece cannot stand beside those of another commit.
    """
    repo = line.repo
    if piece.end:
        before = line.commits[piece.start].parents[0]
        tree = tree_with(repo, before, piece.paths, piece.end)
        return make_commit(repo, tree, (before,), message)
    members = set(piece.members)
    outside = dict.fromkeys(
        parent
        for member in piece.members
        for parent in line.commits[member].parents
        if parent not in members
    )
    parents = independent(repo, sorted(outside, key=lambda each: each in line.commits))
    return make_commit(repo, repo.tree_of(line.tip), parents, message)


def relined(line: LocalLine, piece: Stretch, step: str) -> dict[str, str]:
    """Write a line anew with one commit for a piece; nothing points to what comes of it.

    Args:
        step: the one, from `one_step`.

    Returns:
        What became of each commit that is another one now, the line's tip among them.

    Raises:
        GitError: as for `one_step`.
    """
    if not piece.end:
        return dict.fromkeys(piece.members, step)
    repo, members = line.repo, set(piece.members)
    done = line.since(piece.end)
    images = {piece.start: step}
    for old, commit in line.commits.items():
        above = tuple(dict.fromkeys(images.get(parent, parent) for parent in commit.parents))
        if old in images or above == commit.parents:
            continue
        if old in members:
            images[old] = above[0]
            continue
        tree = repo.tree_of(old) if old in done else tree_with(repo, old, piece.paths, piece.end)
        images[old] = make_commit(repo, tree, above, message_of_commit(repo, old), like=old)
    return images


def _piece(line: LocalLine, start: str, wrong: str, end: str) -> Stretch | None:
    """The commits from one to another that touch the same files; None where they are no piece."""
    later = line.since(start)
    if wrong not in later or end not in line.since(wrong) or not line.commits[start].parents:
        return None
    inside = later - (line.since(end) - {end})
    paths = line.files(start) | line.files(end)
    members: set[str] = set()
    while True:
        members = {each for each in inside if not paths.isdisjoint(line.files(each))}
        wider = paths.union(*(line.files(each) for each in members))
        if wider == paths:
            break
        paths = wider
    if wrong not in members or any(line.is_merge(each) for each in members):
        return None
    if not members <= line.until(end):  # beside it, on another branch
        return None
    if _comes_from_elsewhere(line, line.commits[start].parents[0], inside, later, paths):
        return None
    return Stretch(start, end, tuple(each for each in line.commits if each in members), paths)


def _comes_from_elsewhere(
    line: LocalLine, before: str, inside: set[str], later: set[str], paths: frozenset[str]
) -> bool:
    """Whether a merge within a piece brings changes of its files that are not its own."""
    merged = {
        parent
        for merge in inside
        if line.is_merge(merge)
        for parent in line.commits[merge].parents
        if parent not in later
    }
    return any(not paths.isdisjoint(changed_paths(line.repo, before, each)) for each in merged)
