"""The newsroom's roles: five groups and their permissions."""

from django.contrib.auth.models import Group, Permission

_NEWS = ("article", "category", "district", "document", "missingpath", "notice", "page", "photo", "pin", "tag")
_ALL_OF_NEWS = {f"news.{verb}_{model}" for model in _NEWS for verb in ("view", "add", "change", "delete")} | {
    "news.publish_article",
    "news.view_failedsearch",
    "news.view_publishedalone",
    "audit.view_entry",  # of the news; moderation and rights need audit.view_whole_trail
}
_MODERATION = {
    "comments.view_comment",
    "comments.moderate_comment",
    "comments.view_decision",
    "comments.view_office",
}

ROLES = {
    "Penulis": {
        "news.view_article",
        "news.add_article",
        "news.change_article",
        "news.view_photo",
        "news.add_photo",
        "news.change_photo",
        "news.view_document",
        "news.add_document",
        "news.change_document",
        "news.delete_document",  # of drafts: news.admin.documents
        "news.view_category",
        "news.view_district",
        "news.view_tag",
        "news.add_tag",
    },
    "Redaktur": _ALL_OF_NEWS,
    "Moderator": _MODERATION,
    "OPD": {"comments.answer_comment"},  # only for the user's own office
    # portal.admin keeps Administrators from changing superusers and permissions.
    "Administrator": _ALL_OF_NEWS
    | _MODERATION
    | {f"comments.{verb}_office" for verb in ("add", "change", "delete")}
    | {"comments.delete_comment", "comments.view_email", "comments.view_rules"}
    | {"news.view_finding", "news.change_finding", "audit.view_whole_trail"}
    | {"auth.view_user", "auth.add_user", "auth.change_user", "auth.delete_user", "auth.view_group"},
}


def prepare() -> list[str]:
    """Creates the roles and resets their permissions to those listed here; other groups are left alone.

    Returns a sentence for each change. If there is nothing to change it costs two queries.
    """
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type").filter(
            codename__in={name.partition(".")[2] for names in ROLES.values() for name in names}
        )
    }
    groups = {
        group.name: group
        for group in Group.objects.filter(name__in=ROLES).prefetch_related("permissions__content_type")
    }
    changes = []
    for role, wanted in ROLES.items():
        group = groups.get(role)
        if group is None:
            group = Group.objects.create(name=role)
            changes.append(f"Peran {role} dibuat.")
        present = {f"{each.content_type.app_label}.{each.codename}" for each in group.permissions.all()}
        if present == wanted:
            continue
        group.permissions.set([permissions[name] for name in wanted])
        if role in groups:
            changes += [f"Peran {role}: izin {name} diberikan." for name in sorted(wanted - present)]
            changes += [f"Peran {role}: izin {name} dicabut." for name in sorted(present - wanted)]
    return changes
