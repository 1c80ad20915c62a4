"""Suggestions for misspelt searches: words that articles use, one or two edits away."""

import re
from itertools import pairwise
from math import log
from string import ascii_lowercase

from news.search import stemming, vocabulary
from news.search.query import MAX_WORDS, PIECE, QUOTES
from news.words import fold, tokens, words_of

_SHORTEST, _LONGEST = 3, 40  # letters of a word that may be corrected
_RARE = 2  # articles: a known word in no more than this may be a misspelling itself
_MUCH_COMMONER = 100  # a word in this many times the articles was probably meant
_CERTAIN = 6  # letters: shorter known words are kept, as too many are names one edit from a word (Andra, anda)
_TWO_EDITS = 6  # letters: in shorter words only one mistake is recognised
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NEAR = 20  # words with the most shared trigrams that are compared


def suggest(text: str) -> str | None:
    """The text in lower case, its misspelt words replaced by words that articles use; None if no word is misspelt or
    none has a similar word. Words that are one elsewhere, or the other way round, count as misspelt: jati uwung,
    karangtengah."""
    typed = [token for piece in PIECE.finditer(text) if not piece["minus"] for token in tokens(piece[0])][:MAX_WORDS]
    pairs = _pairs_in_one(typed)
    typed = words_of(typed)[:MAX_WORDS]
    corrections = corrected([word for word in typed if not any(word in pair for pair in pairs)])
    if not corrections and not pairs:
        return None
    plain = fold("".join(['"' if character in QUOTES else character for character in " ".join(text.split())]))
    better = plain
    for one, other in pairs:
        better = re.sub(rf"\b{one} {other}\b", one + other, better)
    better = _WORD.sub(lambda found: corrections.get(found[0].replace("'", ""), found[0]), better)
    return better if better != plain else None


def _pairs_in_one(typed: list[str]) -> list[tuple[str, str]]:
    """Neighbours that are together a word of a name (batu, ceper), or a known word while one of them is none."""
    pairs = [pair for pair in pairwise(typed) if "".join(pair).isascii() and "".join(pair).isalpha()]
    if not pairs:
        return []
    known = vocabulary.counts({form for pair in pairs for form in (*pair, "".join(pair))})
    names = vocabulary.in_names(map("".join, pairs))

    def are_one(pair: tuple[str, str]) -> bool:
        doubtful = not all(word in known or stemming.is_root(word) for word in pair)
        return "".join(pair) in names or (doubtful and "".join(pair) in known)

    return [pair for pair in pairs if are_one(pair)]


def corrected(typed: list[str]) -> dict[str, str]:
    """Maps each of these lower-case words that seems misspelt to the word, or the words, that were probably meant."""
    candidates = [word for word in dict.fromkeys(typed) if word.isalpha() and _SHORTEST <= len(word) <= _LONGEST]
    # Only ASCII letters are compared in the same way in every locale of Postgres.
    unsure = [word for word in candidates if word.isascii() and not stemming.is_root(word)]
    roots = {word: stemming.stem(word) for word in unsure}
    known = vocabulary.counts({*unsure, *roots.values()})
    # A word may be known as a stem only: kpop, which articles write as k-pop.
    articles = {word: max(known[word]) if word in known else 0 for word in unsure}
    doubted = [word for word in unsure if not articles[word] or (articles[word] <= _RARE and len(word) >= _CERTAIN)]
    if not doubted:
        return {}
    whole, parts = vocabulary.names_in_one(doubted), vocabulary.in_names(doubted)
    found = {}
    for word in doubted:
        root = known.get(roots[word]) if roots[word] != word else None
        trusted = not articles[word] and root is not None and root.stems > 0
        best = whole.get(word) or _nearest(word, articles[word], trusted=trusted)
        if best and word not in parts:
            found[word] = best
    return found


def _nearest(word: str, articles: int, *, trusted: bool) -> str | None:
    """The commonest word one edit from `word`, otherwise two edits. `articles`: how many contain `word` itself.
    `trusted`: it is a regular form of a known word, so that only a neighbour that is not rare may replace it."""
    minimum = _MUCH_COMMONER * articles if articles else (_RARE + 1 if trusted else 1)
    neighbours = {
        neighbour: count.articles
        for neighbour, count in vocabulary.counts(_one_edit(word)).items()
        if count.articles >= minimum and len(neighbour) >= _SHORTEST and (not articles or neighbour[0] == word[0])
    }
    if neighbours:
        # People seldom mistype the first letter.
        return max(neighbours, key=lambda other: (log(neighbours[other]) - (other[0] != word[0]), other))
    if articles or trusted or len(word) < _TWO_EDITS:
        return None
    near = vocabulary.alike(word, _NEAR)
    two_away = {other: count for other, count in near.items() if edits(word, other, 2) <= 2}
    return max(two_away, key=lambda other: (log(two_away[other]) - 2 * (other[0] != word[0]), other), default=None)


def _one_edit(word: str) -> set[str]:
    """All strings one edit away: a letter added, dropped or changed, or two adjacent letters swapped."""
    cuts = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    found = {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    found |= {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    return found - {word}


def edits(one: str, other: str, most: int) -> int:
    """How many letters must be added, dropped, changed or swapped with the next to turn one word into the other (the
    restricted Damerau-Levenshtein distance); `most` + 1 if there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before_last[column - 2] + 1)
            this.append(cost)
        if min(this) > most:
            return most + 1
        before_last, last = last, this
    return min(last[-1], most + 1)
