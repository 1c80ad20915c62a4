"""Triggers write the audit list (portal.audit), each entry with the hash of the one before.

A transaction's events are noted as they happen, in audit_note, where nobody else ever sees them. They join the chain
when it commits: its lock is then held for a moment only, and no other lock is waited for with it, so that two
transactions cannot wait for each other because of it.
"""

from django.db import migrations, models

_NOTES = """
    -- Empty but for the rows of transactions that are not over; so it needs no log for a crash.
    CREATE UNLOGGED TABLE audit_note (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_first boolean NOT NULL, round smallint NOT NULL DEFAULT 1,
        kind text NOT NULL, verb text NOT NULL, "table" text NOT NULL, "row" bigint NOT NULL, subject text NOT NULL,
        at timestamptz NOT NULL, person_id bigint, person text NOT NULL, details jsonb NOT NULL
    );

    CREATE FUNCTION audit_sha256(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
        RETURN encode(sha256(convert_to($1, 'UTF8')), 'hex');

    -- Not now(), which is when the transaction began; and the portal's clock may be another host's.
    CREATE FUNCTION audit_soon() RETURNS timestamptz LANGUAGE sql VOLATILE
        RETURN clock_timestamp() + interval '5 seconds';

    -- nullif: a setting that was made in an earlier transaction of the connection is '' afterwards, not null.
    CREATE FUNCTION audit_add(kind text, verb text, "table" text, "row" bigint, subject text, details jsonb,
        decided_by bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        who bigint := nullif(current_setting('portal.person_id', true), '')::bigint;
        who_name text := coalesce(current_setting('portal.person', true), '');
    BEGIN
        IF current_setting('portal.forgets_changes', true) = 'on' THEN RETURN; END IF;
        IF who IS NULL AND decided_by IS NOT NULL THEN
            SELECT auth_user.id, coalesce(nullif(trim(first_name || ' ' || last_name), ''), username)
                INTO who, who_name FROM auth_user WHERE auth_user.id = decided_by;
        END IF;
        INSERT INTO audit_note (is_first, kind, verb, "table", "row", subject, at, person_id, person, details)
            VALUES (coalesce(current_setting('portal.audit_waits', true), '') = '', kind, verb, "table", "row",
                left(subject, 200), clock_timestamp(), who, left(coalesce(who_name, ''), 200), details);
        PERFORM set_config('portal.audit_waits', 'on', true);  -- undone together with the note by a savepoint
    END $$;

    -- Deferred twice: checks of foreign keys are deferred, too, and take locks of rows. The lock of the chain comes
    -- after all of them.
    CREATE FUNCTION audit_wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE audit_note SET round = 2 WHERE id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON audit_note DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.is_first) EXECUTE FUNCTION audit_wait();

    CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        note record; number bigint; before bytea; own bytea;
    BEGIN
        PERFORM set_config('portal.audit_waits', '', true);
        PERFORM pg_advisory_xact_lock(hashtextextended('audit', 0));  -- news.web.locks
        SELECT id, hash INTO number, before FROM audit_entry ORDER BY id DESC LIMIT 1;
        number := coalesce(number, 0);
        before := coalesce(before, ''::bytea);
        FOR note IN SELECT * FROM audit_note ORDER BY id LOOP
            number := number + 1;
            own := sha256(before || convert_to(jsonb_build_array(number, note.kind, note.verb, note."table",
                note."row", note.subject, (extract(epoch FROM note.at) * 1000000)::bigint, note.person_id,
                note.person, note.details)::text, 'UTF8'));  -- as in portal.audit.chain
            INSERT INTO audit_entry (id, kind, verb, "table", "row", subject, at, person_id, person, details, former,
                hash) VALUES (number, note.kind, note.verb, note."table", note."row", note.subject, note.at,
                note.person_id, note.person, note.details, before, own);
            before := own;
        END LOOP;
        DELETE FROM audit_note;  -- those of others are not visible here
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER chain AFTER UPDATE ON audit_note DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION audit_chain();

    CREATE TRIGGER keep_entries BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_changes();
"""
_NO_NOTES = """
    DROP TRIGGER keep_entries ON audit_entry;
    DROP TABLE audit_note;
    DROP FUNCTION audit_chain(), audit_wait(), audit_sha256(text), audit_soon(),
        audit_add(text, text, text, bigint, text, jsonb, bigint);
"""

