from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "balai.foundation.jobs"
    label = "jobs"
