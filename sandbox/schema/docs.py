"""What a property's docstring says of allowed values and of replacement: only what it says without a condition or an open end."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Said(NamedTuple):
    """What was found in a docstring."""

    values: tuple[str, ...]
    """Everything that is allowed; () where the docstring leaves it open."""
    replaces: bool
    secret: bool = False


NOTHING = Said((), replaces=False)
_SENSITIVE = "This property is sensitive"
"""The Google provider's sentence; the only trace that a nested secret leaves in an SDK."""

_ITEM = r"""(?:`+\s?"?[^`"\n]{1,80}"?\s?`+|"`?[^`"\n]{1,80}`?"|'[^'\n]{1,60}'|(?<![\w`"'])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![\w`"']))"""
_NOTE = r"\s\([^()`]{1,120}\)"
_SEPARATOR = r"(?:\s*,\s*(?:and|or|and/or)\s+|\s*,\s*|\s+(?:and|or|and/or)\s+|\s*[|/]\s*)"
_CONSTANTS = r"(?:[A-Z][A-Z0-9_]+\n)+[A-Z][A-Z0-9_]+(?=\n*$|\n\n|\n[A-Z][a-z])"
_LIST = rf"(?:\[?{_ITEM}(?:{_NOTE})?(?:{_SEPARATOR}{_ITEM}(?:{_NOTE})?)*\]?)"
_DEFAULT = r"(?:,?\s*(?:and\s+)?(?:with\s+)?(?:the\s+|it\s+)?(?:`[^`]+`\s+(?:being|as)\s+the\s+)?defaults?\b)"
_END = rf"(?:\s*\.(?=\s|$)|\s*$|\s*;?{_DEFAULT}|\s*\n(?![A-Z0-9_]+(?:\n|$))(?=[-*>A-Z(]))"

_WHOSE = r"(?:\s+for\s+(?:this|the)\s+(?:field|argument|parameter|property|attribute|setting|value))?"
_NOUN = (
    r"(?:[Tt]he\s+)?(?:[Cc]urrently\s+)?(?:[Pp]ossible|[Vv]alid|[Aa]llowed|[Ss]upported|[Aa]ccepted|[Aa]cceptable|[Aa]vailable|[Pp]ermitted)"
    rf"(?:\s+enum)?\s+(?:[Vv]alues?|options?|choices?){_WHOSE}(?:\s*:|(?=\s+`)|\s+(?:are|is|can\s+be|must\s+be)(?:\s+(?:either|one\s+of|any\s+of))?(?:\s+the\s+following)?\s*:?)"
)
_VERB = (
    r"(?:(?:(?:The|This|Its|Each)\s+)?(?:[Vv]alue|[Ff]ield|[Pp]arameter|[Aa]rgument|[Pp]roperty|[Aa]ttribute|It)\s+(?:must|can|should|may)|Must|Can|Should|May)"
    r"(?:\s+currently)?(?:\s+only)?\s+be(?:\s+set\s+to)?(?:\s+either)?(?:\s+one\s+of)?(?:\s+the\s+following(?:\s+values)?)?\s*:?"
)
_ONE = r"(?:Either|One\s+of|Can\s+be\s+one\s+of)\s*:?"
_START = r"(?:^|(?<=[.;)\]}>]\s)|(?<=\n)(?=\W{0,3}[A-Z])|(?<=[a-z]\s)(?=[PVASC][a-z]+\s+(?:enum\s+)?(?:values|options)))"

_CLOSED = re.compile(rf"{_START}(?:\W{{0,3}})(?:{_NOUN}|{_VERB}|{_ONE})\s+({_LIST})({_END})")
_GENERATED = re.compile(rf"(?:Possible values are: |Each value may be one of: |Available values: )({_LIST})\.(?=\s|$)")
"""What the providers' own schema generators write; a validator stands behind each."""
_EXPRESSION = re.compile(r"\bexpression to\b")
"""The values are what an expression may speak of, not the whole value."""
_BULLETED = re.compile(rf"{_START}(?:\W{{0,3}})(?:{_NOUN}|{_VERB})\s*\n+((?:\s*[-*]\s.*(?:\n|$))+)")
_LINES = re.compile(rf"{_START}(?:{_NOUN})\s*\n({_CONSTANTS})")
_FIELDS = re.compile(r"^\s*[-*]\s+`[\w.]+`\s+-\s", re.MULTILINE)
"""The docstring goes on to describe other fields."""
_BULLET = re.compile(rf"^\s*[-*]\s+({_ITEM})(?=\s*(?:$|[:(.\u2013\u2014]|-\s|,\s|is\b|means\b|which\b))")
_INLINE_BULLET = re.compile(r"[^\n][^\S\n]+[-*]\s+[\"'`]")
"""A list whose line breaks were lost: no telling where it ends."""
_ITEMS = re.compile(_ITEM)
_NOTES = re.compile(_NOTE)

