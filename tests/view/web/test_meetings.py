"""会议: quorum, votes and digests as policy and rules have them; 圈阅 counts for nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.view.web.test_task import HOSTILE, get, text

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

MEMBERS = ["书记", "副书记", "委员甲", "委员乙", "委员丙"]
VOTES = {"for": 4, "against": 0, "abstain": 0}


def record(name: str, day: str, *results: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A meeting's data: who was there by default, and (task, result) of each item."""
    items = [{"task": task, "result": result, "votes": dict(VOTES)} for task, result in results]
    return {
        "id": name, "body": "党组会", "date": day, "session": f"{day[:4]}年第1次", "chair": "书记",
        "due_members": 5, "present": MEMBERS[:4],
        "absent": [{"name": "委员丙", "reason": "出差"}], "items": items,
    } | more  # fmt: skip


def recorded(make_ledger: MakeLedger) -> LedgerFolder:
    """A task that was laid before a meeting, the meeting recorded in the next commit."""
    from ledger.model.case import case_digest

    made = make_ledger([{"evidence": [{"name": "报告", "archive": "2017-1"}]}, {}])
    task = made.load().by_id["GZ2017-001"].record
    held = record(
        "DZH-1",
        "2017-06-01",
        ("GZ2017-001", "同意销号"),
        ("GZ2017-002", "继续整改"),
        ("GZ2017-099", "同意销号"),
        observers=["整改办主任"],
        minutes="党组纪要〔2017〕1号",
        speaking_order=[*MEMBERS[1:4], "书记"],
    )
    held["items"][0]["digest"] = case_digest(task)
    held["items"][0]["opinion"] = "同意"
    held["items"][1]["digest"] = "sha256:" + "0" * 64
    held["items"][1]["recused"] = ["委员乙"]
    made.write("data/decisions/2017/DZH-1.yaml", held)
    made.commit("登记会议")
    return made


def test_tells_who_met_and_what_was_decided(make_ledger: MakeLedger) -> None:
    page = text(get(recorded(make_ledger), "meeting/DZH-1"))
    for word in (
        "应到 5 人，实到 4 人", "委员丙（出差）", "整改办主任（没有表决权）", "党组纪要〔2017〕1号",
        "同意 4，不同意 0，弃权 0（有表决权的到会成员 4 人）", "（有表决权的到会成员 3 人）",
        "回避 委员乙", "继续整改",
        "GZ2017-001 事项GZ2017-001", "GZ2017-099 台账里没有这个事项",
    ):  # fmt: skip
        assert word in page, word


def test_a_digest_is_held_against_what_stood_before_the_record(make_ledger: MakeLedger) -> None:
    """As C004 holds it; later edits make it that of what was, not of what is."""
    made = recorded(make_ledger)
    verdicts = re.compile(r"上会材料 (\S+)")
    same, other, never = verdicts.findall(text(get(made, "meeting/DZH-1")))
    assert same == "与登记会议之前的内容一致；现在的内容也是这样"
    assert other == "与登记会议之前的内容对不上；后来的内容已有改动"
    assert never.startswith("没有摘要值")
    made.write_task(goal="另立目标")
    changed, *_ = verdicts.findall(text(get(made, "meeting/DZH-1")))
    assert changed == "与登记会议之前的内容一致；后来的内容已有改动"


def test_a_record_that_is_not_saved(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    made.write(
        "data/decisions/2017/D-1.yaml", record("D-1", "2017-06-01", ("GZ2017-001", "不同意"))
    )
    page = text(get(made, "meeting/D-1"))
    assert "还没有保存" in page
    assert "没有摘要值" in page


def test_what_counts_for_nothing(make_ledger: MakeLedger) -> None:
    """圈阅; too few there; a record that another one corrects; a later meeting that says no."""
    made = make_ledger(
        [{}, {}],
        decisions=[
            record("QY-1", "2017-03-01", ("GZ2017-001", "同意销号"), body="圈阅"),
            record("D-2", "2017-04-01", ("GZ2017-001", "同意销号"), present=["书记"], absent=[]),
            record("D-3", "2017-05-01", ("GZ2017-002", "同意销号")),
            record("D-4", "2017-05-01", ("GZ2017-002", "不同意"), corrects="D-3"),
        ],
    )
    for name, words in {
        "QY-1": ("“圈阅”不是可以决定这些事项的会议", "不作数：圈阅不是可以决定销号的会议"),
        "D-2": ("到会人数不够", "应到 5 人，实到 1 人，不足半数"),
        "D-3": ("D-4 更正了本次会议的记录", "不作数：D-4 已经更正它，结论是“不同意”"),
        "D-4": ("本次会议更正 D-3 的记录",),
    }.items():
        page = text(get(made, f"meeting/{name}"))
        for word in words:
            assert word in page, (name, word)
    listed = text(get(made, "meetings"))
    assert "2017 年（4 次）" in listed
    for word in ("圈阅 2017年第1次 5 4 不作数 同意销号 1 项", "5 1 不够 同意销号 1 项"):
        assert word in listed
    assert listed.index("2017-05-01") < listed.index("2017-04-01") < listed.index("2017-03-01")


def test_of_a_day(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    old = made.git("rev-parse", "HEAD").strip()
    made.write(
        "data/decisions/2017/D-1.yaml", record("D-1", "2017-06-01", ("GZ2017-001", "不同意"))
    )
    new = made.commit()
    assert get(made, "meeting/D-1", at=old).status == 404
    assert "D-1" not in text(get(made, "meetings", at=old))
    for at in ("", new):
        assert get(made, "meeting/D-1", at=at).status == 200
        assert "不同意 1 项" in text(get(made, "meetings", at=at))


def test_what_there_is_not(make_ledger: MakeLedger) -> None:
    made = recorded(make_ledger)
    reply = get(made, "meeting/DZH-2")
    assert (reply.status, "/meeting/DZH-1" in reply.body.decode()) == (404, True)
    assert get(made, "meeting/").status == 404
    assert get(made, "meeting/../../ledger.yaml").status == 404
    assert "还没有登记会议" in text(get(make_ledger([{}], name="other"), "meetings"))


def test_a_broken_record_hides_no_other(make_ledger: MakeLedger) -> None:
    made = recorded(make_ledger)
    made.write("data/decisions/2017/DZH-2.yaml", "id: [\n")
    page = text(get(made, "meetings"))
    assert "2017 年（1 次）" in page
    assert "DZH-2.yaml" in page


def test_text_stays_text(make_ledger: MakeLedger) -> None:
    word = "".join(HOSTILE)
    hostile = record(
        "D-1", "2017-06-01", ("GZ2017-001", "不同意"),
        body=word, session=word * 60, chair=word, recorder=word, present=[word], minutes=word,
        absent=[{"name": word, "reason": word}], observers=[word], speaking_order=[word],
        自定={word: word},
    )  # fmt: skip
    hostile["items"][0] |= {"opinion": word, "recused": [word]}
    made = make_ledger([{"title": word}], decisions=[hostile])
    for path in ("meeting/D-1", "meetings"):
        reply = get(made, path)
        assert reply.status == 200
        for barred in ("<script>", "<img", "\u202e", "\u2066", "\u200f"):
            assert barred not in reply.body.decode(), (path, barred)
        assert "&lt;script&gt;" in reply.body.decode()
