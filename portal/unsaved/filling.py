"""Fills a form in a finished page. Every view's form can come back so, whatever the view is made of: no view is asked
to carry out what was sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from portal.unsaved.models import Fields

_WITHOUT_VALUE = {"file", "password", "submit", "button", "image", "reset"}
# How many rows a formset has: rows that a script had added are not in the page that is filled.
_NUMBERS_OF_ROWS = re.compile(r".+-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")


@dataclass
class Form:
    """What is known of one form of a page."""

    takes_posts: bool
    texts: set[str] = field(default_factory=set)  # names of the fields in which one types
    others: set[str] = field(default_factory=set)  # of all that can be filled, but hidden ones

    def suits(self, fields: Fields) -> bool:
        return self.takes_posts and bool(self.texts & fields.keys())


def filled(html: str, fields: Fields, above: str = "") -> tuple[str, Fields] | None:
    """The page with `fields` in the form that takes most of them, and the fields for which it has no place. `above` is
    put before that form. None if no form that is sent by POST has a text field of one of these names."""
    forms = _Forms(html).found
    suitable = [number for number, form in enumerate(forms) if form.suits(fields)]
    if not suitable:
        return None
    chosen = max(suitable, key=lambda number: len((forms[number].texts | forms[number].others) & fields.keys()))
    # Where several suit, their hidden fields say what each of them is about.
    filler = _Filler(html, fields, chosen, with_hidden=len(suitable) == 1, above=above)
    left = {name: values for name, values in fields.items() if name not in filler.known}
    return "".join(filler.parts), left


class _Forms(HTMLParser):
    """Finds the forms of a page and the names of their fields."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[Form] = []
        self.inside: Form | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.inside = Form(takes_posts=(values.get("method") or "").lower() == "post")
            self.found.append(self.inside)
        elif self.inside and (name := values.get("name")):
            kind = values.get("type") or "text"
            if tag == "textarea" or (tag == "input" and kind in ("text", "url", "email", "search", "tel")):
                self.inside.texts.add(name)
            elif tag == "select" or (tag == "input" and kind != "hidden"):
                self.inside.others.add(name)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None


class _Filler(HTMLParser):
    """Copies a page as it is, but for the values in one of its forms."""

    def __init__(self, html: str, fields: Fields, chosen: int, *, with_hidden: bool, above: str):
        super().__init__(convert_charrefs=False)
        self.fields, self.chosen, self.with_hidden, self.above = fields, chosen, with_hidden, above
        self.parts: list[str] = []
        self.known: set[str] = set()
        self.form, self.is_inside = -1, False
        self.in_text = False  # in a textarea whose old text is left out
        self.select: str | None = None
        self.missing: list[str] = []  # chosen values for which the select has shown no option yet
        self.feed(html)
        self.close()

    def copy(self, text: str) -> None:
        if not self.in_text:
            self.parts.append(text)

    def handle_starttag(self, tag, attributes):
        tag_as_written = self.get_starttag_text() or ""
        values = {name: value or "" for name, value in attributes}
        name = values.get("name", "")
        if tag == "form":
            self.form += 1
            self.is_inside = self.form == self.chosen
            self.copy(self.above if self.is_inside else "")
        elif self.is_inside and tag == "input":
            tag_as_written = self._input(values, tag_as_written)
        elif self.is_inside and tag == "select" and name in self.fields:
            self.select, self.missing = name, [each for each in self.fields[name] if each]
            self.known.add(name)
        elif tag == "option" and self.select:
            tag_as_written = self._option(values)
        self.copy(tag_as_written)
        if self.is_inside and tag == "textarea" and name in self.fields:
            self.known.add(name)
            # A browser drops the first line break of a textarea.
            self.copy("\n" + escape(self.fields[name][-1]))
            self.in_text = True

    handle_startendtag = handle_starttag

    def _input(self, values: dict[str, str], as_written: str) -> str:
        name, kind = values.get("name", ""), values.get("type", "text")
        if kind == "checkbox" or (kind == "radio" and name in self.fields):
            self.known.add(name)
            is_chosen = values.get("value", "on") in self.fields.get(name, ())
            return _tag("input", {**values, "checked": ""} if is_chosen else _without(values, "checked"))
        if name not in self.fields or kind in _WITHOUT_VALUE:
            return as_written
        self.known.add(name)
        if kind == "hidden" and (not self.with_hidden or _NUMBERS_OF_ROWS.fullmatch(name)):
            return as_written
        return _tag("input", {**values, "value": self.fields[name][-1]})

    def _option(self, values: dict[str, str]) -> str:
        value = values.get("value", "")
        if value not in self.fields[self.select or ""]:
            return _tag("option", _without(values, "selected"))
        if value in self.missing:
            self.missing.remove(value)
        return _tag("option", {**values, "selected": ""})

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.in_text = False
        elif tag == "select" and self.select:
            for value in self.missing:  # chosen in a list that only a script loads; nobody has told its name
                self.copy(f"{_tag('option', {'value': value, 'selected': ''})}nomor {escape(value)}</option>")
            self.select = None
        elif tag == "form":
            self.is_inside = False
        self.copy(f"</{tag}>")

    def handle_data(self, data):
        self.copy(data)

    def handle_entityref(self, name):
        self.copy(f"&{name};")

    def handle_charref(self, name):
        self.copy(f"&#{name};")

    def handle_comment(self, data):
        self.copy(f"<!--{data}-->")

    def handle_decl(self, decl):
        self.copy(f"<!{decl}>")


def _without(values: Mapping[str, str], name: str) -> dict[str, str]:
    return {each: value for each, value in values.items() if each != name}


def _tag(tag: str, values: Mapping[str, str]) -> str:
    return " ".join([f"<{tag}", *(f'{name}="{escape(value)}"' for name, value in values.items())]) + ">"
