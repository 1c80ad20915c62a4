"""Long results for streamed answers, in batches."""


def by_id(queryset, row, *, size: int = 1_000):
    """Lists of at most `size` rows of the queryset in order of id; `row` is a NamedTuple whose first field is `id` and
    whose fields are columns as .values_list() takes them.

    A short query a batch instead of one cursor: a reader on a slow line would hold its transaction open for hours.
    """
    last, columns = 0, queryset.order_by("id").values_list(*row._fields)
    while batch := [row._make(values) for values in columns.filter(id__gt=last)[:size]]:
        yield batch
        last = batch[-1].id
