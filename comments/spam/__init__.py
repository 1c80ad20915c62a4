"""How likely a text is spam. Uses neither Django nor the database, so that it can be run and trained anywhere; what
was learned from moderators' decisions is passed as an argument (comments.triage.spam_score)."""

from comments.spam.scoring import Score, score

__all__ = ["Score", "score"]
