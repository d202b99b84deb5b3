"""The ledger's rules: one function a rule, listed in one literal tuple."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.model.record import replace
from ledger.model.snapshot import Snapshot
from ledger.model.task import KINDS, LOGS
from ledger.rules import (
    beforehand,
    changes,
    closings,
    decisions,
    formalism,
    policies,
    secrets,
    steps,
    tasks,
)
from ledger.rules.base import (
    FILE,
    FILE_AND_DAY,
    LEDGER,
    STRICT_KIND,
    ChangeRule,
    Rule,
    together,
)
from ledger.rules.base import Context as Context


def _t008_names(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T008: what ledger.yaml sets is set for rules and kinds there are; a slip would do nothing."""
    config, kinds = snapshot.config, {*KINDS, "default"}
    slips = (
        ("没有编号为“{}”的规则", ("rules",), set(config.rules) - set(CODES)),
        ("没有“{}”这一事项类别", ("policies", "closing"), set(config.policies.closing) - kinds),
    )
    for wording, place, names in slips:
        for name in sorted(names):
            message = f"{'.'.join(place)}：{wording.format(name)}，这一条不起作用"
            hint = "请改正，或删去这一条"
            yield Problem(CONFIG_FILE, "T008", message, hint, WARNING, place=(*place, name))


# Fields of a task, see `Rule.edited`.
_NONE = frozenset[str]()
_ENDING = frozenset({"status", "closing", "past_closings"})
_DEADLINE = frozenset({"due", "extensions", "source"})

RULES: tuple[Rule, ...] = (
    Rule("T001", "文件读不了"),
    Rule("T002", "事项、来源或配置不合格式", tasks.t002_unseen, FILE, edited=frozenset({"title"})),
    Rule("T003", "编号与文件名不一致", tasks.t003_file_name, FILE, edited=frozenset({"source"})),
    Rule(
        "T004", "部门不在名单里", tasks.t004_department, FILE, edited=frozenset({"lead", "assist"})
    ),
    Rule("T005", "来源不存在", tasks.t005_source, FILE, edited=frozenset({"source"})),
    Rule("T006", "时限原文与日期不一致", tasks.t006_due, FILE, edited=_DEADLINE),
    Rule("T007", "关联或佐证材料落空", tasks.t007_dangling),
    Rule("T008", "不认识的键", _t008_names, severity=WARNING, edited=_NONE),
    Rule("T009", "控制字符", tasks.t009_control, FILE),
    Rule("T010", "编号重复", tasks.t010_duplicate, edited=_NONE),
    Rule("D001", "会议记录不合格式", decisions.d001_incomplete, FILE, edited=_NONE),
    Rule("D002", "无权决定的会议（圈阅等）", decisions.d002_body),
    Rule("D003", "到会人数不够", decisions.d003_quorum, edited=_NONE),
    Rule("D004", "票数不够", decisions.d004_majority, edited=_NONE),
    Rule("D005", "人数或票数对不上", decisions.d005_sums, FILE, edited=_NONE),
    Rule("D006", "主持人没有末位表态", decisions.d006_chair_last, FILE, edited=_NONE),
    Rule("D007", "议了不存在的事项", decisions.d007_unknown_task, edited=_NONE),
    Rule("D008", "会议记录重复", decisions.d008_duplicate, edited=_NONE),
    Rule("D009", "会议日期在未来", decisions.d009_future, FILE_AND_DAY, edited=_NONE),
    Rule("C001", "状态越级", change=steps.c001_transition, edited=_ENDING),
    Rule("C002", "没有集体决策", change=closings.c002_no_decision, edited=_ENDING | {"links"}),
    Rule(
        "C003",
        "会议没有同意",
        change=together(closings.c003_not_approved, beforehand.c003_named_beforehand),
        edited=_ENDING | {"links"},
    ),
    Rule(
        "C004", "内容与上会时不一样", change=closings.c004_content, step=closings.c004_as_recorded
    ),
    Rule("C005", "没有佐证材料", change=closings.c005_no_evidence, edited=_ENDING),
    Rule(
        "C006", "一人既申请又审核", change=closings.c006_same_person, edited=frozenset({"closing"})
    ),
    Rule("C007", "先销号后开会", change=closings.c007_too_early, edited=_ENDING),
    Rule(
        "C008",
        "重开没有理由",
        change=together(changes.c008_reopened, beforehand.c008_nothing_to_reopen),
        edited=_ENDING | {"progress", "lookback"},
    ),
    Rule("C009", "擅改时限", change=changes.c009_due, edited=_DEADLINE),
    Rule("C010", "改动记录", change=changes.c010_log, edited=frozenset({*LOGS, "closing"})),
    Rule("C011", "改动会议记录", change=changes.c011_recorded, edited=_NONE),
    Rule("C012", "删除事项", change=changes.c012_deleted, edited=_NONE),
    Rule("C013", "绕开销号规定", change=policies.c013_policy, edited=_ENDING | {"kind"}),
    Rule("H001", "销号不经合并请求"),
    Rule("H002", "提交没有签名"),
    Rule("H003", "签名人不在名单里"),
    Rule("H004", "历史被改写"),
    Rule("F001", "长期没有进展", formalism.f001_silence, FILE_AND_DAY, severity=WARNING),
    Rule("F002", "进展雷同", formalism.f002_same_text, FILE, severity=WARNING),
    Rule("F003", "佐证材料早于任务", formalism.f003_old_evidence, FILE, severity=WARNING),
    Rule("F004", "集中销号", formalism.f004_mass_closing, severity=WARNING),
    Rule("F005", "一项制度算两次", formalism.f005_counted_twice, severity=WARNING),
    Rule("S001", "身份证号", secrets.looks_for("S001"), FILE),
    Rule("S002", "手机号", secrets.looks_for("S002"), FILE),
    Rule("S003", "密级标志", secrets.looks_for("S003"), FILE),
)
_KEPT = 1024  # choices of them
CODES: tuple[str, ...] = tuple(rule.code for rule in RULES)

