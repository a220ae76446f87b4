"""Work that joins contexts: the journal's head goes where the database file does not."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from canone.base import tasks
from canone.base.access import queries as access
from canone.base.access.functions import Role
from canone.base.firm import queries as firm
from canone.base.history import queries as history
from canone.base.history import services as journal
from canone.base.mail import registry
from canone.base.mail import services as mail
from canone.config.erasing import subjects
from canone.config.erasing.parts import PARTS
from canone.config.erasing.services import erasing
from canone.registers.parties.rules.erasure import Of

SAMPLE = {"firm": "Assistenza Lario", "count": "812", "head": f"812:{'9f86d081' * 8}", "faults": ""}
KEY = registry.declare("config/journal_head", _("Head of the journal, to the owners"), SAMPLE)


@tasks.every("config.journal_head", days=7)
@tasks.job("config.journal_head", title=_("Prove the journal and mail its head"))
def mail_head(work: tasks.Work) -> None:
    """Return nothing after every owner was sent the head, or told what does not hold."""
    head = history.head()
    problems = journal.verify(expected_head=head)
    if head.seq == 0 and not problems:
        return
    faults = ", ".join(f"{problem.seq} ({problem.code})" for problem in problems[:20])
    words = {"firm": firm.firm().name, "count": str(head.seq), "head": str(head), "faults": faults}
    owners = list(access.holders(Role.OWNER))
    for owner in owners:
        letter = mail.Letter(
            to=owner.email,
            language=owner.language,
            template=KEY,
            words=words,
            key=f"journal:{work.job_id}:{owner.pk}",
        )
        mail.queue(letter, at=timezone.now(), by=None)
    lines = [[str(_("Entries")), head.seq], [str(_("Faults")), len(problems)]]
    work.report({"lines": [*lines, [str(_("Owners")), len(owners)]]})


@tasks.job(erasing.KIND, title=_("Erase what is known of somebody"))
def erase(work: tasks.Work) -> None:
    """Return nothing after everything is erased that need not be kept."""
    now = timezone.now()
    of, number = Of(work.params["of"]), work.params["id"]
    if erasing.is_gone(of, number):
        return
    who = subjects.find(of, number, at=now)
    work.progress(0, 0)
    counts = erasing.erase(
        who,
        reason=erasing.ErasureReason(work.params["reason"]),
        at=now,
        by=work.user_id,
        after=work.params["after"],
        step=work.check_cancelled,
    )
    said = [[str(PARTS[code].title), count] for code, count in counts.items() if count]
    work.report({"lines": said, "notes": [str(remark) for remark in erasing.REMARKS]})
