"""What a search result shows of its article: the words that were looked for, marked, and what is around them."""

from news.search import stemming

_READ = 3_000  # words of a text that are looked through
_SHOWN = 34  # words of an excerpt
_BEFORE = 6  # of these, ahead of the first that was looked for


Parts = list[tuple[str, bool]]  # a text in pieces, each with whether it is marked


def marked(text: str, stems: frozenset[str]) -> Parts:
    """The plain text with every word of one of these stems marked."""
    parts, end = [], 0
    for found in stemming.WORD.finditer(text):
        if stemming.stem(found[0].lower()) in stems:
            parts += [(text[end : found.start()], False), (found[0], True)]
            end = found.end()
    return [*parts, (text[end:], False)]


def excerpt(text: str, stems: frozenset[str]) -> Parts:
    """The part of the plain text that holds most of these stems, marked; empty where it holds none."""
    words = []
    for found in stemming.WORD.finditer(text):
        words.append(found)
        if len(words) == _READ:
            break
    wanted = [(place, stemming.stem(found[0].lower())) for place, found in enumerate(words)]
    wanted = [(place, stem) for place, stem in wanted if stem in stems]
    if not wanted:
        return []
    best, most = 0, 0
    for start, _ in wanted:
        near = {stem for place, stem in wanted if start <= place < start + _SHOWN - _BEFORE}
        if len(near) > most:
            best, most = start, len(near)
        if most == len(stems):
            break
    first = max(0, best - _BEFORE)
    last = min(len(words), first + _SHOWN) - 1
    begin, end = words[first].start() if first else 0, words[last].end() if last + 1 < len(words) else len(text)
    shown = marked(" ".join(text[begin:end].split()), stems)
    return [("… " if first else "", False), *shown, (" …" if last + 1 < len(words) else "", False)]
