"""Where articles stand: in which stretch of 30 days, and there in which category and district. The word index has
these places beside the words, so that Postgres finds the hits of a word in one place without reading its others.

A place is a number, made by the database (migration 0030), where the index needs it. A category has another place in
each stretch: then one short list in the index says both. Places come first in the index: in this order Postgres leaves
a place as soon as one of the words has no more articles there."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Func, Q

_LIST = ArrayField(BigIntegerField())
PLACES = Func(F("published_at"), F("category"), F("district"), function="news_places", output_field=_LIST)
_STEP = 10_000  # as in the database: more than there are stretches from 1900 to 2100


class Narrowing(NamedTuple):
    """To which articles a search is narrowed: to a category, a district, a span of time."""

    category: int | None = None
    district: int | None = None
    first: datetime | None = None  # both or neither
    after: datetime | None = None  # where the span ends; no longer a part of it

    @property
    def places(self) -> Func:
        """The places in which such an article of the stretch `stretch` stands."""
        of_category = f"{_STEP * self.category} + stretch" if self.category else ""
        of_district = f"-({_STEP * self.district} + stretch)" if self.district else ""
        wanted = ", ".join(filter(None, [of_category, of_district])) or "stretch"
        return Func(template=f"ARRAY[{wanted}]", output_field=_LIST)

    @property
    def condition(self) -> Q:
        """For a filter of articles."""
        span = Q(published_at__gte=self.first, published_at__lt=self.after) if self.first and self.after else Q()
        category = Q(category=self.category) if self.category else Q()
        district = Q(district=self.district) if self.district else Q()
        return Q(pk__isnull=False) & span & category & district

    @property
    def is_met(self) -> ExpressionWrapper:
        """The condition as a column: given a filter Postgres might read the index of a category from end to end."""
        return ExpressionWrapper(self.condition, output_field=BooleanField())


EVERYWHERE = Narrowing()
