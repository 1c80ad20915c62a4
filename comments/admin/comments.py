"""The moderators' queue. Citizens' words are read here and decided about, never rewritten."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.utils.html import format_html
from django.utils.text import Truncator

from comments.models import Comment, CommentQuerySet, Reason
from news import dates
from news.admin.lists import BoundedPaginator


class StatusFilter(admin.SimpleListFilter):
    """Like Django's filter of a field, but without a choice it shows the queue."""

    title = "status"
    parameter_name = "status"
    ALL = "semua"

    def lookups(self, request, model_admin):
        return [*Comment.Status.choices[1:], (self.ALL, "Semua")]

    def choices(self, changelist):
        queue, *others = super().choices(changelist)
        yield queue | {"display": Comment.Status.WAITING.label}
        yield from others

    def queryset(self, request, queryset):
        status = self.value() or Comment.Status.WAITING
        return queryset if status == self.ALL else queryset.filter(status=status)


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["comment", "article_link"]
    list_display_links = ["comment"]
    list_filter = [StatusFilter]
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every row
    view_on_site = False  # the article is linked, and there a waiting comment is not to be seen
    search_fields = ["name", "text"]
    search_help_text = "Cari di nama dan isi komentar dengan status yang dipilih"
    actions = ["approve", "reject"]
    readonly_fields = [
        "sent", "name", "email", "text", "article_link", "status", "consent_at", "decided_at", "decided_by",
    ]  # fmt: skip
    fields = readonly_fields
    change_form_template = "comments/admin_change_form.html"

    def get_queryset(self, request):
        of_the_article = ("article__title", "article__slug")  # its body would be fetched with every row
        columns = [field.name for field in Comment._meta.concrete_fields]
        return (
            super()
            .get_queryset(request)
            .select_related("article", "decided_by")
            .only(*columns, *of_the_article, "decided_by__username")
        )

    def get_ordering(self, request):
        """The oldest waits at the top of the queue; elsewhere the newest is first. Each order has an index."""
        match request.GET.get(StatusFilter.parameter_name):
            case None | Comment.Status.WAITING:
                return ["created_at", "id"]
            case StatusFilter.ALL:
                return ["-id"]
            case _:
                return ["-created_at", "-id"]

    def get_list_display(self, request):
        columns = super().get_list_display(request)
        return [*columns, "status"] if request.GET.get(StatusFilter.parameter_name) == StatusFilter.ALL else columns

    def get_fields(self, request, obj=None):
        hidden = () if self.has_moderate_permission(request) else ("email",)
        return [field for field in self.fields if field not in hidden]

    # ---- Who may do what

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_add_permission(self, request):
        return False

    def has_view_permission(self, request, obj=None):
        return self.has_moderate_permission(request) or super().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.has_moderate_permission(request)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    # ---- Columns

    @admin.display(description="komentar")
    def comment(self, comment):
        local = comment.created_at.astimezone(dates.ZONE)
        return format_html(
            '<span class="words">{}</span> <span class="sender">{} · {}</span>',
            Truncator(comment.text).chars(300),
            comment.name,
            f"{local.day} {dates.MONTHS[local.month - 1][:3]} {local:%Y %H:%M}",
        )

    @admin.display(description="dikirim")
    def sent(self, comment):
        return dates.date_and_time(comment.created_at)

    @admin.display(description="berita")
    def article_link(self, comment):
        return format_html('<a href="{}">{}</a>', comment.article.get_absolute_url(), comment.article.title)

    # ---- Decisions

    @admin.action(description="Setujui komentar terpilih", permissions=["moderate"])
    def approve(self, request, queryset):
        self._decide(request, queryset, CommentQuerySet.approve, Comment.Status.APPROVED, "disetujui dan kini tampil")

    @admin.action(description="Tolak komentar terpilih", permissions=["moderate"])
    def reject(self, request, queryset):
        self._decide(
            request,
            queryset,
            partial(CommentQuerySet.reject, reason=Reason.OTHER),
            Comment.Status.REJECTED,
            "ditolak dan tidak tampil",
        )

    def _decide(self, request, queryset, verb, status, outcome):
        """`queryset` is without those that left the list after it was shown: another moderator was quicker."""
        with transaction.atomic():  # locked, so that each decision is logged by whoever made it
            decided = verb(queryset, by=request.user)
        if not decided:
            told = "Tidak ada yang berubah: komentar terpilih sudah diputuskan sebelumnya."
            self.message_user(request, told, messages.INFO)
            return
        others = len(request.POST.getlist(ACTION_CHECKBOX_NAME)) > len(decided)
        told = f"{len(decided)} komentar {outcome}{'; yang lain sudah diputuskan sebelumnya' if others else ''}."
        self.message_user(request, told, messages.SUCCESS)

    def save_model(self, request, comment, form, change):
        """The page of one comment has no field to save, only the two decisions."""
        if "_approve" in request.POST:
            comment.approve(by=request.user)
        elif "_reject" in request.POST:
            comment.reject(by=request.user, reason=Reason.OTHER)

    def construct_change_message(self, request, form, formsets, add=False):
        return f"{form.instance.get_status_display()}."

    def log_change(self, request, comment, message):
        if "_approve" in request.POST or "_reject" in request.POST:  # else nothing was decided
            super().log_change(request, comment, message)

    def response_change(self, request, comment):
        text = f"Komentar dari {comment.name}: {comment.get_status_display().lower()}."
        self.message_user(request, text, messages.SUCCESS)
        return self.response_post_save_change(request, comment)
