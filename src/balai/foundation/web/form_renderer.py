"""How forms become HTML: labels, hints and errors that a screen reader connects by itself."""

from django.forms.renderers import TemplatesSetting


class BalaiFormRenderer(TemplatesSetting):
    """Render with the templates of this room; ``{{ form }}`` equals ``{{ form.as_div }}``."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/field.html"
