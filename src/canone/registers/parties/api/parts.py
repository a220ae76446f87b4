"""Sites, contacts and groups."""

from __future__ import annotations

from typing import Any

from canone.registers.parties import permissions
from canone.registers.parties.api import shared
from canone.registers.parties.api.schemas import (
    ContactChange,
    ContactNew,
    ContactOut,
    GroupChange,
    GroupNew,
    GroupOut,
    SiteChange,
    SiteNew,
    SiteOut,
)
from canone.registers.parties.models import Contact, Group, Site
from canone.registers.parties.services import people, places
from canone.ui import api

router = api.Router(tags=["parties"])


@router.get("/sites", response=api.Paged[SiteOut], summary="List sites")
@api.allows(permissions.VIEW)
def list_sites(
    request: api.Request, page: api.Page = api.PAGE, party_id: api.Id | None = None
) -> dict[str, Any]:
    """Return the sites the caller may see, of one party where it is given."""
    return api.cut(shared.of(Site.objects.visible_to(request.user), party_id), page)


@router.get("/sites/{site_id}", response=SiteOut, summary="Read a site")
@api.allows(permissions.VIEW)
def read_site(request: api.Request, site_id: api.Id) -> Site:
    """Return one site."""
    return shared.one(Site.objects.visible_to(request.user), site_id)


@router.post("/sites", response={201: SiteOut}, summary="Add a site")
@api.allows(permissions.CHANGE)
def create_site(request: api.Request, body: SiteNew) -> api.Answer[Site]:
    """Return the new site."""
    return api.Answer(201, places.create(**shared.stamp(request), **shared.values(request, body)))


@router.patch("/sites/{site_id}", response=SiteOut, summary="Change a site")
@api.allows(permissions.CHANGE)
def change_site(request: api.Request, site_id: api.Id, body: SiteChange) -> Site:
    """Return the site after the change."""
    shared.one(Site.objects.visible_to(request.user), site_id)
    return places.update(site_id=site_id, **shared.stamp(request), **shared.values(request, body))


@router.get("/contacts", response=api.Paged[ContactOut], summary="List contacts")
@api.allows(permissions.VIEW)
def list_contacts(
    request: api.Request, page: api.Page = api.PAGE, party_id: api.Id | None = None
) -> dict[str, Any]:
    """Return the contacts the caller may see, of one party where it is given."""
    return api.cut(shared.of(Contact.objects.visible_to(request.user), party_id), page)


@router.get("/contacts/{contact_id}", response=ContactOut, summary="Read a contact")
@api.allows(permissions.VIEW)
def read_contact(request: api.Request, contact_id: api.Id) -> Contact:
    """Return one contact."""
    return shared.one(Contact.objects.visible_to(request.user), contact_id)


@router.post("/contacts", response={201: ContactOut}, summary="Add a contact")
@api.allows(permissions.CHANGE)
def create_contact(request: api.Request, body: ContactNew) -> api.Answer[Contact]:
    """Return the new contact."""
    return api.Answer(
        201, people.create_contact(**shared.stamp(request), **shared.values(request, body))
    )


@router.patch("/contacts/{contact_id}", response=ContactOut, summary="Change a contact")
@api.allows(permissions.CHANGE)
def change_contact(request: api.Request, contact_id: api.Id, body: ContactChange) -> Contact:
    """Return the contact after the change."""
    shared.one(Contact.objects.visible_to(request.user), contact_id)
    return people.update_contact(
        contact_id=contact_id, **shared.stamp(request), **shared.values(request, body)
    )


@router.get("/groups", response=api.Paged[GroupOut], summary="List groups of the address book")
@api.allows(permissions.VIEW)
def list_groups(
    request: api.Request, page: api.Page = api.PAGE, party_id: api.Id | None = None
) -> dict[str, Any]:
    """Return the groups the caller may see, of one party where it is given."""
    return api.cut(shared.of(Group.objects.visible_to(request.user), party_id), page)


@router.get("/groups/{group_id}", response=GroupOut, summary="Read a group")
@api.allows(permissions.VIEW)
def read_group(request: api.Request, group_id: api.Id) -> Group:
    """Return one group."""
    return shared.one(Group.objects.visible_to(request.user), group_id)


@router.post("/groups", response={201: GroupOut}, summary="Add a group")
@api.allows(permissions.CHANGE)
def create_group(request: api.Request, body: GroupNew) -> api.Answer[Group]:
    """Return the new group."""
    return api.Answer(
        201, people.create_group(**shared.stamp(request), **shared.values(request, body))
    )


@router.patch("/groups/{group_id}", response=GroupOut, summary="Change a group")
@api.allows(permissions.CHANGE)
def change_group(request: api.Request, group_id: api.Id, body: GroupChange) -> Group:
    """Return the group after the change."""
    shared.one(Group.objects.visible_to(request.user), group_id)
    return people.update_group(
        group_id=group_id, **shared.stamp(request), **shared.values(request, body)
    )
