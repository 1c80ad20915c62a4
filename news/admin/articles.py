"""Writing and publishing articles. Status changes are methods of the model; this module decides who may call them."""

from contextlib import nullcontext

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import path, reverse

from news import markup
from news.admin import pieces, to_readers, writing
from news.admin.article_filters import OwnFilter, PublicationFilter, StatusFilter, TagFilter, WriterFilter
from news.admin.article_form import ArticleForm
from news.admin.body_editor import pasted, warn_about_left_out
from news.admin.closing import ClosesVersions
from news.admin.documents import DocumentInline
from news.admin.new_tag import made, new_tag
from news.admin.previews import PreviewAdmin
from news.admin.statistics import StatisticsAdmin
from news.admin.typed import typed
from news.models import Article, Tag
from news.search import any_state
from news.search.query import tsquery
from news.web import dates, typed_dates
from news.web.admin import BoundedListAdmin, only_chosen, person_name

SEARCHED_AT_MOST = 200  # newest hits that a search in the list finds: four pages; each is read to be sure


class ArticleList(ChangeList):
    def get_queryset(self, request, **kwargs):
        plan = super().get_queryset(request, **kwargs).for_list().select_related("views", "changed_by")
        return plan.defer("changed_by__password")


@admin.register(Article)
class ArticleAdmin(StatisticsAdmin, PreviewAdmin, ClosesVersions, BoundedListAdmin):
    form = ArticleForm
    inlines = [DocumentInline]
    list_display = ["title", "status_badge", "category", "published", "writer", "reads"]
    list_filter = [StatusFilter, OwnFilter, PublicationFilter, WriterFilter, TagFilter, "category"]
    actions = ["delete_selected"]
    ordering = ["-published_at", "-updated_at", "-id"]  # what has no time yet comes first; index article_list
    search_fields = ["search"]  # only shows the search box; get_search_results() uses the search index
    search_help_text = (
        "Cari awal kata di judul dan isi, tanggal (13 november 2024, nov 2024, kemarin), atau nomor. "
        f"Yang tampak: {SEARCHED_AT_MOST} temuan terbaru"
    )
    autocomplete_fields = ["tags", "related_pinned", "related_excluded"]
    radio_fields = {"category": admin.HORIZONTAL}
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = [
        *("reads", "source_key", "withdrawn", "last_change", "shown_body", "handed_back", "in_words", "told"),
    ]

    class Media:
        js = ["portal/admin.js", "portal/preview.js"]

    # ---- The list

    def get_changelist(self, request, **kwargs):
        return ArticleList

    def get_search_results(self, request, queryset, search_term):
        queryset = queryset.for_list()  # also called by the autocomplete of related articles
        if not search_term:
            return queryset, False
        span, rest = typed_dates.find(search_term)
        on_time = Q(published_at__gte=span.first, published_at__lt=span.after) if span else Q()
        if span and not rest:
            return queryset.filter(on_time), False
        found = {*self._with_words(queryset, search_term)}
        if span:
            found.update(self._with_words(queryset.filter(on_time), rest))
        wanted = Q(pk__in=found)
        if search_term.isascii() and search_term.isdigit() and len(search_term) < 19:
            wanted |= Q(pk=int(search_term))
        return queryset.filter(wanted), False

    def _with_words(self, queryset, text: str) -> list[int]:
        """The ids of the newest articles with these words or longer ones that begin with them."""
        sought = tsquery(text, beginnings=True)
        return any_state.candidates(queryset, sought, SEARCHED_AT_MOST) if sought else []

    @admin.display(description="status")
    def status_badge(self, article):
        kind, label = article.status, article.get_status_display()
        if article.is_scheduled:
            kind, label = "scheduled", "Terjadwal"
        return pieces.status(kind, label)

    @admin.display(description="waktu terbit")
    def published(self, article):
        if article.published_at is None:
            return f"diubah {dates.short_date_and_time(article.updated_at)}"
        shown = dates.short_date_and_time if article.time_known else dates.short_date
        return shown(article.published_at)

    @admin.display(description="penulis")
    def writer(self, article):
        return article.author or person_name(article.changed_by)

    @admin.display(description="dibaca")
    def reads(self, article):
        views = getattr(article, "views", None)
        return views.total if views else 0

    @admin.action(description="Hapus draf terpilih", permissions=["delete"])
    def delete_selected(self, request, queryset):
        """Django's action, but with a message instead of an error if one of the articles was ever published."""
        if kept := queryset.published().count() + queryset.withdrawn().count():
            text = (
                f"Tidak ada yang dihapus: {kept} dari berita terpilih pernah terbit. Berita itu hanya dapat dicabut."
            )
            self.message_user(request, text, messages.ERROR)
            return None
        return delete_selected(self, request, queryset)

    # ---- Who may do what

    def has_change_permission(self, request, obj=None):
        """All writers may change drafts; only editors may change articles that were published."""
        return super().has_change_permission(request, obj) and (
            obj is None or obj.status not in Article.ONCE_PUBLISHED or request.user.has_perm("news.publish_article")
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (
            obj is None or (not obj.was_public and self.has_change_permission(request, obj))
        )

    def _moves(self, request, article):
        """(name, label) of each status transition allowed to this user; `article` is None for a new one."""
        article = article or Article(created_by=request.user)
        return [
            (name, move.label)
            for name, move in Article.MOVES.items()
            if self._may_move(request, article, name) and article.can(name)
        ]

    def _may_move(self, request, article, name: str) -> bool:
        move = Article.MOVES.get(name)
        is_own = article.created_by_id == request.user.pk
        if (name == "take_back" and not is_own) or (name == "return_to_draft" and is_own):
            return False  # one's own text is taken back, without a note to oneself
        return move is not None and article.status in move.starts and request.user.has_perm(move.permission)

    # ---- The form

    def get_fieldsets(self, request, article=None):
        """Those with the class "sheet" are the text; the template shows all others in the drawer beside it."""
        can_change = self.has_change_permission(request, article) if article else True
        text = ["title", "summary", *(["body"] if can_change else ["shown_body"])]
        if article and article.is_handed_back:
            text.insert(0, "handed_back")
        by_name = ["tag_names", "asked_tags"] if can_change else []
        filed = ["photo", "category", "tags", *by_name, "district"]
        publication = ["published_at", "in_words", "time_known"]
        about = {"fields": publication, "description": self._what_happens_next(request, article)}
        may_publish = request.user.has_perm("news.publish_article")
        if may_publish and settings.REVIEW_BY_SECOND_PERSON:
            publication.append("alone_because")
        return [
            (None, {"classes": ["sheet"], "fields": text}),
            *([("Untuk pembaca", self._to_readers(article))] if article and article.was_public and can_change else []),
            ("Foto utama, kategori, tag", {"fields": filed}),
            ("Waktu terbit", about),
            *self._handing_back(request, article),
            *([("Beranda", {"fields": ["headline_until"]})] if may_publish else []),
            ("Nama", {"fields": ["author", "reporter", "editor"]}),
            ("Artikel Terkait", {"classes": ["collapse"], "fields": ["related_pinned", "related_excluded"]}),
            ("Alamat dan sumber", {"classes": ["collapse"], "fields": ["slug", "source", "source_url", "source_key"]}),
            *([("Catatan", {"fields": ["reads", "last_change"]})] if article else []),
            *self._withdrawal(article),
        ]

    def _handing_back(self, request, article):
        if not any(name == "return_to_draft" for name, _ in self._moves(request, article)):
            return []
        advice = "Isi catatan, kemudian tekan “Kembalikan ke draf” di bawah."
        return [("Pengembalian", {"fields": ["review_note"], "description": advice})]

    def _withdrawal(self, article):
        is_withdrawn = article is not None and article.status == Article.Status.WITHDRAWN
        if article is None or not (article.was_public or is_withdrawn):
            return []
        about = (
            "Berita yang pernah terbit tidak dihapus, tetapi dicabut: alamatnya lalu menampilkan alasan ini kepada "
            "pembaca."
        )
        if is_withdrawn:
            return [
                ("Pencabutan", {"fields": ["withdrawn_ground", "withdrawn_reason", "withdrawn"], "description": about})
            ]
        about += " Isi alasannya, kemudian tekan “Cabut berita” di bawah."
        return [
            (
                "Pencabutan",
                {"classes": ["collapse"], "fields": ["withdrawn_ground", "withdrawn_reason"], "description": about},
            )
        ]

    def _what_happens_next(self, request, article) -> str:
        if article and article.is_scheduled:
            return (
                f"Berita ini terjadwal: terbit sendiri pada {dates.date_and_time(article.published_at)}. Sebelum itu "
                "pembaca tidak melihatnya. “Batalkan jadwal”, atau mengosongkan waktu terbit, menjadikannya draf lagi."
            )
        if article and article.status == Article.Status.PUBLISHED:
            return "Berita ini sudah terbit: perubahan yang disimpan langsung tampil di situs."
        if request.user.has_perm("news.publish_article"):
            return "Tersimpan belum berarti terbit: berita tampil di situs sesudah Anda menekan “Terbitkan”."
        return (
            "Sesudah selesai, tekan “Kirim untuk diperiksa”: redaktur yang menerbitkannya. Draf dan berita yang "
            "sedang diperiksa dapat disunting semua penulis; yang sudah terbit hanya oleh redaktur."
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        return form

    def _to_readers(self, article):
        fields = [*to_readers.FIELDS]
        if not article.corrections.exists():
            fields.remove("told_corrects")
        else:
            fields.append("told")
        return {
            "fields": fields,
            "description": "Isi bila Anda mengubah judul, ringkasan, foto utama, atau isi, atau bila pembaca perlu "
            "tahu sesuatu tentang berita ini. Setiap perubahan sesudah terbit mempunyai halaman untuk pembaca yang "
            "menunjukkan perbedaannya.",
        }

    @admin.display(description="yang sudah diberitahukan")
    def told(self, article):
        records = article.corrections.all()
        return pieces.notes((f"{each.get_kind_display()}: {each.text}", self._about(each)) for each in records)

    def _about(self, record) -> str:
        return ", ".join(filter(None, [record.by_name, dates.date_and_time(record.at), record.reason]))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name.startswith("related_"):
            kwargs["queryset"] = Article.objects.for_list()  # without the bodies
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.widget.can_delete_related = False  # photos and categories are not deleted from an article's form
        if db_field.name in ("category", "district"):
            only_chosen(field)
        if db_field.name == "tags" and request.user.has_perm("news.add_tag"):
            field.widget.can_add_related = False  # static/portal/writing.js makes them in place
            field.widget.widget.attrs["data-new"] = reverse("admin:news_article_new_tag")
        return field

    def get_changeform_initial_data(self, request):
        return {"author": request.user.get_full_name()} | super().get_changeform_initial_data(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["can_save"] = self.has_add_permission(request) if add else self.has_change_permission(request, obj)
        context["buttons"] = self._buttons(request, obj)
        context["status"] = self.status_badge(obj or Article())
        context["notes"] = self._notes(request, obj)
        context["saved"] = writing.saved_in_words(obj) if obj else "Belum tersimpan"
        context["is_nav_sidebar_enabled"] = False  # the text and its drawer need the width
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _notes(self, request, article) -> writing.Notes:
        """About what stands in the form: what was typed, if it comes back with errors."""
        if request.method != "POST":
            return writing.Notes.about(article or Article())
        found = typed(request.POST, article)
        return writing.Notes.about(found.article, found.hidden)

    def _buttons(self, request, article):
        """The next step, None if that is saving; all other moves; and what saving is called."""
        moves = self._moves(request, article)
        article = article or Article(created_by=request.user)
        next_move = self._next_move(request, article, dict(moves))
        publish = writing.publish_label(article)
        labels = {name: publish if name == "publish" else label for name, label in moves}
        return {
            "next": (next_move, labels[next_move]) if next_move else None,
            "others": [(name, label) for name, label in labels.items() if name != next_move],
            "save": "Simpan draf" if article.status == Article.Status.DRAFT else "Simpan perubahan",
        }

    def _next_move(self, request, article, moves) -> str:
        """The move that usually comes next; "" if that is saving."""
        if article.status not in (Article.Status.DRAFT, Article.Status.REVIEW):
            return ""
        is_own = article.pk is None or article.is_written_by(request.user)
        preferred = ["publish", "submit"]
        if settings.REVIEW_BY_SECOND_PERSON and is_own:
            preferred = ["submit"]
        return next((name for name in preferred if name in moves), "")

    def get_view_on_site_url(self, obj=None):
        if obj is None or not obj.was_public:
            return None
        return obj.get_absolute_url()

    @admin.display(description="isi")
    def shown_body(self, article):
        return markup.plain_text(article.body)

    @admin.display(description="dicabut")
    def withdrawn(self, article):
        return dates.date_and_time(article.withdrawn_at) if article.withdrawn_at else ""

    @admin.display(description="dikembalikan")
    def handed_back(self, article):
        who = person_name(article.returned_by)
        return pieces.note(article.review_note, f"{who}, {dates.date_and_time(article.returned_at)}".lstrip(", "))

    @admin.display(description="dalam kata-kata")
    def in_words(self, article):
        return writing.publication_in_words(article)

    @admin.display(description="terakhir diubah")
    def last_change(self, article):
        who = person_name(article.changed_by)
        return dates.date_and_time(article.updated_at) + (f" oleh {who}" if who else "")

    # ---- The editor

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("tempel/", view(pasted), name="news_pasted"),
            path("sebelum-terbit/", view(writing.notes), name="news_article_notes"),
            path("kartu/", view(writing.card), name="news_article_card"),
            path("tag-baru/", view(new_tag), name="news_article_new_tag"),
            *super().get_urls(),
        ]

    # ---- Saving

    def save_model(self, request, article, form, change):
        with form.telling(article, request.user) if form.was_public else nullcontext():
            self._save(request, article, form)
        warn_about_left_out(request, form)

    def _save(self, request, article, form):
        article.changed_by = request.user
        move = request.POST.get("_move")
        if not move and article.status == Article.Status.PUBLISHED and article.published_at is None:
            move = "unschedule"
        if not move and article.status == Article.Status.PUBLISHED:
            article.save_released(request.user, alone_because=form.cleaned_data.get("alone_because", ""))
        elif not move:
            article.save()
        elif not self._may_move(request, article, move):
            raise PermissionDenied
        elif move == "withdraw":
            article.withdraw(article.withdrawn_reason, by=request.user, ground=article.withdrawn_ground)
        elif move == "return_to_draft":
            article.return_to_draft(article.review_note, by=request.user)
        elif move == "publish":
            article.publish(by=request.user, alone_because=form.cleaned_data.get("alone_because", ""))
        else:
            getattr(article, move)(by=request.user)
        if form.told:
            self.message_user(request, form.told, messages.WARNING)

    def telling_form(self, request, article):
        if not (article.was_public and article.rewrites()):
            return None
        return to_readers.RestoreForm(article, request.POST if "told_kind" in request.POST else None)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        named = form.cleaned_data.get("tag_names") or []
        form.instance.tags.add(*[each if isinstance(each, Tag) else made(request, each) for each in named])

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for each in [*formset.new_objects, *(row for row, _ in formset.changed_objects), *formset.deleted_objects]:
            each.tell_readers()

    def save_restored(self, request, article, form):
        with form.telling(article, request.user) if form else nullcontext():
            if article.status == Article.Status.PUBLISHED:
                article.save_released(request.user)
            else:
                article.save()

    def construct_change_message(self, request, form, formsets, add=False):
        """Records the status transition in the object history."""
        move = Article.MOVES.get(request.POST.get("_move"))
        if not move:
            return super().construct_change_message(request, form, formsets, add)
        note = form.instance.review_note if form.instance.is_handed_back else ""
        return f"{move.label}. {note}".strip()

    def response_add(self, request, article, post_url_continue=None):
        return self._after_move(request, article) or super().response_add(request, article, post_url_continue)

    def response_change(self, request, article):
        return self._after_move(request, article) or super().response_change(request, article)

    def _after_move(self, request, article):
        if "_move" not in request.POST:
            return None
        status = article.get_status_display().lower()
        if article.is_scheduled:
            status = f"terbit sendiri pada {dates.date_and_time(article.published_at)}"
        self.message_user(request, f"“{article}” kini: {status}.", messages.SUCCESS)
        if request.POST["_move"] in ("submit", "publish") and (faults := writing.Notes.about(article).faults):
            named = " ".join(fault.text for fault in faults)
            self.message_user(request, f"Yang masih perlu dilihat pada berita ini: {named}", messages.WARNING)
        return self.response_post_save_change(request, article)
