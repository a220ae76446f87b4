"""What files need done regularly."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.files import services
from canone.base.tasks import registry
from canone.base.tasks.registry import Work


@registry.every("files.sweep", days=1)
@registry.job("files.sweep", title=gettext_lazy("Remove what is left of interrupted uploads"))
def sweep(work: Work) -> None:
    """Return nothing after removing bytes that no record knows."""
    freed = services.sweep(at=timezone.now())
    work.report({"lines": [[_("Bytes freed"), freed]]})
