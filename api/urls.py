"""The router as a table of contents."""

urlpatterns = []
