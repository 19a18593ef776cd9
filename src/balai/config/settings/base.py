"""Settings that every installation shares. The environment is read here and nowhere else.

What a city may change (name, colours, calendar, rules) is data, not a setting.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONCE

from balai.config.database import database_from_url
from balai.config.modules import ENGINES, FOUNDATION, MODULES
from balai.config.secret_keys import load_or_create_keys

PACKAGE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("BALAI_DATA", ".balai")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

_city_toml = DATA_DIR / "city.toml"
CITY_TOML: dict[str, Any] = tomllib.loads(_city_toml.read_text("utf-8")) if _city_toml.exists() else {}
BALAI_MODULES_OFF: list[str] = CITY_TOML.get("modules", {}).get("off", [])

_keys = load_or_create_keys(DATA_DIR / "keys.json")
SECRET_KEY = _keys["secret_key"]
SECRET_KEY_FALLBACKS: list[str] = _keys.get("secret_key_fallbacks", [])
# Columns with identity numbers and telephones; the first key encrypts, all of them decrypt.
BALAI_FIELD_KEYS: list[str] = _keys["field_keys"]
BALAI_INDEX_KEY: str = _keys["index_key"]

# Keys and certificates of documents, made by `balai documents authority`; fonts that the city adds for its templates.
BALAI_DOCUMENTS_FOLDER = DATA_DIR / "documents"
BALAI_FONTS_FOLDER = DATA_DIR / "fonts"
# Who signs, and whose word on time counts: [documents] in city.toml; without it the demonstration's own authority.
BALAI_DOCUMENTS: dict[str, Any] = CITY_TOML.get("documents", {})
# opens the key file, the device or the remote signer that city.toml names
BALAI_SIGNER_PASSWORD = os.environ.get("BALAI_SIGNER_PASSWORD", "")
# lets this program in at a service that signs for many
BALAI_SIGNER_ACCESS = os.environ.get("BALAI_SIGNER_ACCESS", "")

DEBUG = False
ALLOWED_HOSTS = os.environ.get("BALAI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Whose X-Forwarded-For is believed: limits and locks count visitors, not the reverse proxy they all come through.
BALAI_PROXIES = os.environ.get("BALAI_PROXIES", "127.0.0.1,::1").split(",")
BALAI_BASE_URL = os.environ.get("BALAI_BASE_URL", "http://localhost:8000")
# Where this installation's source can be read; shown on the page about the service.
BALAI_SOURCE_URL = os.environ.get("BALAI_SOURCE_URL", "")
# Who hears about weaknesses: e-mail addresses or https addresses, with commas; /.well-known/security.txt tells them.
BALAI_SECURITY_CONTACT = os.environ.get("BALAI_SECURITY_CONTACT", "")
# True only where example data is loaded: shows the mailbox, the sign-in list and the "example data" line.
BALAI_DEMO = False
# True only for trying things out: programs may be told at http and at private addresses.
BALAI_OUTBOUND_LOCAL = False

INSTALLED_APPS = [
    *MODULES,
    *ENGINES,
    *FOUNDATION,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_tasks",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # weak lines: a page is a quarter of its size; Django pads the answer against guessing by length
    "django.middleware.gzip.GZipMiddleware",
    "balai.foundation.web.middleware.RequestGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "balai.foundation.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "balai.foundation.units.middleware.AuthorityMiddleware",
    "balai.foundation.identity.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "balai.foundation.web.middleware.MapTilesPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "balai.config.urls"
WSGI_APPLICATION = "balai.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "balai.foundation.web.context.frame",
            ],
            "builtins": ["balai.foundation.web.templatetags.balai", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "balai.foundation.web.form_renderer.BalaiFormRenderer"

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR}/balai.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "balai_cache",
    }
}

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "balai.foundation.identity.sign_in.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# shared computers stand in offices: closing the browser ends the session
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "balai.foundation.identity.forms.LoginForm",
    "reauthenticate": "balai.foundation.identity.forms.PasswordAgainForm",
    "reset_password": "balai.foundation.identity.forms.ResetPasswordForm",
    "reset_password_from_key": "balai.foundation.identity.forms.ResetPasswordKeyForm",
    "change_password": "balai.foundation.identity.forms.ChangePasswordForm",
}
# a letter to an address without an account would tell strangers that we tried
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# letters for a new password: an officer's letter box is not filled by somebody else
ACCOUNT_RATE_LIMITS = {"reset_password": "20/h/ip,3/h/key"}
MFA_ADAPTER = "balai.foundation.identity.sign_in.StaffFactorAdapter"
MFA_FORMS = {
    "authenticate": "balai.foundation.identity.forms.CodeForm",
    "reauthenticate": "balai.foundation.identity.forms.CodeAgainForm",
    "activate_totp": "balai.foundation.identity.forms.ActivateForm",
}
# the city makes the accounts and knows the addresses; nobody proves them by a letter
MFA_ALLOW_UNVERIFIED_EMAIL = True
# clocks of telephones go wrong: the code before and the code after count too
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Balai"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# the name under which allauth hands over the address
AXES_USERNAME_FORM_FIELD = "email"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "balai.foundation.identity.views.locked_out"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Indonesia"), ("en", "English")]
# inputs for days and times are written as browsers read them, in every language
FORMAT_MODULE_PATH = "balai.foundation.web.formats"
USE_I18N = True
USE_TZ = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
TIME_ZONE = "Asia/Jakarta"  # the city's own zone is activated per request

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {
        "BACKEND": "balai.foundation.files.storage.DurableFileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# the longest checklist of a visit has thirty lines with three photos each
DATA_UPLOAD_MAX_NUMBER_FILES = 100

TASKS = {"default": {"BACKEND": "balai.foundation.jobs.backend.LeaseBackend", "QUEUES": []}}

EMAIL_BACKEND = os.environ.get("BALAI_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("BALAI_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BALAI_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("BALAI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BALAI_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("BALAI_SMTP_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("BALAI_FROM_EMAIL", "balai@localhost")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "balai.foundation.web.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "geolocation": ["self"],
    "microphone": [],
    "payment": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("BALAI_LOG_LEVEL", "WARNING")},
}
