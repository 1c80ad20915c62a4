"""Categories, tags and districts."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Func, IntegerField, Q
from django.template.response import TemplateResponse
from django.urls import reverse

from news import tags
from news.admin import pieces
from news.admin.base import DeletedOnlyWhenUnused, RedirectsOldAddress
from news.admin.history import HistoryAdmin
from news.models import Category, District, MergedTag, Tag
from news.models.merged_tags import ROUTES
from news.models.taxonomy import one_line
from news.web.admin import BoundedPaginator, ReadOnlyAdmin


@admin.register(Category)
class CategoryAdmin(HistoryAdmin, RedirectsOldAddress, DeletedOnlyWhenUnused):
    routes = ("category", "category-feed", "category-feed-atom")
    list_display = ["name", "slug", "position"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "description", "position"],
                "description": "Kategori yang dipakai tidak dapat dihapus. Alamat yang diubah dialihkan ke yang baru.",
            },
        )
    ]


class TagForm(forms.ModelForm):
    """Refuses the names of merged tags, and points out tags that are almost the same, once: saving again says that
    this one is another."""

    asked = forms.CharField(widget=forms.HiddenInput, required=False)

    def _post_clean(self):
        super()._post_clean()  # tidies the name, and says that it is taken
        if "name" not in self.errors:
            self._compare(self.instance.name)

    def _compare(self, name: str) -> None:
        is_new_name = name.lower() != (self.initial.get("name") or "").lower()
        if merged := MergedTag.objects.with_names([name.lower()]).first():
            self.add_error("name", f"“{merged}” sudah digabungkan ke “{merged.target}”. Pakai yang itu.")
        elif is_new_name and self.data.get("asked") != name and (alike := tags.near(name, but=self.instance.pk)):
            self.data = dict(self.data.items()) | {"asked": name}
            used = tags.counts(tag.pk for tag in alike)
            named = ", ".join(f"“{tag}” ({tags.shown_count(used[tag.pk])} berita)" for tag in alike)
            self.add_error(
                "name", f"Sudah ada {named}. Pakai yang itu, atau tekan Simpan sekali lagi bila memang lain."
            )


class UseFilter(admin.SimpleListFilter):
    """The report of tags that help nobody."""

    title = "pemakaian"
    parameter_name = "pemakaian"
    KINDS = {
        "sekali": ("Dipakai sekali", tags.used_once),
        "terlalu-umum": ("Pada lebih dari separuh berita", tags.on_most_articles),
        "tidak": ("Tidak dipakai", tags.unused),
    }

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _) in self.KINDS.items()]

    def queryset(self, request, queryset):
        _, chosen = self.KINDS.get(self.value(), ("", None))
        return chosen(queryset) if chosen else queryset


class TagList(ChangeList):
    """Counts the articles of the tags on the page, in one query."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        used = tags.counts(tag.pk for tag in self.result_list)
        for tag in self.result_list:
            tag.use = used[tag.pk]


class MergeForm(forms.Form):
    """Which tag the chosen ones are merged into: one of them, or another by its name."""

    target = forms.ModelChoiceField(
        Tag.objects.none(), label="Tag yang tetap", widget=forms.RadioSelect, required=False, empty_label=None
    )
    other = forms.CharField(label="Atau tag lain, dengan namanya", max_length=80, required=False)

    def __init__(self, data, *, chosen):
        super().__init__(data)
        self.fields["target"].queryset = chosen
        if len(chosen) < 2:
            del self.fields["target"]

    def clean(self):
        cleaned = super().clean()
        if name := one_line(cleaned.get("other", "")):
            found = Tag.objects.filter(Q(name__iexact=name) | Q(slug=name)).first()
            if found is None:
                self.add_error("other", f"Tidak ada tag “{name}”. Buat dahulu, atau pilih yang lain.")
            cleaned["target"] = found
        elif not self.errors and not cleaned.get("target"):
            raise ValidationError("Pilih tag yang tetap.")
        return cleaned


