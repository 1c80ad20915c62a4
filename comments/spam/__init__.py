"""How likely a text is spam. Pure: neither Django nor a table, so that it can be run, and trained, anywhere. What
moderators' decisions add comes as an argument (comments.triage.spam_score)."""

from comments.spam.scoring import Score, score

__all__ = ["Score", "score"]
