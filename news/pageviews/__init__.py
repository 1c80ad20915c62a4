"""How often each article was read: a journal of page views, counted exactly once.

A response that shows a published article has its id in `X-Pageview`. The process that delivers the response appends
one line to its own file in PAGEVIEWS_DIR, and the worker counts the lines (`drain`). Fields are separated by tabs, "-"
means none:

    unix seconds.milliseconds, article id, method, status, Sec-Purpose, user agent, bucket of the reader

The bucket, 0 to 999, tells readers apart without saying who they are (readers.py). Lines of the first releases end
before it; they are still counted.

Django writes its lines in journal.py; nginx writes the same format with `access_log`, and so also counts pages from
its cache.
"""

from news.pageviews.counting import drain
from news.pageviews.journal import HEADER, JournalMiddleware

__all__ = ["HEADER", "JournalMiddleware", "drain"]
