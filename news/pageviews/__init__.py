"""Which article was read how often: a journal of page views, counted exactly once.

A response that shows a published article names it in `X-Pageview`. Who delivers it appends one line to a file of its
own in PAGEVIEWS_DIR, and the worker counts the lines (`drain`). Fields are parted by tabs, "-" stands for none:

    unix seconds.milliseconds, article id, method, status, Sec-Purpose, user agent

Django writes its lines in journal.py; nginx writes the same format with `access_log`, and so counts pages of its cache
too.
"""

from news.pageviews.counting import drain
from news.pageviews.journal import HEADER, JournalMiddleware

__all__ = ["HEADER", "JournalMiddleware", "drain"]
