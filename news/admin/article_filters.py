"""Filters of the list of articles."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q

from news.admin.filters import DateFilter, TypedFilter
from news.models import NAMES, Article, MergedTag, Tag


class StatusFilter(admin.SimpleListFilter):
    """The statuses, with those apart that are published but whose time has not come."""

    title = "status"
    parameter_name = "status__exact"
    SCHEDULED = "scheduled"

    def lookups(self, request, model_admin):
        choices = [*Article.Status.choices]
        choices.insert(3, (self.SCHEDULED, "Terjadwal"))
        return choices

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted == self.SCHEDULED:
            return queryset.scheduled()
        if wanted == Article.Status.PUBLISHED:
            return queryset.published()
        return queryset.filter(status=wanted) if wanted else queryset


class OwnFilter(admin.SimpleListFilter):
    """What the user has begun, apart from what all others have."""

    title = "pembuat"
    parameter_name = "punya"
    OWN = "saya"

    def lookups(self, request, model_admin):
        return [(self.OWN, "Punya saya")]

    def queryset(self, request, queryset):
        return queryset.filter(created_by=request.user) if self.value() == self.OWN else queryset


class TagFilter(TypedFilter):
    """By the name of a tag; thousands of them would be no list to choose from."""

    title = "tag"
    parameters = {"tag": "Tag"}
    OFFERED = 8

    def narrowed(self, queryset):
        typed = self.used_parameters["tag"]
        tag = Tag.objects.filter(Q(name__iexact=typed) | Q(slug=typed)).first()
        if merged := tag is None and MergedTag.objects.with_names([typed.lower()]).first():
            tag = merged.target
        if tag:
            return queryset.filter(tags=tag)
        alike = Tag.objects.filter(*[Q(name__icontains=word) for word in typed.split()[:8]])[: self.OFFERED]
        self.offered = [(each.name, {"tag": each.slug}) for each in alike]
        meant = ", ".join(f"“{each}”" for each in alike)
        return self.refuse(f"Tidak ada tag “{typed}”." + (f" Yang mirip: {meant}." if meant else ""))


class WriterFilter(TypedFilter):
    """By a part of the name of who wrote, reported or edited the article, or changed it last."""

    title = "penulis"
    parameters = {"penulis": "Nama"}
    hint = "Penulis, peliput, editor, atau yang terakhir mengubah"
    PEOPLE = 100  # accounts with that name, at most

    def narrowed(self, queryset):
        wanted = by_name = Q()
        for word in self.used_parameters["penulis"].split()[:5]:
            wanted &= Q(names__contains=word.upper())
            by_name &= Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
        people = get_user_model().objects.filter(by_name).values_list("pk", flat=True)[: self.PEOPLE]
        return queryset.alias(names=NAMES).filter(wanted | Q(changed_by__in=list(people)))


class PublicationFilter(DateFilter):
    title = "waktu terbit"
    field = "published_at"
