from django.urls import path

from bench.limits.bare import views

urlpatterns = [path("artikel/<int:pk>", views.article, name="article"), path("tag/<int:pk>", views.tag, name="tag")]
