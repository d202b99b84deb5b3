"""What a browser is shown where no page could be made; nothing of how it failed reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledger.adapters.http.exchange import Asked, Reply
from ledger.adapters.templates import render
from ledger.errors import LedgerError, reason
from ledger.view.problems import sentence

Question = Callable[[Asked], Callable[[], Reply]]
_NOT_NOW, _BUG = 503, 500


def shielded(question: Question, note: Callable[[Exception, Asked], object]) -> Question:
    """The same question, of which every failure is a page.

    Args:
        note: told of what is the program's own fault, and by which question.
    """
    return lambda asked: partial(_answered, question(asked), asked, note)


def _answered(
    answer: Callable[[], Reply], asked: Asked, note: Callable[[Exception, Asked], object]
) -> Reply:
    try:
        return answer()
    except LedgerError as error:
        return _alone(sentence(error.message, error.hint), _NOT_NOW)
    except OSError as error:
        if error.errno is not None:
            told = f"台账的文件现在读不出来：{reason(error)}"
            return _alone(sentence(told, "请过一会儿再试；总是这样的，请告诉管理员"), _NOT_NOW)
        note(error, asked)
    except Exception as error:
        note(error, asked)
    return _alone(sentence("程序内部出错，没有做出这一页", "请告诉启动这个网页的人"), _BUG)


def _alone(told: str, status: int) -> Reply:
    """A page that needs no ledger."""
    return Reply(render("pages/alone.html.j2", {"told": told}).encode(), status=status)
