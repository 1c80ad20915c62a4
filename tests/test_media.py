"""Serving of uploaded files: caching, security headers, and smaller files for Save-Data."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

NAME = "foto/2026/11/0123456789abcdef"
SAVING = {"Save-Data": "on"}


@pytest.fixture(autouse=True)
def photo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    for width in (400, 800, 1600):
        for extension in ("jpg", "webp"):
            default_storage.save(f"{NAME}-{width}.{extension}", ContentFile(f"{extension} {width} ".encode() * width))
    default_storage.save(f"{NAME}-1200x630.jpg", ContentFile(b"untuk dibagikan"))
    default_storage.save("foto/2026/11/aaaaaaaaaaaaaaaa-200.jpg", ContentFile(b"foto kecil"))


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_picture_is_cached_for_ever_and_cannot_run_scripts(client):
    response = client.get(f"/media/{NAME}-1600.webp")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response).startswith(b"webp 1600 ")


@pytest.mark.parametrize("width", [400, 800, 1600])
@pytest.mark.parametrize(("extension", "kind"), [("jpg", "image/jpeg"), ("webp", "image/webp")])
def test_save_data_gets_the_smallest_rendition_of_the_same_format(client, width, extension, kind):
    response = client.get(f"/media/{NAME}-{width}.{extension}", headers=SAVING)
    content = body(response)
    assert response.status_code == 200
    assert content.startswith(f"{extension} 400 ".encode())
    assert response["Content-Type"] == kind
    assert response["Content-Length"] == str(len(content))
    assert response["Vary"] == "Save-Data"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("wish", [None, "", "off", "1"])
def test_without_save_data_the_requested_file_is_served(client, wish):
    response = client.get(f"/media/{NAME}-800.jpg", headers={} if wish is None else {"Save-Data": wish})
    assert body(response).startswith(b"jpg 800 ")
    assert response["Vary"] == "Save-Data"  # a cache must not serve it to clients that send Save-Data


def test_save_data_gets_a_picture_that_is_already_small(client):
    assert body(client.get("/media/foto/2026/11/aaaaaaaaaaaaaaaa-200.jpg", headers=SAVING)) == b"foto kecil"


def test_save_data_gets_the_requested_file_if_no_smaller_one_exists(client):
    default_storage.delete(f"{NAME}-400.jpg")
    assert body(client.get(f"/media/{NAME}-800.jpg", headers=SAVING)).startswith(b"jpg 800 ")


@pytest.mark.parametrize("name", [f"{NAME}-1600.webp", f"{NAME}-800.webp"])
def test_webp_that_the_worker_has_not_made_yet_is_a_jpeg_for_an_hour(client, name):
    for width in (400, 800, 1600):
        default_storage.delete(f"{NAME}-{width}.webp")
    response = client.get(f"/media/{name}")
    assert body(response).startswith(b"jpg 1600 " if "1600" in name else b"jpg 800 ")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "public, max-age=3600")
    assert body(client.get(f"/media/{name}", headers=SAVING)).startswith(b"jpg 400 ")
    default_storage.save(name, ContentFile(b"webp"))
    response = client.get(f"/media/{name}", headers={"If-None-Match": response["ETag"]})
    assert (body(response), response["Cache-Control"]) == (b"webp", "public, max-age=31536000, immutable")


def test_no_other_file_stands_in_for_one_that_is_missing(client):
    for name in ("foto/2026/11/bbbbbbbbbbbbbbbb-400.webp", f"{NAME}-200.webp", f"{NAME}-16x9.webp", f"{NAME}-400.png"):
        assert client.get(f"/media/{name}").status_code == 404


def test_a_picture_for_sharing_is_the_same_for_everyone(client):
    response = client.get(f"/media/{NAME}-1200x630.jpg", headers=SAVING)
    assert body(response) == b"untuk dibagikan"
    assert "Save-Data" not in response.get("Vary", "")


def test_pictures_are_not_compressed_again(client):
    response = client.get(f"/media/{NAME}-1600.jpg", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response
    assert response["Content-Length"] == str(len(body(response)))


def test_pages_are_still_compressed(client, db):
    page = client.get("/berita", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Save-Data" not in page["Vary"]


def test_a_head_request_returns_the_length(client, db):
    response = client.head(f"/media/{NAME}-800.jpg", headers=SAVING)
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(b"jpg 400 " * 400))
    response.close()


def test_a_cached_picture_is_not_sent_again_unless_the_size_differs(client, db):
    address = f"/media/{NAME}-800.jpg"
    large, small = client.get(address), client.get(address, headers=SAVING)
    large.close()
    small.close()
    assert large["ETag"] != small["ETag"]
    validators = {"If-None-Match": large["ETag"], "If-Modified-Since": large["Last-Modified"]}
    again = client.get(address, headers=validators)
    assert again.status_code == 304
    assert again["Vary"] == "Save-Data"
    other = client.get(address, headers=validators | SAVING)
    assert other.status_code == 200
    assert body(other).startswith(b"jpg 400 ")
    assert client.get(address, headers={"If-Modified-Since": large["Last-Modified"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "foto/2026/11/bbbbbbbbbbbbbbbb-800.jpg",
        "foto",
        "foto/2026/11/",
        "../secret_key",
        "%2e%2e/secret_key",
        "a" * 5000,
    ],
)
def test_paths_that_are_no_media_file_are_not_found(client, db, path):
    for headers in ({}, SAVING):
        assert client.get(f"/media/{path}", headers=headers).status_code == 404
