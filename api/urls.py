"""The router as a table of contents."""

app_name = "api"
urlpatterns = []
