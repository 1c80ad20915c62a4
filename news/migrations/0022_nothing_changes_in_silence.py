"""Once readers have seen an article, its text does not change without a word to them, and what they were told stays.

The triggers hold for every path: admin, importers, `update()`, raw SQL. They read two settings of the transaction:
portal.reason (news.models.changes.changes_because) and portal.told, written here: for each article the id of the
record that this transaction has added.
"""

from django.db import migrations

_READERS = """
    CREATE FUNCTION news_seen(status text, published_at timestamptz, withdrawn_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS $$
        SELECT CASE status
            WHEN 'published' THEN published_at <= statement_timestamp()
            WHEN 'withdrawn' THEN coalesce(published_at <= withdrawn_at, true)
            ELSE false
        END
    $$;

    CREATE FUNCTION news_record_of(article bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT (nullif(current_setting('portal.told', true), '')::jsonb ->> article::text)::bigint
    $$;

    CREATE FUNCTION news_reason_for(article bigint) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT CASE
            WHEN news_record_of(article) IS NOT NULL THEN 'catatan'
            WHEN current_setting('portal.reason', true) IN ('ejaan', 'impor', 'bersih', 'foto')
                THEN current_setting('portal.reason', true)
            ELSE ''
        END
    $$;
"""
_NO_READERS = """
    DROP FUNCTION news_reason_for(bigint), news_record_of(bigint), news_seen(text, timestamptz, timestamptz);
"""

# With the words of news.models.changes.TEXT
_TEXTS = """
    CREATE FUNCTION news_ask_reason() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF news_reason_for(NEW.id) <> '' THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'Berita % sudah tampil: judul, ringkasan, foto utama, dan isinya tidak berubah tanpa ralat, '
            'koreksi, hak jawab, atau alasan perbaikan ejaan.', NEW.id
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'readers_are_told_of_changes';
    END $$;
    CREATE TRIGGER ask_reason BEFORE UPDATE OF title, summary, body, photo_id ON news_article FOR EACH ROW
        WHEN ((OLD.title, OLD.summary, OLD.body, OLD.photo_id) IS DISTINCT FROM
              (NEW.title, NEW.summary, NEW.body, NEW.photo_id)
              AND news_seen(OLD.status, OLD.published_at, OLD.withdrawn_at))
        EXECUTE FUNCTION news_ask_reason();

    -- Else a text could be changed as a draft and be published again.
    CREATE FUNCTION news_stay_seen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Berita % sudah tampil: ia tidak dapat menjadi draf atau dijadwalkan lagi, hanya dicabut.',
            NEW.id USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'what_readers_have_seen_stays_seen';
    END $$;
    CREATE TRIGGER stay_seen BEFORE UPDATE OF status, published_at, withdrawn_at ON news_article FOR EACH ROW
        WHEN (news_seen(OLD.status, OLD.published_at, OLD.withdrawn_at)
              AND NOT news_seen(NEW.status, NEW.published_at, NEW.withdrawn_at))
        EXECUTE FUNCTION news_stay_seen();

    CREATE FUNCTION news_note_reason() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        whole jsonb;
    BEGIN
        SELECT jsonb_build_object('status', status, 'published_at', published_at, 'withdrawn_at', withdrawn_at)
            || NEW.former INTO whole FROM news_article WHERE id = NEW.row;
        IF news_seen(whole ->> 'status', (whole ->> 'published_at')::timestamptz,
                     (whole ->> 'withdrawn_at')::timestamptz) THEN
            NEW.reason := news_reason_for(NEW.row);
            NEW.correction_id := news_record_of(NEW.row);
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER note_reason BEFORE INSERT ON news_change FOR EACH ROW
        WHEN (NEW."table" = 'news_article' AND NEW.kind = 'U'
              AND NEW.former ?| ARRAY['title', 'summary', 'body', 'photo_id'])
        EXECUTE FUNCTION news_note_reason();
"""
_NO_TEXTS = """
    DROP TRIGGER note_reason ON news_change;
    DROP TRIGGER stay_seen ON news_article;
    DROP TRIGGER ask_reason ON news_article;
    DROP FUNCTION news_note_reason(), news_stay_seen(), news_ask_reason();
"""

# Before the triggers that keep them as they are. A person's name as news.web.admin.person_name has it.
_NAMES = """
    UPDATE news_correction SET by_name = coalesce(nullif(btrim(first_name || ' ' || last_name), ''), username)
    FROM auth_user WHERE auth_user.id = by_id;
"""

