"""Base classes of several admins: for forms that others change meanwhile, and tables that grow without limit."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Func, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

_SURELY_FEW = 1_000  # hits
_WORDS = 8  # of a search
_TRIGRAM = 3  # letters; an index of trigrams finds no shorter words
_SEARCHED_FOR_SHORT_WORDS = 5_000  # newest rows


def person_name(user) -> str:
    """The name of a user as colleagues read it; "" for None."""
    return user.get_full_name() or user.get_username() if user else ""


def only_chosen(field) -> None:
    """Takes Django's links to add, change and see what is chosen here off the field: it has pages of its own."""
    field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False


class BoundedPaginator(Paginator):
    """Stops counting at a few thousand rows, so that a list of a million opens as fast as one of a hundred."""

    counted_at_most = 5_000

    @cached_property
    def count(self):
        self.is_bounded = False
        number = self.object_list.order_by()[: self.counted_at_most + 1].count()  # in no order: an index may do
        if number > self.counted_at_most:
            self.is_bounded, number = True, self.counted_at_most
        return number


class BoundedCountAdmin(admin.ModelAdmin):
    """For tables of which old and rare rows are deleted: they may be sorted, but are counted up to a limit."""

    paginator = BoundedPaginator
    show_full_result_count = False


class BoundedListAdmin(BoundedCountAdmin):
    """For tables of any size: no list counts or sorts all rows."""

    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER


def containing(rows: QuerySet, text: Func, typed: str) -> QuerySet:
    """Those of these rows whose `text` contains each of the typed words ("..." are one), whatever the case. `text` is
    in capitals and has an index of trigrams. Words of one or two letters are sought among the newest rows.

    Few hits are found first, by that index: in a sorted list Postgres might read all rows in its order for a word that
    it takes for a frequent one."""
    words = [word for each in smart_split(typed) if (word := _unquoted(each))][:_WORDS]
    wanted = Q()
    for word in words:
        wanted &= Q(sought_in__contains=word.upper())
    if words and max(map(len, words)) < _TRIGRAM:
        edge = rows.model._default_manager.order_by("-pk").values("pk")[_SEARCHED_FOR_SHORT_WORDS:][:1]
        newest = rows.filter(pk__gt=edge[0]["pk"]) if edge else rows
        return newest.alias(sought_in=text).filter(wanted)
    hits = rows.alias(sought_in=text).filter(wanted)
    some = list(hits.order_by().values_list("pk", flat=True)[: _SURELY_FEW + 1])
    return hits if len(some) > _SURELY_FEW else rows.filter(pk__in=some)


def _unquoted(word: str) -> str:
    return unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word


class CheckedAgain(admin.ModelAdmin):
    """A form that passed its check may be refused all the same when it is saved: meanwhile somebody saved something
    else, or the time of a scheduled article came. Nothing was saved then, and another check finds what changed and
    says it at its field."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, ValidationError):
            for upload in request.FILES.values():
                upload.seek(0)
            return super().changeform_view(request, *args, **kwargs)


class WithoutBulkDelete(admin.ModelAdmin):
    """Rows are deleted one by one, if at all."""

    def get_actions(self, request, action_location=None):
        """`action_location` is new in Django 6.1."""
        location = {} if action_location is None else {"action_location": action_location}
        actions = super().get_actions(request, **location)
        return {name: action for name, action in actions.items() if name != "delete_selected"}


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows can only be viewed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
