"""Pages from templates: HTML that asks the network for nothing and runs no script but its own.

The look is in `templates/`; here is what every page has: escaping, the style, and a policy that
forbids all that the page does not need.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from provider_assets.reports.pictures import PICTURE_CSS
from provider_assets.reports.summary import number

_COMMAND = re.compile(r"`([^`]+)`")
_LONGEST = 60  # characters of a value: what follows tells few people more
_TEMPLATES = files("provider_assets.reports") / "templates"


def render(template: str, **values: object) -> str:
    """A page as HTML; every value is escaped unless it is `Markup`."""
    return _environment().get_template(template).render(values)


def load_templates() -> None:
    """Compile every template, so that processes that are forked from this one need not."""
    environment = _environment()
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(_TEMPLATES)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    script = (_TEMPLATES / "index.js").read_text(encoding="utf-8")
    environment.filters.update(
        number=number, percent="{:.1%}".format, foreign=_foreign, worded=_worded
    )
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        policy=_policy((style, PICTURE_CSS), script),
    )
    return environment


def _foreign(text: str) -> Markup:
    """A roster's own text in its own direction; a long one cut, with the whole of it in a title."""
    if len(text) <= _LONGEST:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi title="{}">{}…</bdi>').format(text, text[: _LONGEST - 1])


def _worded(text: str) -> Markup:
    """A sentence of ours, with the commands that it names as such."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _policy(styles: Iterable[str], script: str) -> str:
    """A content security policy: these very styles, this very script, pictures within the page."""
    allowed = " ".join(map(_digest, styles))
    return (
        f"default-src 'none'; style-src {allowed}; script-src {_digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
