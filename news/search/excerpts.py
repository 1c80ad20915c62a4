"""Excerpts of articles in search results: the search words, marked, and the text around them."""

from news.search import stemming

_READ = 3_000  # words of a text that are searched
_SHOWN = 34  # words of an excerpt, at most
_BEFORE = 6  # words of an excerpt before the first match


Parts = list[tuple[str, bool]]  # the pieces of a text, each with whether it is marked


def marked(text: str, stems: frozenset[str]) -> Parts:
    """The plain text with every word that has one of these stems marked."""
    parts, end = [], 0
    for match in stemming.WORD.finditer(text):
        if stemming.stem(match[0].lower()) in stems:
            parts += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
    return [*parts, (text[end:], False)]


def excerpt(text: str, stems: frozenset[str]) -> Parts:
    """The part of the plain text that contains the most of these stems, marked; empty if it contains none."""
    words = []
    for match in stemming.WORD.finditer(text):
        words.append(match)
        if len(words) == _READ:
            break
    wanted = [(position, stemming.stem(match[0].lower())) for position, match in enumerate(words)]
    wanted = [(position, stem) for position, stem in wanted if stem in stems]
    if not wanted:
        return []
    best, most = 0, 0
    for start, _ in wanted:
        near = {stem for position, stem in wanted if start <= position < start + _SHOWN - _BEFORE}
        if len(near) > most:
            best, most = start, len(near)
        if most == len(stems):
            break
    first = max(0, best - _BEFORE)
    last = min(len(words), first + _SHOWN) - 1
    begin, end = words[first].start() if first else 0, words[last].end() if last + 1 < len(words) else len(text)
    shown = marked(" ".join(text[begin:end].split()), stems)
    return [("… " if first else "", False), *shown, (" …" if last + 1 < len(words) else "", False)]
