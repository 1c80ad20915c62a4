from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from bench.limits.bare.models import Article


def article(request, pk):
    return render(request, "article.html", {"article": get_object_or_404(Article, pk=pk)})


def tag(request, pk):
    return HttpResponse("")  # exists only for {% url %}
