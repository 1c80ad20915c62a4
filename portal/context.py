"""The template variables that every page gets: names, contacts and colours of the site."""

from django.conf import settings

SITE = {
    "site_name": settings.SITE_NAME,
    "site_tagline": settings.SITE_TAGLINE,
    "site_url": settings.SITE_URL,
    "contact_email": settings.CONTACT_EMAIL,
    "publisher": settings.PUBLISHER,
    "office": settings.OFFICE,
    "colours": settings.COLOURS,
    "logo": settings.LOGO,
    "logo_picture": settings.LOGO_PICTURE,
    "colours_css": settings.COLOURS_CSS,
}


def site(request):
    return SITE
