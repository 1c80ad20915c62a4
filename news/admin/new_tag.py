"""Tags that are made in the form of an article, without leaving it: one by one beside typing, or, where no script
runs, by their names when the article is saved."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import ModelForm, modelform_factory
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from news import tags, words
from news.admin.taxonomy import TagForm
from news.models import MergedTag, Tag
from news.models.taxonomy import one_line

_NewTagForm = modelform_factory(Tag, form=TagForm, fields=["name", "slug"])


@require_POST
def new_tag(request: HttpRequest) -> JsonResponse:
    """Answers with a `tag`: the one that has this name, had it once, or is made; with those that are `near`, to choose
    from, unless `sure`; or with a `problem`."""
    if not request.user.has_perm("news.add_tag"):
        raise PermissionDenied
    name = one_line(request.POST.get("name", ""))
    if found := existing(name):
        return JsonResponse({"tag": _shown(found), "told": _told(name, found)})
    if not request.POST.get("sure") and (alike := tags.near(name)):
        used = tags.counts(tag.pk for tag in alike)
        near = [_shown(tag) | {"used": tags.shown_count(used[tag.pk])} for tag in alike]
        return JsonResponse({"name": name, "near": near})
    form = form_for(name, sure=True)
    if not form.is_valid():
        return JsonResponse({"problem": " ".join(problems(form))})
    return JsonResponse({"tag": _shown(made(request, form)), "told": f"Tag “{name}” dibuat."})


def existing(name: str) -> Tag | None:
    """The tag that has this name, whatever its case and hyphens, or into which one with this name was merged."""
    if found := Tag.objects.filter(Q(name__iexact=name) | Q(slug=_slug(name))).first():
        return found
    merged = MergedTag.objects.with_names([name.lower()]).first()
    return merged.target if merged else None


def form_for(name: str, *, sure: bool) -> ModelForm:
    """The form that checks this name as the page of tags does; unless `sure`, it names those that are almost the
    same."""
    return _NewTagForm({"name": name, "slug": _slug(name), "asked": name if sure else ""})


def problems(form: ModelForm) -> list[str]:
    """What is wrong with the name, each once."""
    return [*dict.fromkeys(str(each) for errors in form.errors.values() for each in errors)]


def made(request: HttpRequest, form: ModelForm) -> Tag:
    tag: Tag = form.save()
    admin.site.get_model_admin(Tag).log_addition(request, tag, [{"added": {}}])
    return tag


def _slug(name: str) -> str:
    return words.slug(name)[: Tag._meta.get_field("slug").max_length].strip("-")


def _told(name: str, tag: Tag) -> str:
    return "" if _slug(name) == tag.slug else f"“{name}” sudah digabungkan ke “{tag}”, yang kini dipakai."


def _shown(tag: Tag) -> dict[str, object]:
    return {"id": tag.pk, "text": tag.name}