# Cheap enough to run whenever the ledger is read: what would make a list wrong without a word.
ALWAYS = frozenset({"T003", "T004", "T005", "T010"})

SECRET = frozenset(code for code in CODES if code[0] == "S")

# What a file shows by itself, with its source and the settings; no other file can change it.
ALONE = frozenset(rule.code for rule in RULES if rule.snapshot and rule.looks_at != LEDGER)

# The same whatever the day: it can be kept as long as these three stay as they are.
_LASTING = tuple(rule for rule in RULES if rule.snapshot and rule.looks_at == FILE)
_OTHERS = tuple(rule for rule in RULES if rule.snapshot and rule.looks_at != FILE)

# Without these a task could vanish, or be hidden behind another; no ledger turns them down.
FIXED = frozenset({"T001", "T002", "T003", "T010"})


def check_snapshot(
    snapshot: Snapshot,
    context: Context,
    codes: Collection[str] = CODES,
    edited: frozenset[str] | None = None,
) -> tuple[Problem, ...]:
    """Every snapshot rule's problems; those of reading come first.

    Secrets beside the data are found while a file is read, and told of when they are asked for.

    Args:
        edited: see `Change.edited`; what was there before such an edit need not be told.
    """
    read = (each for each in snapshot.problems if each.code[0] != "S" or each.code in codes)
    rules = (each.snapshot for each in _asked(frozenset(codes), edited))
    problems = (problem for rule in rules if rule for problem in rule(snapshot, context))
    return judged((*read, *problems), context.config, snapshot)


@lru_cache(_KEPT)
def _asked(codes: frozenset[str], edited: frozenset[str] | None) -> tuple[Rule, ...]:
    """The rules of some codes that may find something new where some fields were edited."""
    rules = [each for each in RULES if each.code in codes]
    if edited is not None:
        rules = [each for each in rules if each.edited is None or each.edited & edited]
    return tuple(rules)


def check_files(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """What files show by themselves on any day, reading included; severities are the rules' own.

    It hangs on nothing but each file and its path, the record of its source, and the settings. What
    is left is `check_rest`.
    """
    yield from snapshot.problems
    for rule in _LASTING:
        yield from rule.snapshot(snapshot, context) if rule.snapshot else ()


def check_rest(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """What only the whole ledger shows, or the day; severities are the rules' own.

    Args:
        snapshot: the whole ledger, of which tasks may be there in outline (`model/outline.py`).
    """
    for rule in _OTHERS:
        yield from rule.snapshot(snapshot, context) if rule.snapshot else ()


def check_change(
    change: Change, context: Context, codes: Collection[str] = CODES
) -> tuple[Problem, ...]:
    """Every change rule's problems, of a change that may stand for many commits."""
    rules = _asked(frozenset(codes), change.edited)
    return _judged((each.change for each in rules), change, context)


def check_step(
    change: Change, context: Context, codes: Collection[str] = CODES
) -> tuple[Problem, ...]:
    """Every change rule's problems, of a change that is a single commit."""
    rules = _asked(frozenset(codes), change.edited)
    steps = _judged((each.step for each in rules), change, context)
    return (*check_change(change, context, codes), *steps)


def _judged(
    rules: Iterable[ChangeRule | None], change: Change, context: Context
) -> tuple[Problem, ...]:
    problems = (problem for rule in rules if rule for problem in rule(change, context))
    return judged(problems, context.config, change.old, change.new)


def judged(
    problems: Iterable[Problem], config: Config, *snapshots: Snapshot
) -> tuple[Problem, ...]:
    """The problems with the severity the ledger gives their rules; those turned off left out.

    C and D rules, and T007, stay as severe as they are for 巡视整改, whatever ledger.yaml says;
    those that keep tasks from vanishing do so for all.
    """
    kept = []
    for problem in problems:
        severity = config.rules.get(problem.code, problem.severity)
        if severity != problem.severity and (
            severity == ERROR or not _is_fixed(problem, snapshots)
        ):
            kept += [replace(problem, severity=severity)] if severity != "off" else []
        else:
            kept.append(problem)
    return tuple(kept)


def _is_fixed(problem: Problem, snapshots: tuple[Snapshot, ...]) -> bool:
    """Whether no ledger turns a problem down."""
    strict = problem.code[0] in "CD" or problem.code == "T007"
    return problem.code in FIXED or (strict and _is_strict(problem, snapshots))


def _is_strict(problem: Problem, snapshots: tuple[Snapshot, ...]) -> bool:
    """Whether a problem concerns 巡视整改: its task, or any task of its meeting; if unsure, yes."""
    kinds = {kind for snapshot in snapshots for kind in _kinds(problem.id, snapshot)}
    return STRICT_KIND in kinds or not kinds


def _kinds(record_id: str, snapshot: Snapshot) -> Iterator[str]:
    """The kinds of a task, or of the tasks that a meeting decided on."""
    decision = snapshot.decision(record_id)
    items = decision.items if decision else ()
    for name in (record_id, *(item.task for item in items)):
        if task := snapshot.task(name):
            yield task.kind
