"""What a misspelt search probably meant: the words that articles use, one or two mistakes away."""

from math import log
from string import ascii_lowercase

from news.search import stemming, vocabulary
from news.search.query import MAX_WORDS, PIECE

_SHORTEST, _LONGEST = 3, 40  # letters of a word that is corrected
_RARE = 2  # articles: a known word of no more may be a misspelling itself
_MUCH_COMMONER = 100  # times, so that its neighbour is what was meant
_CERTAIN = 6  # letters: the neighbours of shorter words are too often names (Andra, anda)
_TWO_EDITS = 6  # letters: shorter words with two mistakes are not recognised
_NEAR = 20  # words with shared trigrams that are looked at


def suggest(text: str) -> str | None:
    """The text with its misspelt words replaced by those that articles use, in lower case; None where every word is
    known or none comes near."""
    typed = [word for piece in PIECE.finditer(text) if not piece["minus"] for word in stemming.words(piece[0])]
    better = corrected(typed[:MAX_WORDS])
    if not better:
        return None
    return stemming.WORD.sub(lambda found: better.get(found[0], found[0]), " ".join(text.lower().split()))


def corrected(words: list[str]) -> dict[str, str]:
    """For each of these lower-case words that seems misspelt the word that was probably meant."""
    unsure = [word for word in dict.fromkeys(words) if word.isalpha() and _SHORTEST <= len(word) <= _LONGEST]
    roots = {word: stemming.stem(word) for word in unsure}
    known = vocabulary.counts({*unsure, *roots.values()})
    found = {}
    for word in unsure:
        articles = known[word].articles if word in known else 0
        if articles > _RARE or (articles and len(word) < _CERTAIN):
            continue
        root = known.get(roots[word]) if roots[word] != word else None
        best = _nearest(word, articles, trusted=not articles and root is not None and root.stems > 0)
        if best:
            found[word] = best
    return found


def _nearest(word: str, articles: int, *, trusted: bool) -> str | None:
    """The commonest word one mistake away from `word`, else the nearest two away. `trusted`: the word is the right
    form of a word that is known, and only a much commoner neighbour speaks against it."""
    least = _MUCH_COMMONER * articles if articles else (_RARE + 1 if trusted else 1)
    neighbours = {
        neighbour: count.articles
        for neighbour, count in vocabulary.counts(_one_edit(word)).items()
        if count.articles >= least and len(neighbour) >= _SHORTEST and (not articles or neighbour[0] == word[0])
    }
    if neighbours:
        # People seldom mistype the first letter.
        return max(neighbours, key=lambda each: (log(neighbours[each]) - (each[0] != word[0]), each))
    if articles or trusted or len(word) < _TWO_EDITS:
        return None
    near = vocabulary.alike(word, _NEAR)
    two_away = {each: count for each, count in near.items() if edits(word, each, 2) <= 2}
    return max(two_away, key=lambda each: (log(two_away[each]) - 2 * (each[0] != word[0]), each), default=None)


def _one_edit(word: str) -> set[str]:
    """Every word that is one letter more, less or different, or two neighbours swapped."""
    cuts = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    found = {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    found |= {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    return found - {word}


def edits(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap with their neighbour make one word the other (Damerau and
    Levenshtein, each place touched once); `most` + 1 where there are more."""
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
