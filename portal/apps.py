from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"


class NewsroomConfig(admin.AdminConfig):
    default = False  # otherwise Django could not tell which config of this module "portal" means
    default_site = "portal.newsroom.Newsroom"
