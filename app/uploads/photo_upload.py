"""Lets learners collect photos of their own, class by class: with the camera, from files, or as one zip file.

Until the learner uses them, the photos are only in the memory of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlparse

import numpy as np
import streamlit as st

from app.components.photo_rows.photo_rows import photo_rows
from app.state import data_owner, url_state
from app.streamlit_fixes import UploadedFile
from app.uploads import upload_popover
from app.uploads.markdown import escaped
from app.uploads.upload_slot import file_uploader, files_uploader
from core.experiment.checks import BadValue
from core.user_data import photo_album, picture_zip, storage
from core.user_data.small_pictures import EACH

Photos = dict[str, list[np.ndarray]]  # by class
WIDE = 300  # pixels of the camera's picture on the page, so that its button is in sight
REFUSED = 3  # sentences about files that cannot be used
CAMERA, FILES, ZIP = "Camera", "Files", "Zip file"
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp")  # phones offer their camera for these
NO_CAMERA = (
    "Browsers give a page the camera only over https or on localhost. On a phone, the button below offers the camera, "
    "too."
)
LIMITS = (
    f"Name a class, such as “cup”, and take or choose at least {storage.LEAST} photos of it. Then do the same for the "
    f"next class. There may be {picture_zip.CLASSES[0]} to {picture_zip.CLASSES[1]} classes and "
    f"{picture_zip.PICTURES:,} photos. The app keeps only the square in the middle of each photo, without its place "
    "and date."
)
USE = "Use these photos, and keep them on the computer that serves this app"


def photo_popover(slug: str, value: str, take: Callable[[str], object]) -> None:
    """Draws the popover in which photos are collected. `value` names the data in use."""
    at = url_state.key(slug, "photos")
    with upload_popover.popover("Photos", at, ":material/photo_camera:", "content"):
        st.fragment(collect)(at, value, take)


def collect(at: str, value: str, take: Callable[[str], object]) -> None:
    """Draws the form. Only the form is drawn again for each photo, so that the next one can follow at once."""
    if st.session_state.pop(f"{at}.used", False):
        st.rerun()  # the whole page, because it has other data now
    photos = collection(at)
    st.caption(LIMITS)
    secure = has_camera(st.context.url or "")
    ways = (CAMERA, FILES, ZIP) if secure else (FILES, ZIP)
    way = st.segmented_control("Where the photos come from", ways, default=ways[0], key=f"{at}.way", required=True)
    if not secure:
        st.caption(NO_CAMERA)
    if way == ZIP:
        largest = picture_zip.LARGEST // 1_000_000
        file_uploader(
            "A zip file with a folder for each class", f"{at}.zip", largest, lambda file: take_zip(at, file, take)
        )
    else:
        st.text_input("Name of the class", value="class 1", key=f"{at}.class", max_chars=photo_album.NAME)
        if way == CAMERA:
            camera(at)
        else:
            most, of = EACH // 1_000_000, "Photos of this class"
            files_uploader(of, f"{at}.file", most, lambda files: add_all(at, files), PICTURES)
    refused = st.session_state.get(f"{at}.refused", [])
    for why in refused[:REFUSED]:
        st.warning(why)
    if len(refused) > REFUSED:
        st.warning(f"{len(refused) - REFUSED} more files cannot be used.")
    if not photos and photo_album.exists(value) and data_owner.owns(value):
        st.button("Add to the photos in use", on_click=restore, args=(at, value), key=f"{at}.restore")
    if photos:
        photo_rows(photos, f"{at}.rows", lambda name, number: remove(at, name, number))
        st.button(USE, type="primary", icon=":material/check:", on_click=use, args=(at, take), key=f"{at}.use")
    st.caption(upload_popover.KEPT)


def has_camera(address: str) -> bool:
    """Returns whether a browser gives its camera to a page with this address."""
    parts = urlparse(address)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")


def camera(at: str) -> None:
    """Draws the camera. It has a new key after each photo, so that the next one can be taken at once."""
    turn = st.session_state.setdefault(f"{at}.camera.turn", 0)

    def given() -> None:
        file = st.session_state[f"{at}.camera.{turn}"]
        if isinstance(file, UploadedFile):
            st.session_state[f"{at}.camera.turn"] = turn + 1
            add_all(at, [file])

    st.camera_input("Take a photo", key=f"{at}.camera.{turn}", on_change=given, width=WIDE)


def collection(at: str) -> Photos:
    """Returns the photos that were collected in this session."""
    photos: Photos = st.session_state.setdefault(f"{at}.collected", {})
    return photos


def add_all(at: str, files: Sequence[UploadedFile]) -> None:
    """Adds photos to the class that the learner has named, and notes which cannot be added and why."""
    refused: list[str] = []
    for file in files:
        try:
            add(collection(at), photo_album.clean_name(st.session_state[f"{at}.class"]), file.getvalue(), file.name)
        except BadValue as error:
            refused.append(str(error))
    st.session_state[f"{at}.refused"] = refused


def add(photos: Photos, name: str, data: bytes, file: str) -> None:
    """Adds a photo to a class. Raises BadValue with a sentence if it cannot be added."""
    if not name:
        raise BadValue("Type the name of the class first.")
    if sum(map(len, photos.values())) >= picture_zip.PICTURES:
        raise BadValue(f"There may be at most {picture_zip.PICTURES:,} photos.")
    photo = photo_album.read_photo(data, file)
    photos.setdefault(name, []).append(photo)


def remove(at: str, name: str, number: int) -> None:
    """Removes a photo of a class, or the whole class if the number is -1."""
    photos = collection(at)
    if name not in photos:
        return
    if 0 <= number < len(photos[name]):
        del photos[name][number]
    if number < 0 or not photos[name]:
        del photos[name]


def restore(at: str, value: str) -> None:
    """Begins the collection with the photos that are in use."""
    st.session_state[f"{at}.collected"] = dict(photo_album.load(value).by_class)


def use(at: str, take: Callable[[str], object]) -> None:
    """Stores the photos that were collected and selects them, or notes why nets cannot learn them."""
    store(at, lambda: photo_album.keep_collected(collection(at)), take)


def take_zip(at: str, file: UploadedFile, take: Callable[[str], object]) -> None:
    """Stores the photos in a zip and selects them, or notes why they cannot be used."""
    store(at, lambda: photo_album.keep(file.getvalue(), file.name), take, f"{escaped(file.name)} cannot be used. ")


def store(at: str, keep: Callable[[], str], take: Callable[[str], object], before: str = "") -> None:
    """Stores photos and selects them. The popover closes, and the collection is empty again."""
    try:
        name = keep()
        data_owner.claim(name)
    except BadValue as error:
        st.session_state[f"{at}.refused"] = [f"{before}{error}"]
        return
    for part in ("collected", "refused"):
        st.session_state.pop(f"{at}.{part}", None)
    st.session_state[f"{at}.used"] = True
    take(name)
    upload_popover.close(at)
