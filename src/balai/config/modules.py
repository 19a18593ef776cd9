"""The one list of rooms. Adding a public module is one line in ``MODULES``."""

MODULES = [
    "balai.modules.complaints",
    "balai.modules.services",
    "balai.modules.queue",
]

ENGINES = [
    "balai.engines.cases",
    "balai.engines.catalogs",
]

FOUNDATION = [
    "balai.foundation.registry",
    "balai.foundation.memory",
    "balai.foundation.rows",
    "balai.foundation.limits",
    "balai.foundation.calendar",
    "balai.foundation.places",
    "balai.foundation.identity",
    "balai.foundation.units",
    "balai.foundation.events",
    "balai.foundation.jobs",
    "balai.foundation.messages",
    "balai.foundation.files",
    "balai.foundation.search",
    "balai.foundation.api",
    "balai.foundation.forms",
    "balai.foundation.documents",
    "balai.foundation.payments",
    "balai.foundation.outbound",
    "balai.foundation.web",
    "balai.foundation.examples",
]
