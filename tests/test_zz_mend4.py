import time
from datetime import timedelta
import pytest
from django.utils import timezone
from comments import privacy
from comments.models import Comment, Decision, Letter, Report, Reason, Lesson
from tests.make import make_article, make_comment

@pytest.mark.django_db
def test_bench():
    a = make_article()
    old = timezone.now() - timedelta(days=100)
    def rows(n, **f):
        f = dict(name="Warga", text="kata " * 40, created_at=old, decided_at=old, due_at=None, sender_key="a"*64, email="siti@contoh.id") | f
        return Comment.objects.bulk_create([Comment(article=a, **f) for _ in range(n)], batch_size=2000)
    cs = rows(30000, status="approved")
    rows(15000, status="rejected", bands=[1,2,3,4,5,6,7,8])
    rows(15000, status="unconfirmed", decided_at=None)
    from itertools import count
    Report.objects.bulk_create([Report(comment=c, reason="spam", sender_key="%064d" % i, created_at=old) for i, c in enumerate(cs[:10000])])
    Letter.objects.bulk_create([Letter(to=f"a{i}@b.id", subject="x", body="y"*500, sent_at=old, created_at=old) for i in range(10000)])
    from django.db import connection
    with connection.cursor() as c: c.execute("ANALYZE")
    for _ in range(4):
        t = time.monotonic(); privacy.purge(); print("run", round(time.monotonic() - t, 3), Comment.objects.count())
    t = time.monotonic()
    n = 0
    while Comment.objects.exclude(sender_key="").exists() or Letter.objects.exists():
        privacy.purge(); n += 1
    print("rest", n, time.monotonic() - t)
    t = time.monotonic(); privacy.purge(); print("idle", round(time.monotonic() - t, 4))