# What changed in a row is known already: news_change has it (news migration 0012).
_NEWS = """
    CREATE FUNCTION audit_article_made() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM audit_add('published', CASE WHEN NEW.published_at > audit_soon() THEN 'schedule' ELSE 'publish' END,
            TG_TABLE_NAME, NEW.id, '', jsonb_build_object('title', audit_sha256(NEW.title),
            'summary', audit_sha256(NEW.summary), 'body', audit_sha256(NEW.body)), NEW.changed_by_id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_made AFTER INSERT ON news_article FOR EACH ROW
        WHEN (NEW.status = 'published') EXECUTE FUNCTION audit_article_made();

    CREATE FUNCTION audit_correction_made() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- That of a withdrawal is written by a trigger, too, and the withdrawal is in this list already.
        IF NEW.kind = 'pencabutan' THEN RETURN NULL; END IF;
        PERFORM audit_add('changed', 'correct', 'news_article', NEW.article_id, '',
            jsonb_build_object('correction', NEW.id, 'text', audit_sha256(NEW.text)), NEW.by_id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_made AFTER INSERT ON news_correction FOR EACH ROW EXECUTE FUNCTION audit_correction_made();

    CREATE FUNCTION audit_news_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        hashes jsonb; later jsonb; was text; becomes text; planned timestamptz; found text[];
    BEGIN
        IF NEW."table" = 'news_article' THEN
            SELECT status, published_at INTO becomes, planned FROM news_article WHERE id = NEW."row";
            was := coalesce(NEW.former ->> 'status', becomes);
        END IF;
        found := CASE
            WHEN NEW."table" = 'news_page' AND NEW.kind = 'U' THEN ARRAY['changed', 'change']
            WHEN NEW."table" = 'news_page' THEN ARRAY['withdrawn', 'delete']
            WHEN NEW.kind = 'D' AND was IN ('published', 'withdrawn') THEN ARRAY['withdrawn', 'delete']
            WHEN was <> becomes AND becomes = 'published' AND planned > audit_soon()
                THEN ARRAY['published', 'schedule']
            WHEN was <> becomes AND becomes = 'published' THEN ARRAY['published', 'publish']
            WHEN was <> becomes AND becomes = 'withdrawn' THEN ARRAY['withdrawn', 'withdraw']
            WHEN was <> becomes AND was IN ('published', 'withdrawn') THEN ARRAY['withdrawn', 'unschedule']
            WHEN was = becomes AND was IN ('published', 'withdrawn')
                AND coalesce((NEW.former ->> 'published_at')::timestamptz, planned) <= audit_soon()
                THEN ARRAY['changed', 'change']
        END;
        IF found IS NULL THEN RETURN NULL; END IF;
        IF found[1] = 'published' THEN
            SELECT jsonb_build_object('title', audit_sha256(title), 'summary', audit_sha256(summary),
                'body', audit_sha256(body)) INTO hashes FROM news_article WHERE id = NEW."row";
        ELSIF found[2] = 'withdraw' THEN
            SELECT jsonb_build_object('withdrawn_reason', audit_sha256(withdrawn_reason)) INTO hashes
                FROM news_article WHERE id = NEW."row";
        ELSIF NEW.kind = 'U' AND found[1] = 'changed' THEN
            -- Only these columns: to_jsonb(stored) would read the text and its stems for each change of a category.
            EXECUTE format('SELECT jsonb_build_object(%s) FROM %I AS stored WHERE id = $1',
                (SELECT string_agg(format('%L, stored.%I', name, name), ', ') FROM jsonb_object_keys(NEW.former) AS name),
                NEW."table") INTO later USING NEW."row";
        END IF;
        IF hashes IS NULL THEN
            SELECT jsonb_object_agg(key, jsonb_build_array(audit_sha256(value), audit_sha256(later ->> key)))
                INTO hashes FROM jsonb_each_text(NEW.former);
        END IF;
        PERFORM audit_add(found[1], found[2], NEW."table", NEW."row", '', coalesce(hashes, '{}'), NEW.person_id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_changed AFTER INSERT ON news_change FOR EACH ROW
        WHEN (NEW."table" IN ('news_article', 'news_page') AND NOT NEW.former ?| '{tag+,tag-}')
        EXECUTE FUNCTION audit_news_changed();

    -- The one exemption from "history is only added to".
    CREATE FUNCTION audit_version_closed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM audit_add('changed', 'close', NEW."table", NEW."row", '', jsonb_build_object('version', NEW.id));
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_closed AFTER UPDATE ON news_change FOR EACH ROW EXECUTE FUNCTION audit_version_closed();
"""
_NO_NEWS = """
    DROP TRIGGER audit_closed ON news_change;
    DROP TRIGGER audit_changed ON news_change;
    DROP TRIGGER audit_made ON news_correction;
    DROP TRIGGER audit_made ON news_article;
    DROP FUNCTION audit_article_made(), audit_correction_made(), audit_news_changed(), audit_version_closed();
"""

