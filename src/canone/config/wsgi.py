"""The WSGI application that the server runs."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canone.config.settings")
# What is made while starting stays for good: looking for garbage in it would only cost time.
gc.disable()
application = get_wsgi_application()
import_module("canone.config.urls")
gc.freeze()
gc.enable()
