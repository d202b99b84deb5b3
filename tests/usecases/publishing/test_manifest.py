"""The manifest of a site: the same one is the same bytes, and nothing else is one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.usecases.publishing.manifest import (
    Contents,
    Manifest,
    Origin,
    contents_of,
    manifest_in,
    manifest_text,
)
from ledger.usecases.publishing.stamp import FRONT, Provenance

ORIGIN = Origin("a" * 40, "sha256:" + "b" * 64, "2017-07-03", "审业部", "0.1", evidence=True)
NAMES = st.from_regex(r"[a-z]{1,8}(/[A-Z0-9-]{1,12})?\.html", fullmatch=True)
OLDER = Provenance("c" * 40, "sha256:" + "d" * 64, "2017-06-30")
FILES = st.dictionaries(NAMES, st.builds(contents_of, st.binary(max_size=20)), max_size=5)


@given(FILES, st.booleans(), st.sets(NAMES))
def test_what_is_written_is_read(
    files: dict[str, Contents], unfinished: bool, kept: set[str]
) -> None:
    older = dict.fromkeys((kept & files.keys()) - {FRONT}, OLDER)
    manifest = Manifest(ORIGIN, files, unfinished, older)
    content = manifest_text(manifest)
    assert manifest_in(content) == manifest
    assert json.loads(content)["dept"] == "审业部"


MADE = manifest_text(Manifest(ORIGIN, {"index.html": contents_of(b"x")}))
KEPT = manifest_text(Manifest(ORIGIN, {"a.html": contents_of(b"x")}, older={"a.html": OLDER}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        MADE[:-1],
        MADE + b" ",
        MADE.replace(b'"size": 1', b'"size":  1'),
        MADE.replace(b"index.html", b"../index.html"),
        MADE.replace(b"index.html", b"/etc/passwd"),
        MADE.replace(b"index.html", b"manifest.json"),
        MADE.replace(b'"sha256": "', b'"sha256": 1, "x": "'),
        MADE.replace(b'"ledger site 1"', b'"ledger site 2"'),
        KEPT.replace(b"a.html", FRONT.encode()),
        KEPT.replace(b"c" * 40, b"--upload-pack"),
        KEPT.replace(b"c" * 40, b"c" * 39 + rb"\n"),
        b"[" * 100_000,
    ],
)
def test_nothing_else_is_one(content: bytes) -> None:
    with pytest.raises(LedgerError):
        manifest_in(content)
