"""User accounts and roles in the admin, who may grant which rights, and each user's list of pending work."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef
from django.urls import reverse

from comments.models import Comment, Office
from news.models import Finding
from portal import desk
from portal.login import second_step
from portal.login.models import LoginSession, SecondStep

admin.site.unregister([Group, User])


class NewAccountForm(UserCreationForm):
    """Accounts made here are for the newsroom, so "may log in" is ticked at first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_staff"].initial = True


class SecondStepFilter(admin.SimpleListFilter):
    title = "dua langkah"
    parameter_name = "dua_langkah"

    def lookups(self, request, model_admin):
        return [("tanpa", "Tanpa dua langkah"), ("dengan", "Dengan dua langkah")]

    def queryset(self, request, queryset):
        """Among those who may log in: nobody else needs one."""
        if self.value() not in ("tanpa", "dengan"):
            return queryset
        may_log_in = queryset.filter(is_active=True, is_staff=True)
        return may_log_in.filter(has_second_step=self.value() == "dengan")


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Administrators assign roles; only superusers create or change superusers or grant single permissions."""

    add_form = NewAccountForm
    list_display = ["username", "full_name", "is_staff", "is_active", "two_steps", "last_login"]
    actions = ["end_second_step"]
    list_filter = ["is_active", SecondStepFilter, "groups"]
    filter_horizontal = ["user_permissions"]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        ("Data diri", {"fields": ["first_name", "last_name", "email"]}),
        ("Peran", {"fields": ["is_staff", "groups"]}),
    ]
    fieldsets = [
        (None, {"fields": ["username", "password", "two_steps"]}),
        ("Data diri", {"fields": ["first_name", "last_name", "email"]}),
        ("Peran", {"fields": ["is_active", "is_staff", "groups"]}),
        ("Catatan waktu", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["two_steps", "last_login", "date_joined"]

    def get_queryset(self, request):
        has_one = SecondStep.objects.filter(user=OuterRef("pk"))
        return super().get_queryset(request).annotate(has_second_step=Exists(has_one))

    @admin.display(description="nama", ordering="first_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description="dua langkah", boolean=True)
    def two_steps(self, user):
        return user.has_second_step

    @admin.action(description="Atur ulang masuk dua langkah (ponsel hilang)", permissions=["change"])
    def end_second_step(self, request, users):
        """Never one's own, which needs a code: who has found an open session could take the account over."""
        chosen = [user for user in users if user != request.user and self._may_edit(request, user)]
        ended = second_step.end(chosen)
        if ended:
            who = ", ".join(user.get_username() for user in ended)
            self.message_user(request, f"Masuk dua langkah diatur ulang, dan semua sesinya berakhir: {who}.")
        if len(ended) < len(users):
            text = (
                "Tidak diubah: akun tanpa langkah kedua, akun Anda sendiri (buka “Dua langkah” di kanan atas), dan "
                "akun yang tidak boleh Anda ubah."
            )
            self.message_user(request, text, messages.WARNING)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            return db_field.formfield(
                label="Peran",
                widget=forms.CheckboxSelectMultiple,
                help_text=(
                    "Penulis menulis dan mengirim untuk diperiksa. Redaktur menerbitkan dan mencabut. Moderator "
                    "memutuskan komentar warga. OPD menjawab komentar atas nama dinasnya, bila tercatat sebagai "
                    "petugasnya. Administrator melakukan semuanya, selain menjawab, dan mengurus akun."
                ),
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_staff":
            field.label = "Boleh masuk ruang redaksi"
        return field

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj and request.user.is_superuser:
            fieldsets = [*fieldsets, ("Hak khusus", {"fields": ["is_superuser", "user_permissions"]})]
        return fieldsets

    def user_change_password(self, request, *args, **kwargs):
        """A password that somebody else has set must be changed at the next log-in (portal.newsroom)."""
        response = super().user_change_password(request, *args, **kwargs)
        user = request.resolver_match.kwargs["id"]
        if request.method == "POST" and response.status_code == 302 and user != str(request.user.pk):
            User.objects.filter(pk=user).update(last_login=None)
            LoginSession.objects.filter(user=user).delete()
        return response

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._may_edit(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may_edit(request, obj)

    def _may_edit(self, request, obj) -> bool:
        return obj is None or not obj.is_superuser or request.user.is_superuser


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """For superusers only: anyone who can change a role can give themselves every permission."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


def desk_of(user) -> list[tuple[str, str, str]]:
    """The user's pending work: label, address, and a count as text ("" for an entry without one)."""
    waiting = []
    if user.has_perm("news.add_article"):
        waiting.append(("Tulis berita", reverse("admin:news_article_add"), ""))
    waiting += desk.counts_of(user)
    if user.has_perm("comments.moderate_comment"):
        queue = Comment.objects.in_queue()
        address = reverse("admin:comments_queue")
        waiting.append(("Komentar menunggu keputusan", address, desk.at_most_100(queue)))
        if (overdue := desk.at_most_100(queue.overdue())) != "0":
            waiting.append(("Lewat batas waktu", f"{address}?bagian=lewat", overdue))
    if user.has_perm("news.view_finding") and (findings := desk.at_most_100(Finding.objects.open())) != "0":
        waiting.append(("Temuan penjaga situs", reverse("admin:news_finding_changelist"), findings))
    offices = list(Office.objects.written_by(user))
    if offices or (user.has_perm("comments.answer_comment") and not user.is_superuser):
        unanswered = desk.at_most_100(Comment.objects.awaiting_answer(offices))
        waiting.append(("Menunggu jawaban dinas Anda", reverse("admin:comments_answers"), unanswered))
    if user.is_superuser:
        waiting.append(("Kesehatan portal", reverse("admin:health"), ""))
    return waiting
