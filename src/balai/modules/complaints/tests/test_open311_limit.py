"""Lists of Open311 are limited for each address, in the format that was asked for."""

import pytest

from balai.modules.complaints.api import open311_views


@pytest.mark.parametrize("form", ["json", "xml"])
def test_lists_beyond_the_limit_say_when_to_come_back(city, now, client, monkeypatch, form):
    monkeypatch.setattr(open311_views, "LISTS_AN_HOUR", 2)
    address = f"/open311/v2/requests.{form}"
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get(address)
    assert 1 <= int(answer["Retry-After"]) <= 3_600
    assert form in answer["Content-Type"]
    # another visitor is not held up
    assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 200
