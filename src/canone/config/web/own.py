"""A person's own page: name, language, appearance, keys, password."""

from __future__ import annotations

from django import forms as django_forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.access import services
from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import User
from canone.ui import forms, pages
from canone.ui.heads import Action, Head
from canone.ui.pages import PageRequest, page


class OwnForm(forms.ModelForm):
    """What everybody decides for themselves."""

    panels = [
        forms.Panel(gettext_lazy("You"), ["name", "language"]),
        forms.Panel(gettext_lazy("Appearance"), ["theme", "density"]),
        forms.Panel(gettext_lazy("Keyboard"), ["single_keys"]),
    ]
    single_keys = forms.SwitchField(
        label=gettext_lazy("Single keys work without Ctrl"),
        help_text=gettext_lazy("Switch them off if you dictate, or if they get in your way."),
    )

    class Meta:
        model = User
        fields = ["name", "language", "theme", "density", "single_keys"]
        widgets = {"theme": django_forms.RadioSelect, "density": django_forms.RadioSelect}


@page(SIGNED_IN)
def own(request: PageRequest) -> HttpResponse:
    """Show and change one's own settings."""
    form = OwnForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        services.update(user=form.instance, **form.cleaned_data)
        return pages.done(request, _("Saved."), reverse("own"))
    head = Head(
        _("Your page"),
        subtitle=request.user.email,
        actions=[
            Action(_("Where you are signed in"), reverse("own_sessions"), "computer"),
            Action(_("Change the password"), reverse("account_change_password"), "lock"),
            Action(_("Passkeys and second factor"), reverse("mfa_index"), "key"),
        ],
    )
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=reverse("start")))
