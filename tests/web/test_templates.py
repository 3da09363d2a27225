"""What templates call is called as Jinja would: marked up once, escaped where it is text, with its context if it asks."""

from typing import Any

import pytest
from jinja2 import pass_context
from jinja2.exceptions import UndefinedError
from jinja2.runtime import Context

from avrop.web.pages import _templates

CALLED = """{% macro bold(text) %}<b>{{ text }}{{ caller() if caller is defined else "" }}</b>{% endmacro %}
{% for one in some %}{{ bold(one) }}{{ shout(one) }}{{ mine(one) }}{{ loop.cycle("a", "b") }}{% endfor %}
{% call bold("<c>") %}{{ shout("<d>") }}{% endcall %}"""


@pass_context
def mine(context: Context, one: str) -> str:
    return f"{context['whose']} {one}"


def said(text: str, **known: Any) -> str:
    return _templates().from_string(text).render(**known)


def test_calls_give_what_they_would_without_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"some": ["<i>", "x"], "shout": str.upper, "mine": mine, "whose": "my"}
    short = said(CALLED, **known)
    monkeypatch.setattr(_templates(), "context_class", Context)
    assert short == said(CALLED, **known)
    assert "<b>&lt;i&gt;</b>&lt;I&gt;my &lt;i&gt;a" in short
    assert "<b>&lt;c&gt;&lt;D&gt;</b>" in short


def test_what_there_is_none_of_cannot_be_called() -> None:
    with pytest.raises(UndefinedError):
        said("{{ nothing() }}")
