"""What a search result shows of its article: the words that were looked for, marked, and what is around them."""

from django.utils.html import format_html, format_html_join

from news.search import stemming

_READ = 3_000  # words of a text that are looked through
_SHOWN = 34  # words of an excerpt
_BEFORE = 6  # of these, ahead of the first that was looked for


def marked(text: str, stems: frozenset[str]) -> str:
    """HTML of the plain text in which every word of one of these stems is marked."""
    return _marked(text, [found for found in stemming.WORD.finditer(text) if _is_wanted(found[0], stems)])


def excerpt(text: str, stems: frozenset[str]) -> str:
    """HTML of the part of the plain text that holds most of these stems, marked; "" where it holds none."""
    words = []
    for found in stemming.WORD.finditer(text):
        words.append(found)
        if len(words) == _READ:
            break
    wanted = [(place, stemming.stem(found[0].lower())) for place, found in enumerate(words)]
    wanted = [(place, stem) for place, stem in wanted if stem in stems]
    if not wanted:
        return ""
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
    return format_html("{}{}{}", "… " if first else "", shown, " …" if last + 1 < len(words) else "")


def _is_wanted(word: str, stems: frozenset[str]) -> bool:
    return stemming.stem(word.lower()) in stems


def _marked(text: str, found: list) -> str:
    pieces, at = [], 0
    for word in found:
        pieces.append((text[at : word.start()], word[0]))
        at = word.end()
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[at:])
