from tests.faults.stories import STORIES

from canone.base.tasks import registry


def test_every_kind_of_background_work_has_a_story_of_its_death() -> None:
    """`tests/faults/test_every_task.py` kills server and worker at commits of each.

    A worker whose work reaches out of the house dies before and after every commit; all else dies
    at three moments: at the start, half-way and at the end.
    """
    assert set(registry.codes()) == set(STORIES)
