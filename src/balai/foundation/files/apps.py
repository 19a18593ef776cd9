from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "balai.foundation.files"
    label = "files"
