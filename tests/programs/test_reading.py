"""Reading as of one moment: on a connection that nobody has used yet, and nested."""

import pytest
from django.db import DatabaseError, connection

from programs.models import Country
from programs.reading import Disagreement, Index, at_one_moment, require_same


@pytest.mark.django_db(transaction=True)
def test_a_reading_may_be_the_first_use_of_a_connection():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        del connection.transaction_mode  # as before the first use
        connection.connection, memory = None, connection.connection
    else:
        connection.close()
        memory = None
    try:
        with at_one_moment() as is_one:
            assert is_one
    finally:
        if memory is not None:
            connection.connection.close()
            connection.connection = memory


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_while_reading_and_everything_afterwards():
    with pytest.raises(DatabaseError), at_one_moment():
        Country.objects.create(code="XA", name_en="A", name_id="A")
    Country.objects.create(code="XA", name_en="A", name_id="A")
    assert Country.objects.filter(pk="XA").exists()


@pytest.mark.django_db(transaction=True)
def test_a_reading_within_a_reading_is_of_the_same_moment():
    with at_one_moment(), at_one_moment() as is_one:
        assert is_one
    assert not connection.in_atomic_block


def test_whoever_is_in_one_list_only_is_refused_by_name_of_the_list():
    assert Index("ab", what="letters")["b"] == 1
    with pytest.raises(Disagreement, match="letters"):
        Index("ab", what="letters")["c"]
    with pytest.raises(Disagreement, match="letters"):
        require_same("ab", "abc", what="letters")
    require_same("ab", "ba", what="letters")
