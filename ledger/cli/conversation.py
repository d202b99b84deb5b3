"""Questions one after another: `<` goes back, Enter takes what is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.cli.asking import ask
from ledger.cli.session import say
from ledger.model.record import dataclass

_BACK = frozenset("<＜《〈")
HOW = "回车取方括号里的，< 回到上一个问题，Ctrl+C 放弃，什么都不会留下。"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question.

    Attributes:
        key: under which its answer stands.
        text: what is asked (Chinese).
        read: what an answer means; raises UsageError for nonsense.
        offer: what Enter takes, as it would be typed; None where something has to be typed, empty
            where nothing need be.
    """

    key: str
    text: str
    read: Callable[[str], Any]
    offer: str | None = None


Answers = dict[str, Any]
Asker = Callable[[Answers], Prompt | None]


def converse(steps: Sequence[Asker], known: Mapping[str, Any] | None = None) -> Answers:
    """The answers to all questions.

    Args:
        steps: each makes a question out of the answers so far, or none where there is nothing to
            ask; one whose key is known is not asked.
        known: answers that were given beforehand.

    Raises:
        Cancelled: somebody has had enough.
    """
    answers: Answers = dict(known or {})
    asked: list[int] = []
    place = 0
    while place < len(steps):
        question = steps[place](answers)
        if question is None or (known and question.key in known):
            place += 1
            continue
        answer = ask(_worded(question), _reading(question), question.offer)
        if answer is not _BACK:
            answers[question.key] = answer
            asked.append(place)
            place += 1
        elif asked:
            place = asked.pop()
        else:
            say("这已经是第一个问题。")
    return answers


def _worded(question: Prompt) -> str:
    if question.offer is None:
        return question.text
    return f"{question.text} [{question.offer}]" if question.offer else f"{question.text}（可不填）"


def _reading(question: Prompt) -> Callable[[str], Any]:
    return lambda text: _BACK if text.strip() in _BACK else question.read(text)
