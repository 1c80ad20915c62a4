"""Large query results in batches, for streamed responses."""


def by_id(queryset, row, *, size: int = 1_000):
    """Yields lists of at most `size` rows of the queryset in order of id. `row` is a NamedTuple whose fields are names
    of columns, the first of them `id`.

    One short query per batch instead of a cursor: a client on a slow line would keep its transaction open for hours.
    """
    last, columns = 0, queryset.order_by("id").values_list(*row._fields)
    while batch := [row._make(values) for values in columns.filter(id__gt=last)[:size]]:
        yield batch
        last = batch[-1].id