_RECORDS = """
    CREATE FUNCTION news_keep_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_setting('portal.forgets_changes', true) = 'on' THEN RETURN OLD; END IF;
        -- The account was deleted; its name stays.
        IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Ralat, koreksi, hak jawab, dan pencabutan hanya dapat ditambah.';
    END $$;
    CREATE TRIGGER keep_records BEFORE UPDATE OR DELETE ON news_correction
        FOR EACH ROW EXECUTE FUNCTION news_keep_records();
    CREATE TRIGGER keep_all_records BEFORE TRUNCATE ON news_correction
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_records();

    CREATE FUNCTION news_note_record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM set_config('portal.told', (
            coalesce(nullif(current_setting('portal.told', true), ''), '{}')::jsonb
            || jsonb_build_object(NEW.article_id::text, NEW.id)
        )::text, true);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_record AFTER INSERT ON news_correction FOR EACH ROW
        WHEN (NEW.kind <> 'pencabutan') EXECUTE FUNCTION news_note_record();

    CREATE FUNCTION news_note_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO news_correction (article_id, kind, text, reason, at, by_id, by_name) VALUES (
            NEW.id, 'pencabutan', NEW.withdrawn_reason, NEW.withdrawn_ground, statement_timestamp(),
            nullif(current_setting('portal.person_id', true), '')::bigint,
            coalesce(current_setting('portal.person', true), '')
        );
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_withdrawal AFTER UPDATE OF status, withdrawn_reason, withdrawn_ground ON news_article
        FOR EACH ROW
        WHEN (NEW.status = 'withdrawn' AND news_seen(NEW.status, NEW.published_at, NEW.withdrawn_at)
              AND (OLD.status, OLD.withdrawn_reason, OLD.withdrawn_ground) IS DISTINCT FROM
                  (NEW.status, NEW.withdrawn_reason, NEW.withdrawn_ground))
        EXECUTE FUNCTION news_note_withdrawal();
"""
_NO_RECORDS = """
    DROP TRIGGER note_withdrawal ON news_article;
    DROP TRIGGER note_record ON news_correction;
    DROP TRIGGER keep_all_records ON news_correction;
    DROP TRIGGER keep_records ON news_correction;
    DROP FUNCTION news_note_withdrawal(), news_note_record(), news_keep_records();
"""

# A version is emptied, not deleted: that it was there, when it changed and why it was closed stays.
_CLOSED = """
    DROP TRIGGER keep_changes ON news_change;
    CREATE TRIGGER keep_changes BEFORE DELETE OR TRUNCATE ON news_change
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_changes();

    CREATE FUNCTION news_keep_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        closing CONSTANT text[] := ARRAY['former', 'closed_at', 'closed_reason', 'closed_by'];
    BEGIN
        IF current_setting('portal.closes_version', true) = 'on'
            AND NEW.closed_at IS NOT NULL AND to_jsonb(NEW) - closing = to_jsonb(OLD) - closing
            AND NOT EXISTS (
                SELECT FROM jsonb_each(OLD.former)
                WHERE NEW.former -> key IS DISTINCT FROM value AND NEW.former -> key IS DISTINCT FROM 'null'
            )
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'Riwayat perubahan hanya dapat ditambah.';
    END $$;
    CREATE TRIGGER keep_change BEFORE UPDATE ON news_change FOR EACH ROW EXECUTE FUNCTION news_keep_change();

    -- Empties the text before this change of an article, also where an earlier or later state had the same.
    CREATE FUNCTION news_close_version(version bigint, why text, closer text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        texts CONSTANT text[] := ARRAY['title', 'summary', 'body'];
        closed news_change;
    BEGIN
        SELECT * INTO STRICT closed FROM news_change WHERE id = version AND "table" = 'news_article';
        PERFORM set_config('portal.closes_version', 'on', true);
        UPDATE news_change AS each SET
            closed_at = coalesce(each.closed_at, statement_timestamp()),
            closed_reason = CASE WHEN each.closed_at IS NULL THEN why ELSE each.closed_reason END,
            closed_by = CASE WHEN each.closed_at IS NULL THEN closer ELSE each.closed_by END,
            former = (
                SELECT jsonb_object_agg(key, CASE
                    WHEN each.id = version AND key = ANY (array_append(texts, 'photo_id')) THEN 'null'
                    WHEN key = ANY (texts) AND value = closed.former -> key AND value <> '""' THEN 'null'
                    ELSE value END)
                FROM jsonb_each(each.former)
            )
        WHERE each."table" = 'news_article' AND each."row" = closed."row" AND (each.id = version OR EXISTS (
            SELECT FROM jsonb_each(closed.former)
            WHERE key = ANY (texts) AND value NOT IN ('""', 'null') AND each.former -> key = value
        ));
        PERFORM set_config('portal.closes_version', '', true);
    END $$;
"""
_NOT_CLOSED = """
    DROP FUNCTION news_close_version(bigint, text, text);
    DROP TRIGGER keep_change ON news_change;
    DROP FUNCTION news_keep_change();
    DROP TRIGGER keep_changes ON news_change;
    CREATE TRIGGER keep_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON news_change
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_changes();
"""

_EARLIER_WITHDRAWALS = """
    INSERT INTO news_correction (article_id, kind, text, at)
    SELECT id, 'pencabutan', withdrawn_reason, coalesce(withdrawn_at, updated_at) FROM news_article
    WHERE status = 'withdrawn' AND news_seen(status, published_at, withdrawn_at)
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0021_records_for_readers")]

    operations = [
        migrations.RunSQL(_NAMES, "DELETE FROM news_correction WHERE kind = 'pencabutan'"),
        migrations.RunSQL(_READERS, _NO_READERS),
        migrations.RunSQL(_TEXTS, _NO_TEXTS),
        migrations.RunSQL(_RECORDS, _NO_RECORDS),
        migrations.RunSQL(_CLOSED, _NOT_CLOSED),
        migrations.RunSQL(_EARLIER_WITHDRAWALS, migrations.RunSQL.noop),
    ]
