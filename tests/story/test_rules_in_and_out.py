"""A rule that is loosened, used and restored in one push: what was there before it judges."""

from __future__ import annotations

import pytest

from ledger.adapters.yaml.read import parse
from tests.conftest import EMAIL, LedgerFolder
from tests.story.judges import Act, push, refused
from tests.story.proven import WORKING, closed, gone, settings, wrote
from tests.story.test_gate_git import LOG, close, line, signed, signs
from tests.turns import turns

__all__ = ["signed"]  # a fixture

pytestmark = pytest.mark.xdist_group("gates")

BEGIN = "begin: 0123456789\n"
OTHER = "x@example.com"  # the same person's other address
MAILMAP = f"Office <{EMAIL}> <{OTHER}>\n"
PEOPLE = f"identities: [{{name: 办公室, emails: [{EMAIL}, {OTHER}]}}]\n"


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    """The two addresses are known to be one person's."""
    proven.write(".mailmap", MAILMAP)
    proven.commit("名录")
    assert push(proven).returncode == 0
    return proven


def merged(folder: LedgerFolder, email: str) -> None:
    """A closing that is merged by an address."""
    folder.git("switch", "--quiet", "-c", "close")
    closed(folder)
    folder.commit("销号")
    folder.git("switch", "--quiet", "main")
    folder.git("-c", f"user.email={email}", "merge", "--quiet", "--no-ff", "-m", "合并", "close")


def straight(folder: LedgerFolder) -> None:
    closed(folder)
    folder.commit("销号")


def by_himself(folder: LedgerFolder) -> None:
    merged(folder, EMAIL)


def by_his_other_address(folder: LedgerFolder) -> None:
    merged(folder, OTHER)


def known_by_the_ledger(folder: LedgerFolder) -> None:
    """Who is one person is said by ledger.yaml instead of .mailmap."""
    (folder.root / ".mailmap").unlink()
    folder.write("ledger.yaml", (folder.root / "ledger.yaml").read_text("utf-8") + PEOPLE)
    folder.commit("名录")
    assert push(folder).returncode == 0


def policy(**fields: object) -> Act:
    def act(folder: LedgerFolder) -> None:
        data = parse((folder.root / "ledger.yaml").read_bytes())
        data["policies"] = data["policies"] | fields
        folder.write("ledger.yaml", data)

    return act


def nothing(folder: LedgerFolder) -> None:
    """Everything is there."""


NO_REQUESTS = policy(history={"begin": "0123456789", "pull_requests": "不必"})
CHEATS: dict[str, tuple[Act, Act, Act]] = {
    "no requests": (nothing, NO_REQUESTS, straight),
    "his own merge": (nothing, policy(self_merge="允许"), by_himself),
    "mailmap emptied": (nothing, wrote(".mailmap", "#\n"), by_his_other_address),
    "mailmap gone": (nothing, gone(".mailmap"), by_his_other_address),
    "identities": (known_by_the_ledger, settings(PEOPLE, ""), by_his_other_address),
}  # fmt: skip


@pytest.mark.parametrize(("case", "restored"), turns(CHEATS, ("restored", "reverted", "left")))
def test_who_loosens_a_rule_does_not_use_it(case: str, restored: str, clone: LedgerFolder) -> None:
    before, loosen, use = CHEATS[case]
    before(clone)
    start = clone.git("rev-parse", "HEAD").strip()
    loosen(clone)
    loosened = clone.commit("放宽")
    use(clone)
    if restored == "restored":
        for path in ("ledger.yaml", ".mailmap"):
            if clone.git("ls-tree", start, path):
                clone.git("checkout", "--quiet", start, "--", path)
        clone.commit("恢复")
    elif restored == "reverted":
        clone.git("revert", "--no-edit", loosened)
    done = push(clone)
    assert done.returncode != 0
    if restored == "left" and "H001 " not in done.stderr:
        refused(done, "C013")
    else:
        refused(done, "H001")
    assert done.stderr.count("H001 ZG2020-001") <= 1


def test_who_loosens_a_rule_in_one_push_uses_it_from_the_next(clone: LedgerFolder) -> None:
    NO_REQUESTS(clone)
    clone.commit("放宽")
    assert push(clone).returncode == 0
    straight(clone)
    done = push(clone)
    assert done.returncode == 0, done.stderr


def test_two_addresses_that_become_known_as_one_in_the_push_are_one(proven: LedgerFolder) -> None:
    """The stricter of before and now counts."""
    proven.write(".mailmap", MAILMAP)
    proven.commit("名录")
    by_his_other_address(proven)
    refused(push(proven), "H001")


def test_signatures_that_nobody_wants_for_a_while(signed: LedgerFolder) -> None:
    text = (signed.root / "ledger.yaml").read_text("utf-8")
    signed.write("ledger.yaml", text.replace("signatures: 销号", "signatures: 不要求"))
    signed.commit("放宽")
    signs(signed, "")
    close(signed)
    signed.write("ledger.yaml", text)
    signed.commit("恢复")
    refused(push(signed), "H002")


def test_a_signer_for_a_while(signed: LedgerFolder) -> None:
    listed = (signed.root / "allowed_signers").read_text("ascii")
    signed.write("allowed_signers", listed + line(signed, "guest"))
    signed.commit("加一人")
    close(signed)
    signed.write("allowed_signers", listed)
    signed.commit("恢复")
    refused(push(signed), "H003")


def test_daily_work_beside_a_change_of_the_rules_passes(clone: LedgerFolder) -> None:
    NO_REQUESTS(clone)
    clone.commit("放宽")
    clone.write_task(**WORKING, progress=LOG)
    clone.commit("进展")
    assert push(clone).returncode == 0
