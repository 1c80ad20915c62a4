"""What readers have seen is withdrawn, never deleted: for every path, also for an article whose time comes while it is
being deleted. Exempt, as in the history: the demo (news.models.changes.forgotten)."""

from django.db import migrations

# By the clock, not by the begin of the statement: an UPDATE or DELETE may have waited for another one meanwhile.
_SEEN = """
    CREATE OR REPLACE FUNCTION news_seen(status text, published_at timestamptz, withdrawn_at timestamptz)
    RETURNS boolean LANGUAGE sql %s AS $$
        SELECT CASE status
            WHEN 'published' THEN published_at <= %s
            WHEN 'withdrawn' THEN coalesce(published_at <= withdrawn_at, true)
            ELSE false
        END
    $$;
"""
_BY_THE_CLOCK = _SEEN % ("VOLATILE", "clock_timestamp()")
_BY_THE_STATEMENT = _SEEN % ("STABLE", "statement_timestamp()")

_KEPT = """
    CREATE FUNCTION news_keep_seen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('portal.forgets_changes', true) = 'on' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'Berita % sudah tampil: ia tidak dapat dihapus, hanya dicabut.', OLD.id
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'what_readers_have_seen_is_kept';
    END $$;
    CREATE TRIGGER keep_seen BEFORE DELETE ON news_article FOR EACH ROW
        WHEN (news_seen(OLD.status, OLD.published_at, OLD.withdrawn_at))
        EXECUTE FUNCTION news_keep_seen();
"""
_NOT_KEPT = """
    DROP TRIGGER keep_seen ON news_article;
    DROP FUNCTION news_keep_seen();
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0023_photo_library")]

    operations = [
        migrations.RunSQL(_BY_THE_CLOCK, _BY_THE_STATEMENT),
        migrations.RunSQL(_KEPT, _NOT_KEPT),
    ]
