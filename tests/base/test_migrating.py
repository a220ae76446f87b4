from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

from canone.base import migrating


def test_a_copy_is_the_field_that_django_would_build() -> None:
    state = MigrationLoader(None).project_state()
    fields = [(name, f) for m in state.models.values() for name, f in m.fields.items()]
    assert len(fields) > 1000
    for name, field in fields:
        copied, rebuilt = migrating.clone(field), migrating._rebuilt(field)
        assert type(copied) is type(rebuilt)
        assert copied.deconstruct()[1:] == rebuilt.deconstruct()[1:], name
        assert copied.auto_created == rebuilt.auto_created


def test_a_copy_stands_after_what_was_made_before_it() -> None:
    first, second = models.IntegerField(), models.IntegerField()
    later = migrating.clone(first)
    assert first.creation_counter < second.creation_counter < later.creation_counter


def test_a_key_that_django_adds_stands_before_all_fields() -> None:
    field = models.IntegerField()
    key = migrating.clone(models.BigAutoField(auto_created=True, primary_key=True))
    assert key.creation_counter < field.creation_counter


def test_a_copy_shares_nothing_that_a_model_would_change() -> None:
    field = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    copied = migrating.clone(field)
    ours, theirs = copied.remote_field, field.remote_field
    assert ours is not None
    assert theirs is not None
    assert ours is not theirs
    assert (ours.field, theirs.field) == (copied, field)


def test_a_copy_forgets_what_was_worked_out_before_its_relations_were_known() -> None:
    field = models.ForeignKey("access.User", models.CASCADE, related_name="+")
    assert field.related_model == "access.User"
    copied = migrating.clone(field)
    assert copied.remote_field is not None
    copied.remote_field.model = apps.get_model("access", "User")
    assert copied.related_model is apps.get_model("access", "User")


def test_a_field_of_a_model_is_built_anew() -> None:
    model = apps.get_model("access", "User")
    cloned = migrating.clone(model._meta.get_field("email"))
    assert not hasattr(cloned, "model")


def test_the_program_migrates_so() -> None:
    assert models.Field.clone is migrating.clone
