"""Pages and fragments: the Jinja environment and what every template may use.

A page's context is one frozen dataclass, seen in the template as `page`; what the frame around it
needs is `frame`. Autoescape is on everywhere and a missing name is an error. `visible` is the
filter for text that an answer produced.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from greenroom.core.config import settings
from greenroom.core.paths import data_path
from greenroom.web import assets, text


@dataclass(frozen=True)
class Notice:
    """One line for the whole site, under the top bar. `percent` shows a long job's progress."""

    kind: Literal["plain", "waiting", "trouble"]
    text: str
    percent: int | None = None
    href: str = ""
    action: str = ""


@dataclass(frozen=True)
class Frame:
    """What surrounds a page. `section` names the entry of the top bar that is current."""

    viewer: str = ""
    section: str = ""
    notices: tuple[Notice, ...] = ()
    version: str = ""
    may_sign_out: bool = False

    @property
    def initials(self) -> str:
        """The viewer in one or two letters."""
        return text.initials(self.viewer)


def frame_of(request: Request, section: str = "") -> Frame:
    """Return the frame of this request.

    The viewer's name comes from `request.state.viewer_name`, which sign-in sets; site-wide notices
    from `app.state.notices`, a function without arguments.
    """
    notices: Callable[[], tuple[Notice, ...]] = getattr(request.app.state, "notices", tuple)
    viewer = getattr(request.state, "viewer_name", "") or ""
    return Frame(
        viewer=viewer,
        section=section,
        notices=tuple(notices()),
        version=_version(),
        # The one person of single-user mode would be signed in again at once.
        may_sign_out=bool(viewer) and settings().mode == "multi-user",
    )


def page(
    request: Request,
    template: str,
    context: object,
    *,
    section: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Answer with a whole page."""
    html = render(template, page=context, frame=frame_of(request, section))
    return _answer(html, status, headers)


def fragment(
    request: Request,
    template: str,
    context: object,
    *,
    block: str = "",
    section: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Answer with a part of a page: a template of its own (`_name.html`), or a page's block."""
    names = {"page": context, "frame": frame_of(request, section)}
    if not block:
        return _answer(render(template, **names), status, headers)
    html = render_block(environment(), template, block, **names)
    return _answer(html, status, headers)


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page, not for a page to replace the whole body."""
    return request.headers.get("HX-Request-Type") == "partial"


def render(template: str, **names: object) -> str:
    """Render a template to text, for streams and tests too."""
    return environment().get_template(template).render(**names)


def _answer(html: str, status: int, headers: Mapping[str, str] | None) -> HTMLResponse:
    response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
    response.headers.add_vary_header("HX-Request")
    response.headers.add_vary_header("HX-Request-Type")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@lru_cache
def environment() -> Environment:
    """Return the one Jinja environment."""
    env = Environment(
        loader=FileSystemLoader(data_path("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {"asset": assets.asset_url, "icon": icon, "strip_sentence": text.strip_sentence}
    env.filters |= {
        "visible": text.visible,
        "visible_line": text.visible_line,
        "plural": text.plural,
        "milliseconds": text.milliseconds,
        "seconds": text.seconds,
        "mebibytes": text.mebibytes,
    }
    return env


def icon(name: str, label: str = "", spin: bool = False) -> Markup:
    """Return an icon as inline svg; with a label it is announced, without one it is decoration."""
    kind = "icon spin" if spin else "icon"
    spoken = Markup('aria-hidden="true"')
    if label:
        spoken = Markup('role="img" aria-label="{}"').format(label)
    shape = Markup(assets.icon_shape(name))  # noqa: S704 - the bundle's own shapes, not input
    return Markup('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>').format(kind, spoken, shape)


@lru_cache
def _version() -> str:
    return str(escape(version("greenroom")))
