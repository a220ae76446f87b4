"""The WSGI application that the server runs."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canone.config.settings")
# What is made while starting stays for good: looking for garbage in it would only cost time.
gc.disable()
# Behind a proxy, the address of who asks stands in X-Forwarded-For; known proxies are believed.
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), settings.PROXIES)
import_module("canone.config.urls")
gc.freeze()
gc.enable()
