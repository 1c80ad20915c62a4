from django.urls import path

from bare import views

urlpatterns = [path("artikel/<int:pk>", views.article, name="article"), path("tag/<int:pk>", views.tag, name="tag")]
