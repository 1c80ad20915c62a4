"""Which searches without results are stored for the editors. Anyone can type them: what may be personal data is not
stored."""

import re

from news.words import words

_LONGEST = 60  # characters: longer ones are sentences, or come from robots
# E-mail and web addresses; numbers as long as phone, house or identity card numbers.
_PRIVATE = re.compile(r"@|://|www\.|(?:\d[ .-]?){6}")


def kept_words(text: str) -> str:
    """The words of the text, in lower case with single spaces; "" if they must not be stored."""
    kept = " ".join(words(text))
    if len(kept) > _LONGEST or _PRIVATE.search(text) or not any(letter.isalpha() for letter in kept):
        return ""
    return kept
