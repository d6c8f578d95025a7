"""A page's HTML as a checked tree: tags closed where they belong, ids once, references met."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
REFERENCES = ("for", "form", "aria-labelledby", "aria-describedby", "aria-controls")


@dataclass
class Element:
    """An element with what stands in it: texts and elements in their order."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all below it, in the order of the document."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    @property
    def text(self) -> str:
        """All text in it."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts)

    def find(self, **wanted: str) -> list["Element"]:
        """Return the elements that carry these attributes; `tag` and `class_` are meant as such."""
        return [each for each in self.walk() if each.matches(**wanted)]

    def one(self, **wanted: str) -> "Element":
        """Return the only element that carries these attributes."""
        found = self.find(**wanted)
        assert len(found) == 1, f"{len(found)} elements match {wanted}"
        return found[0]

    def matches(self, **wanted: str) -> bool:
        """Whether tag, class and attributes are as wanted."""
        for name, value in wanted.items():
            if name == "tag":
                fits = self.tag == value
            elif name == "class_":
                fits = value in self.attributes.get("class", "").split()
            else:
                fits = self.attributes.get(name.replace("_", "-")) == value
            if not fits:
                return False
        return True


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """Return the tree of well formed HTML; anything else fails with the place."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.open) == 1, f"never closed: {[each.tag for each in builder.open[1:]]}"
    return builder.root


def check_ids(root: Element, *, whole_page: bool) -> None:
    """Ids are unique and usable in selectors; on a whole page what refers to one meets it."""
    ids = [each.attributes["id"] for each in root.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids)), f"twice: {[each for each in ids if ids.count(each) > 1]}"
    assert all(each and each.split() == [each] for each in ids), ids
    if not whole_page:
        return
    for element in root.walk():
        for name in REFERENCES:
            for target in element.attributes.get(name, "").split():
                assert target in ids, f"<{element.tag} {name}={target!r}> refers to nothing"


def check_names(root: Element) -> None:
    """What can be operated has a name, and a picture has words or is left out."""
    for element in root.walk():
        if element.tag in {"a", "button"} and "hidden" not in element.attributes:
            assert _name(element), f"no name: {element.attributes}"
        if element.tag == "svg":
            said = element.attributes.get("aria-label")
            assert said or element.attributes.get("aria-hidden") == "true", element.attributes


def _name(element: Element) -> str:
    labels = [each.attributes.get("aria-label", "") for each in element.walk()]
    return "".join([*labels, element.text]).strip()
