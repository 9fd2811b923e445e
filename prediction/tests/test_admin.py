"""The admin's pages of what programs make."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from prediction.models import Background, Signature
from prediction.training import rebuild
from tweets.tests.cast import make_cast

pytestmark = pytest.mark.django_db


def test_the_list_of_signatures_loads_no_model_and_no_sample(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_cast(20)
    rebuild.rebuild_all()
    assert Signature.objects.count() == 3
    address = reverse("admin:prediction_signature_changelist")
    for asked in (address, f"{address}?background__is_current__exact=1"):
        with django_assert_max_num_queries(5) as queries:
            answer = admin_client.get(asked)
        assert answer.status_code == 200
        assert str(Background.objects.get()) in answer.content.decode()
        for query in queries.captured_queries:
            assert '"sample"' not in query["sql"]
            assert '"model"' not in query["sql"]