# No hash of a comment's words either: "terima kasih" is guessed at once.
_COMMENTS = """
    CREATE FUNCTION audit_comment() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        verb text; decided_by bigint; about jsonb := '{}';
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM audit_add('moderated', 'delete', TG_TABLE_NAME, OLD.id, '', '{}');
            RETURN NULL;
        END IF;
        IF TG_OP = 'INSERT' THEN
            verb := CASE WHEN NEW.office_id IS NOT NULL THEN 'answer' WHEN NEW.status = 'rejected' THEN 'reject'
                ELSE 'approve' END;
            decided_by := NEW.decided_by_id;
        ELSE
            verb := CASE
                WHEN NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL THEN 'erase'
                WHEN OLD.status = 'unconfirmed' AND NEW.status = 'waiting' THEN NULL  -- its author has confirmed it
                WHEN NEW.forwarded_at > coalesce(OLD.forwarded_at, '-infinity') THEN 'forward'
                WHEN OLD.decided_at IS NOT NULL AND NEW.decided_at IS DISTINCT FROM OLD.decided_at
                    AND coalesce(NEW.decided_at, '-infinity') < OLD.decided_at THEN 'undo'
                WHEN NEW.status = 'approved' AND (OLD.status, OLD.decided_at) IS DISTINCT FROM
                    (NEW.status, NEW.decided_at) THEN 'approve'
                WHEN NEW.status = 'rejected' AND (OLD.status, OLD.decided_at, OLD.reason) IS DISTINCT FROM
                    (NEW.status, NEW.decided_at, NEW.reason) THEN 'reject'
                WHEN NEW.status <> OLD.status THEN 'undo'
                WHEN (OLD.text, OLD.name) IS DISTINCT FROM (NEW.text, NEW.name) THEN 'edit'
            END;
            IF NEW.decided_at IS DISTINCT FROM OLD.decided_at AND verb <> 'undo' THEN
                decided_by := NEW.decided_by_id;
            END IF;
            about := jsonb_build_object('status', jsonb_build_array(OLD.status, NEW.status));
        END IF;
        IF verb IS NULL THEN RETURN NULL; END IF;
        about := about || jsonb_build_object('article', NEW.article_id);
        IF NEW.reason <> '' THEN about := about || jsonb_build_object('reason', NEW.reason); END IF;
        IF NEW.forwarded_to_id IS NOT NULL THEN
            about := about || jsonb_build_object('office', NEW.forwarded_to_id);
        END IF;
        IF NEW.office_id IS NOT NULL THEN about := about || jsonb_build_object('office', NEW.office_id); END IF;
        PERFORM audit_add('moderated', verb, TG_TABLE_NAME, NEW.id, '', about, decided_by);
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_made AFTER INSERT ON comments_comment FOR EACH ROW
        WHEN (NEW.office_id IS NOT NULL OR NEW.status IN ('approved', 'rejected')) EXECUTE FUNCTION audit_comment();
    CREATE TRIGGER audit_decided AFTER UPDATE ON comments_comment FOR EACH ROW
        WHEN ((OLD.status, OLD.reason, OLD.decided_at, OLD.forwarded_at, OLD.erased_at, OLD.text, OLD.name)
            IS DISTINCT FROM
            (NEW.status, NEW.reason, NEW.decided_at, NEW.forwarded_at, NEW.erased_at, NEW.text, NEW.name))
        EXECUTE FUNCTION audit_comment();
    CREATE TRIGGER audit_deleted AFTER DELETE ON comments_comment FOR EACH ROW EXECUTE FUNCTION audit_comment();
"""
_NO_COMMENTS = """
    DROP TRIGGER audit_made ON comments_comment;
    DROP TRIGGER audit_decided ON comments_comment;
    DROP TRIGGER audit_deleted ON comments_comment;
    DROP FUNCTION audit_comment();
"""