_OPEN = re.compile(
    r"\b(?:such as|not limited to|other (?:supported |valid |possible |allowed |accepted )?(?:values?|options?|types?|connectors?)|any other|among others"
    r"|additional values?|custom values?|case[- ]?insensitive|not case[- ]sensitive|and more\b|(?:full|complete|current|latest|exhaustive) list"
    r"|list of (?:all )?(?:valid|supported|possible|available|allowed|acceptable)"
    r"|for (?:all|other|more|a list of|the list of)?\s*(?:valid|supported|possible|allowed|available|acceptable|additional) (?:values?|options?|types?)"
    r"|also (?:be|accepts?|supports?|allows?|valid|allowed)|prefixed|comma[- ]separated|separated by|combination)",
    re.IGNORECASE,
)
_ETC = re.compile(r"\betc\b|e\.g\.|\.\.\.|…|\bfor example\b", re.IGNORECASE)
_PATTERN = re.compile(r"://|[<>{}*$%…#]|\dXX|\.\.\.|\b(?:NN|XX|nnn|xxx)")

_REPLACES = re.compile(
    r"(?:(?<![-\w])(?:changing|modifying|updating|changes? (?:to|of)|update of)\s+(?:this|it|the (?:value|field|argument)|(?:this|the) [\w`]+|`\w+`)"
    r"(?:\s+(?:value|field|argument|property|parameter|attribute|setting|block|list))?(?:\s+after\s+creation)?\s+(?:will\s+|would\s+)?"
    r"(?:also\s+)?(?:forces?|creates?|requires?|triggers?|causes?|re-?creates?|results?\s+in)\s*"
    r"(?:(?:Terraform|terraform|Pulumi)\s+to\s+)?(?:the\s+)?(?:creat(?:e|es|ion\s+of|ing)\s+)?(?:a\s+|the\s+)?"
    r"(?:new\s+resource|new\s+\w+\s+to\s+be\s+created|replacement|re-?creation|resource\s+(?:to\s+be\s+)?(?:re-?created|re-?creation|replacement)|resource\s*\.))"
    r"|forces?\s+(?:a\s+)?new\s+resource|forces?\s+(?:resource\s+)?replacement(?:\s+(?:if|when|on)\s+change)?"
    r"|causes\s+resource\s+replacement\s+when\s+mutated|when\s+changed,\s+will\s+trigger\s+recreation",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(r"\bin[- ]place\b|\bto be migrated\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|unless|when|only|except|may|might|until|from|removing|without)\b", re.IGNORECASE)
_UNCONDITIONAL = re.compile(r"\b(?:if|when) (?:changed|mutated|it changes|this changes)\b|that, when changed", re.IGNORECASE)


@lru_cache(maxsize=8192)
def read(text: str, snake: str) -> Said:
    """What the docstring says of the property of this (Python) name."""
    if not text:
        return NOTHING
    if text.startswith("(Output)"):
        return NOTHING._replace(secret=_SENSITIVE in text)
    return Said(_values(text, snake), _replaces(text), _SENSITIVE in text)


def _values(text: str, snake: str) -> tuple[str, ...]:
    generated = [_named(found[1]) for found in _GENERATED.finditer(text)]
    if generated:
        if _EXPRESSION.search(text):
            return ()
        return _agreed(generated[-1:], snake)
    fields = _FIELDS.search(text)
    text = text[: fields.start()] if fields else text
    if _OPEN.search(text):
        return ()
    found = [_named(match[1]) for match in _CLOSED.finditer(text) if not _ETC.search(_sentence(text, match))]
    found += [tuple(match[1].split()) for match in _LINES.finditer(text)]
    found += list(_bulleted(text))
    return _agreed(found, snake)


def _agreed(lists: list[tuple[str, ...]], snake: str) -> tuple[str, ...]:
    """The one list that the text gives; none where lists differ, or where an item is a pattern or the property's own name."""
    if not lists or any(set(one) != set(lists[0]) for one in lists):
        return ()
    values = lists[0]
    return () if any(_PATTERN.search(value) or value == snake for value in values) else values


def _named(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip("`'\" ") for item in _ITEMS.findall(_NOTES.sub("", listed)) for part in item.split(" | ")))


def _sentence(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(". ", 0, match.start()), text.rfind("\n\n", 0, match.start()), 0)
    return text[start : match.end()]


def _bulleted(text: str) -> Iterator[tuple[str, ...]]:
    for match in _BULLETED.finditer(text):
        lines = [line for line in text[match.start(1) :].splitlines() if re.match(r"\s*[-*]\s", line)]
        items = [_BULLET.match(line) for line in lines]
        if len(items) > 1 and all(items) and not _ETC.search(_sentence(text, match)) and not _INLINE_BULLET.search(text, match.start(1)):
            yield tuple(dict.fromkeys(item[1].strip("`'\" ") for item in items if item))


def _replaces(text: str) -> bool:
    if _IN_PLACE.search(text):
        return False
    for match in _REPLACES.finditer(text):
        start = max((end.end() for end in re.finditer(r"(?:[.;]\s|\n\n|\n(?=[-*>]))", text[: match.start()])), default=0)
        end = re.search(r"\.(?:\s|$)|\n\n", text[match.end() :])
        sentence = text[start : match.end() + (end.start() if end else len(text))]
        if not _CONDITION.search(_UNCONDITIONAL.sub("", sentence)):
            return True
    return False
