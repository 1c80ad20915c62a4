from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"


class NewsroomConfig(admin.AdminConfig):
    default = False  # of this module, where Django would else not know which one "portal" means
    default_site = "portal.newsroom.Newsroom"
