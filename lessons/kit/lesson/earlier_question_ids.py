"""Lists the ids that questions had while an id was a hash of the question's words. Old progress names them."""

from __future__ import annotations

EARLIER_IDS = {  # by lesson, in the order of its questions
    "label_worth": ("ba644783", "30a2f68c", "53beb0d3"),
    "fast_start": ("76117c5a", "5a5c2914"),
    "small_step": ("a4396b68", "ca38c309", "126ae0c4"),
    "what_was_learned": ("6a7eb9c3", "8b3012e3", "90c32eca"),
    "one_valley": ("4ebf1c3c", "b5abe15e", "028a1abe"),
    "one_backbone": ("c26cffab", "90fc9e14"),
    "more_data": ("c3123ea9", "b6f8d78c", "3f25b064"),
    "the_bill": ("40d90135", "23137eaf", "695aba8e"),
    "wrong_teacher": ("51542eaf", "292f9f59", "cbbdc047"),
    "day_it_forgot": ("cbd9654b", "cb905156", "0abc9e8b"),
    "ways_to_remember": ("a4e85dc1", "f4c849fa", "00f43560"),
    "tiny_patches": ("55dcad96", "145d13ce", "49a20d42"),
    "guess_next": ("1359f1e8", "78c47387"),
    "new_subject": ("0a199fee", "1de5c60d", "38921b71"),
    "parrot_to_helper": ("bb79a9b3", "2f5d205c", "05655626"),
    "be_careful": ("fd41e5cf", "7daaacd4", "e8711a06"),
    "without_learning": ("0dde9b23", "541397e6", "82911031"),
    "kind_words": ("891483c9", "c056d750"),
}
