from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "balai.foundation.documents"
    label = "documents"
