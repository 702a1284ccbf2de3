"""Troubles that last are told once."""

from penstock.model.news import News


def test_a_trouble_is_told_once_until_it_changes_or_is_over() -> None:
    news: News[str] = News()
    assert not news.is_over("journal")
    assert news.is_new("journal", "it is locked")
    assert not news.is_new("journal", "it is locked")
    assert news.is_new("other", "it is locked")
    assert news.is_new("journal", "it is gone")
    assert news.is_over("journal")
    assert not news.is_over("journal")
    assert news.is_new("journal", "it is gone")
