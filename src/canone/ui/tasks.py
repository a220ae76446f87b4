"""The kit's own work: forgetting who has not asked for long."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base import tasks
from canone.ui import services

KEPT_MINUTES = 24 * 60


@tasks.every("ui.forget_requests", days=1)
@tasks.job("ui.forget_requests", title=gettext_lazy("Forget how often programs asked"))
def forget_requests(work: tasks.Work) -> None:
    """Return nothing after taking away the counts of those who did not ask for a day."""
    minute = int(timezone.now().timestamp()) // 60
    gone = services.forget_requests(before=minute - KEPT_MINUTES)
    work.report({"lines": [[str(_("Callers")), gone]]})
