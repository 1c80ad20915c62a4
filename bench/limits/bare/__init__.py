"""The baseline of the article page: a project as made by startproject, with one view of three queries."""
