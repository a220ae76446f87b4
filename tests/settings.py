"""The product's settings, made for tests: a data folder of their own, and nothing slow."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_data = Path(tempfile.mkdtemp(prefix="canone-test-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)

os.environ["CANONE_DATA"] = str(_data)
os.environ.setdefault("CANONE_ASSETS", str(ROOT / "var" / "assets"))
os.environ["CANONE_STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
os.environ["CANONE_SECRET_KEY"] = "only-for-tests"
os.environ["CANONE_PROCESS"] = "test"
os.environ["CANONE_SENTRY_DSN"] = os.environ["CANONE_METRICS_TOKEN"] = ""
# tests ask in bursts; those of the limits set their own
os.environ["CANONE_API_RATE"] = os.environ["CANONE_API_ADDRESS_RATE"] = "0"

from canone.config.settings import *  # noqa: E402, F403 (the environment is read at import)
from canone.config.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: other threads and killed processes see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
