"""Which searches without a result are kept for the editors. They are words of strangers: what may be personal data is
not."""

import re

from news.search import stemming

_LONGEST = 60  # characters: longer ones are sentences, or a robot's
# E-mail and web addresses; numbers as long as those of a telephone, a house, an identity card.
_PRIVATE = re.compile(r"@|://|www\.|(?:\d[ .-]?){6}")


def kept_words(text: str) -> str:
    """The words of the text, in lower case with single spaces; "" for what is not to be kept."""
    words = " ".join(stemming.words(text))
    if len(words) > _LONGEST or _PRIVATE.search(text) or not any(letter.isalpha() for letter in words):
        return ""
    return words