@admin.register(Tag)
class TagAdmin(HistoryAdmin, RedirectsOldAddress, DeletedOnlyWhenUnused):
    form = TagForm
    routes = ROUTES
    list_display = ["name", "used_by", "slug"]
    list_filter = [UseFilter]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name"]
    list_per_page = 50
    search_help_text = "Cari di nama tag, juga di nama lama yang sudah digabungkan"
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ["merge"]
    MERGED_AT_ONCE, MERGED_FOUND = 50, 100
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "asked"],
                "description": "Tag yang dipakai tidak dapat dihapus, tetapi dapat digabungkan dengan yang lain: "
                "“Gabungkan ke…” pada daftar tag. Alamat yang diubah dialihkan ke yang baru.",
            },
        )
    ]

    def get_changelist(self, request, **kwargs):
        return TagList

    def get_search_results(self, request, queryset, search_term):
        """Also tags into which one with that name was merged."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, may_repeat
        words = Q()
        for word in search_term.split():
            words &= Q(name__icontains=word)
        # As a list: beside a subquery no index would be used for the names.
        merged = list(
            MergedTag.objects.filter(words).order_by("pk").values_list("target", flat=True)[: self.MERGED_FOUND]
        )
        return found | queryset.filter(pk__in=merged), may_repeat

    @admin.display(description="berita terbit")
    def used_by(self, tag):
        return pieces.link(f"{reverse('admin:news_article_changelist')}?tag={tag.slug}", tags.shown_count(tag.use))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not obj.merged.exists())

    @admin.action(description="Gabungkan ke…", permissions=["delete"])
    def merge(self, request, queryset):
        """Asks for the target on a page of its own, which sends the action again."""
        chosen = queryset.order_by("name")[: self.MERGED_AT_ONCE + 1]
        ids = [tag.pk for tag in chosen]
        if len(ids) > self.MERGED_AT_ONCE:
            self.message_user(request, f"Paling banyak {self.MERGED_AT_ONCE} tag sekaligus.", messages.ERROR)
            return None
        used = tags.counts(ids)
        chosen = Tag.objects.filter(pk__in=ids)
        form = MergeForm(request.POST if "merge" in request.POST else None, chosen=chosen)
        if form.is_valid():
            return self._merge(request, chosen, form.cleaned_data["target"])
        context = {
            **self.admin_site.each_context(request),
            "title": "Gabungkan tag",
            "opts": self.opts,
            "form": form,
            "chosen": [(tag, tags.shown_count(used[tag.pk])) for tag in chosen],
        }
        return TemplateResponse(request, "admin/news/tag/merge.html", context)

    def _merge(self, request, chosen, target):
        try:
            merged = MergedTag.objects.merge(chosen, target, by=request.user)
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
            return
        names = ", ".join(f"“{each}”" for each in merged)
        self.log_change(request, target, f"Digabungkan ke sini: {names}.")
        self.message_user(
            request,
            f"{names} digabungkan ke “{target}”. Alamat lamanya dialihkan. Bila keliru: “Pisahkan lagi” pada daftar "
            "tag yang digabungkan.",
            messages.SUCCESS,
        )
        return


@admin.register(MergedTag)
class MergedTagAdmin(ReadOnlyAdmin):
    list_display = ["name", "target", "had", "by", "at"]
    list_select_related = ["target", "by"]
    list_display_links = None
    search_fields = ["name", "target__name"]
    actions = ["split"]

    def get_queryset(self, request):
        number = Func("articles", function="cardinality", output_field=IntegerField())
        return super().get_queryset(request).annotate(number=number).defer("articles", "gained")

    @admin.display(description="berita")
    def had(self, merged):
        return merged.number

    def has_view_permission(self, request, obj=None):
        """Who may delete tags merges and splits them; a right of its own would be one more to give."""
        return request.user.has_perm("news.delete_tag")

    def has_split_permission(self, request):
        return self.has_view_permission(request)

    @admin.action(description="Pisahkan lagi", permissions=["split"])
    def split(self, request, queryset):
        for merged in queryset:
            try:
                tag = merged.split()
            except ValidationError as error:
                self.message_user(request, error.messages[0], messages.ERROR)
            else:
                self.log_addition(request, tag, f"Dipisahkan lagi dari “{merged.target}”.")
                self.message_user(request, f"“{tag}” dipisahkan lagi dari “{merged.target}”.", messages.SUCCESS)


@admin.register(District)
class DistrictAdmin(DeletedOnlyWhenUnused):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
