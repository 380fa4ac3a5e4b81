"""Blobs that were read are at hand for whoever reads them again, within bounds."""

from judgegate.change.objects import LARGEST_CACHED, BlobCache


def test_a_blob_is_kept_until_others_need_the_room() -> None:
    cache = BlobCache(size=10)
    cache.add("a", b"1234")
    cache.add("b", b"5678")
    assert cache.get("a") == b"1234"
    cache.add("c", b"9012")
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("c")) == (b"1234", b"9012")


def test_a_blob_counts_once_however_often_it_is_read() -> None:
    cache = BlobCache(size=10)
    for _ in range(9):
        cache.add("a", b"1234")
    cache.add("b", b"567890")
    assert (cache.get("a"), cache.get("b")) == (b"1234", b"567890")


def test_an_empty_blob_is_kept_and_a_large_one_is_not() -> None:
    cache = BlobCache(size=4 * LARGEST_CACHED)
    cache.add("empty", b"")
    cache.add("large", bytes(LARGEST_CACHED + 1))
    assert cache.get("empty") == b""
    assert cache.get("large") is None
