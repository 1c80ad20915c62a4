"""Comments from before the moderation queue are migrated with deadlines and without loss."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from comments.models import Comment
from tests.make import make_article

pytestmark = pytest.mark.drill


def migrate(*names):
    executor = MigrationExecutor(connection)
    executor.migrate([("comments", name) for name in names])
    return MigrationExecutor(connection).loader.project_state([("comments", names[-1])]).apps


@pytest.fixture
def latest_migrations_afterwards():
    latest = [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] == "comments"]
    yield
    MigrationExecutor(connection).migrate(latest)


@pytest.mark.django_db(transaction=True)
def test_comments_of_the_first_release_are_kept(latest_migrations_afterwards):
    article, now = make_article(), timezone.now()
    log = ContentType.objects.get_for_model(Comment)
    LogEntry.objects.log_actions(User.objects.create_user("x").pk, [Comment(pk=1, name="A", text="b")], CHANGE)
    assert LogEntry.objects.filter(content_type=log).exists()
    old = migrate("0001_initial").get_model("comments", "Comment")
    for status in ("waiting", "approved", "rejected"):
        old.objects.create(
            article_id=article.pk, name="Budi", text=status, status=status, email="Budi@Contoh.ID", created_at=now
        )
    migrate("0002_moderation")
    due = {comment.text: comment.due_at for comment in Comment.objects.all()}
    assert due == {"waiting": now + timedelta(hours=48), "approved": None, "rejected": None}
    assert set(Comment.objects.values_list("email", flat=True)) == {"budi@contoh.id"}
    assert [comment.text for comment in Comment.objects.visible()] == ["approved"]
    assert not LogEntry.objects.filter(content_type=log).exists()
