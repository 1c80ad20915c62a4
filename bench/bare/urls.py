from bare import views
from django.urls import path

urlpatterns = [path("artikel/<int:pk>", views.article, name="article"), path("tag/<int:pk>", views.tag, name="tag")]