_RIGHTS = """
    CREATE FUNCTION audit_account() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        name text;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM audit_add('rights', 'account_deleted', TG_TABLE_NAME, OLD.id, OLD.username, '{}');
            RETURN NULL;
        END IF;
        IF TG_OP = 'INSERT' THEN
            PERFORM audit_add('rights', 'account_made', TG_TABLE_NAME, NEW.id, NEW.username,
                jsonb_build_object('superuser', NEW.is_superuser, 'staff', NEW.is_staff));
            RETURN NULL;
        END IF;
        IF NEW.username <> OLD.username THEN
            PERFORM audit_add('rights', 'account_renamed', TG_TABLE_NAME, NEW.id, NEW.username,
                jsonb_build_object('former', OLD.username));
        END IF;
        FOREACH name IN ARRAY '{is_superuser,is_staff,is_active}'::text[] LOOP
            IF to_jsonb(NEW) -> name <> to_jsonb(OLD) -> name THEN
                PERFORM audit_add('rights', name || CASE WHEN (to_jsonb(NEW) -> name)::boolean THEN '_on'
                    ELSE '_off' END, TG_TABLE_NAME, NEW.id, NEW.username, '{}');
            END IF;
        END LOOP;
        -- A log-in stores the same password anew when the way of hashing has changed: then it begins otherwise.
        IF NEW.password <> OLD.password AND (coalesce(current_setting('portal.person_id', true), '') <> ''
            OR (split_part(NEW.password, '$', 1), split_part(NEW.password, '$', 2)) =
                (split_part(OLD.password, '$', 1), split_part(OLD.password, '$', 2))) THEN
            PERFORM audit_add('rights', 'password', TG_TABLE_NAME, NEW.id, NEW.username, '{}');
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_made AFTER INSERT OR DELETE ON auth_user FOR EACH ROW EXECUTE FUNCTION audit_account();
    CREATE TRIGGER audit_changed AFTER UPDATE ON auth_user FOR EACH ROW
        WHEN ((OLD.username, OLD.password, OLD.is_superuser, OLD.is_staff, OLD.is_active) IS DISTINCT FROM
            (NEW.username, NEW.password, NEW.is_superuser, NEW.is_staff, NEW.is_active))
        EXECUTE FUNCTION audit_account();

    CREATE FUNCTION audit_role() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM audit_add('rights', 'role_deleted', TG_TABLE_NAME, OLD.id, OLD.name, '{}');
        ELSIF TG_OP = 'INSERT' THEN
            PERFORM audit_add('rights', 'role_made', TG_TABLE_NAME, NEW.id, NEW.name, '{}');
        ELSIF NEW.name <> OLD.name THEN
            PERFORM audit_add('rights', 'role_renamed', TG_TABLE_NAME, NEW.id, NEW.name,
                jsonb_build_object('former', OLD.name));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_changed AFTER INSERT OR UPDATE OR DELETE ON auth_group
        FOR EACH ROW EXECUTE FUNCTION audit_role();

    -- What an account was given or lost: a role, a single permission, the office that it writes for.
    CREATE FUNCTION audit_given() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        own jsonb := CASE TG_OP WHEN 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
        verb text := TG_ARGV[0] || CASE TG_OP WHEN 'INSERT' THEN '_given' ELSE '_taken' END;
        account text; what text;
    BEGIN
        SELECT username INTO account FROM auth_user WHERE id = (own ->> 'user_id')::bigint;
        IF TG_ARGV[0] = 'role' THEN
            SELECT name INTO what FROM auth_group WHERE id = (own ->> 'group_id')::bigint;
        ELSIF TG_ARGV[0] = 'office' THEN
            SELECT name INTO what FROM comments_office WHERE id = (own ->> 'office_id')::bigint;
        ELSE
            SELECT app_label || '.' || codename INTO what FROM auth_permission
                JOIN django_content_type ON django_content_type.id = content_type_id
                WHERE auth_permission.id = (own ->> 'permission_id')::bigint;
        END IF;
        PERFORM audit_add('rights', verb, 'auth_user', (own ->> 'user_id')::bigint,
            coalesce(account, 'no. ' || (own ->> 'user_id')), jsonb_build_object(TG_ARGV[0], what));
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_given AFTER INSERT OR DELETE ON auth_user_groups
        FOR EACH ROW EXECUTE FUNCTION audit_given('role');
    CREATE TRIGGER audit_given AFTER INSERT OR DELETE ON auth_user_user_permissions
        FOR EACH ROW EXECUTE FUNCTION audit_given('permission');
    CREATE TRIGGER audit_given AFTER INSERT OR DELETE ON comments_office_members
        FOR EACH ROW EXECUTE FUNCTION audit_given('office');

    -- One entry for each role, however many permissions it got at once.
    CREATE FUNCTION audit_role_given() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        each record;
    BEGIN
        FOR each IN
            SELECT group_id, coalesce(auth_group.name, 'no. ' || group_id) AS role,
                jsonb_agg(app_label || '.' || codename ORDER BY app_label, codename) AS names
            FROM given JOIN auth_permission ON auth_permission.id = permission_id
                JOIN django_content_type ON django_content_type.id = content_type_id
                LEFT JOIN auth_group ON auth_group.id = group_id
            GROUP BY group_id, auth_group.name ORDER BY group_id
        LOOP
            PERFORM audit_add('rights', CASE TG_OP WHEN 'INSERT' THEN 'permission_given' ELSE 'permission_taken' END,
                'auth_group', each.group_id, each.role, jsonb_build_object('permissions', each.names));
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_given AFTER INSERT ON auth_group_permissions REFERENCING NEW TABLE AS given
        FOR EACH STATEMENT EXECUTE FUNCTION audit_role_given();
    CREATE TRIGGER audit_taken AFTER DELETE ON auth_group_permissions REFERENCING OLD TABLE AS given
        FOR EACH STATEMENT EXECUTE FUNCTION audit_role_given();
"""
_NO_RIGHTS = """
    DROP TRIGGER audit_made ON auth_user;
    DROP TRIGGER audit_changed ON auth_user;
    DROP TRIGGER audit_changed ON auth_group;
    DROP TRIGGER audit_given ON auth_user_groups;
    DROP TRIGGER audit_given ON auth_user_user_permissions;
    DROP TRIGGER audit_given ON comments_office_members;
    DROP TRIGGER audit_given ON auth_group_permissions;
    DROP TRIGGER audit_taken ON auth_group_permissions;
    DROP FUNCTION audit_account(), audit_role(), audit_given(), audit_role_given();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("news", "0022_nothing_changes_in_silence"),
        ("comments", "0005_names_by_letter"),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='nomor')),
                ('kind', models.CharField(choices=[('published', 'Terbit'), ('changed', 'Diubah sesudah terbit'), ('withdrawn', 'Dicabut'), ('moderated', 'Moderasi'), ('rights', 'Akun dan hak')], max_length=10, verbose_name='jenis')),
                ('verb', models.CharField(choices=[('publish', 'Diterbitkan'), ('schedule', 'Dijadwalkan'), ('change', 'Diubah'), ('correct', 'Ralat, koreksi atau hak jawab ditulis'), ('close', 'Versi lama ditutup'), ('withdraw', 'Dicabut'), ('unschedule', 'Jadwal dibatalkan'), ('delete', 'Dihapus dari basis data'), ('approve', 'Disetujui'), ('reject', 'Ditolak'), ('forward', 'Diteruskan'), ('undo', 'Keputusan dibatalkan'), ('answer', 'Jawaban resmi ditulis'), ('edit', 'Isi diubah'), ('erase', 'Isi dan data pribadi dihapus'), ('account_made', 'Akun dibuat'), ('account_deleted', 'Akun dihapus'), ('account_renamed', 'Nama akun diganti'), ('is_active_on', 'Akun diaktifkan'), ('is_active_off', 'Akun dinonaktifkan'), ('is_staff_on', 'Boleh masuk ruang redaksi'), ('is_staff_off', 'Tidak lagi boleh masuk ruang redaksi'), ('is_superuser_on', 'Hak penuh diberikan'), ('is_superuser_off', 'Hak penuh dicabut'), ('password', 'Kata sandi diganti'), ('role_given', 'Peran diberikan'), ('role_taken', 'Peran dicabut'), ('permission_given', 'Izin diberikan'), ('permission_taken', 'Izin dicabut'), ('role_made', 'Peran dibuat'), ('role_renamed', 'Nama peran diganti'), ('role_deleted', 'Peran dihapus'), ('office_given', 'Dijadikan petugas dinas'), ('office_taken', 'Tidak lagi petugas dinas')], max_length=20, verbose_name='peristiwa')),
                ('table', models.CharField(max_length=40, verbose_name='tabel')),
                ('row', models.BigIntegerField(verbose_name='nomor baris')),
                ('subject', models.CharField(max_length=200, verbose_name='tentang')),
                ('at', models.DateTimeField(verbose_name='waktu')),
                ('person_id', models.BigIntegerField(null=True, verbose_name='nomor akun')),
                ('person', models.CharField(max_length=200, verbose_name='oleh')),
                ('details', models.JSONField(verbose_name='rincian')),
                ('former', models.BinaryField(max_length=32, verbose_name='sidik sebelumnya')),
                ('hash', models.BinaryField(max_length=32, verbose_name='sidik')),
            ],
            options={
                'verbose_name': 'jejak',
                'verbose_name_plural': 'jejak audit',
                'permissions': [('view_whole_trail', 'Dapat melihat jejak moderasi dan hak akses')],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['kind', '-id'], name='audit_by_kind'), models.Index(fields=['-at', '-id'], name='audit_by_time')],
            },
        ),
        migrations.RunSQL(_NOTES, _NO_NOTES),
        migrations.RunSQL(_NEWS, _NO_NEWS),
        migrations.RunSQL(_COMMENTS, _NO_COMMENTS),
        migrations.RunSQL(_RIGHTS, _NO_RIGHTS),
    ]
