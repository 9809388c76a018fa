"""Defines the words of the guest book, the sentence patterns of its notes, and ten pairs of notes for the learner to
rate.

Every note has ten words: a short clause, a conjunction and a long clause. This module does not import torch, because
lessons show the words too.
"""

from __future__ import annotations

KINDS = {
    "the": ("the", "our", "this", "that"),
    "thing": ("room", "bed", "soup", "tea", "garden", "host", "cook", "cat", "view", "street"),
    "was": ("was", "seemed", "looked", "felt"),
    "how": ("very", "quite", "rather", "so"),
    "we": ("we", "they"),
    "saw": ("had", "met", "found", "remember"),
    "when": ("today", "yesterday", "again", "there"),
    "join": ("and", "but", "while"),
    "kind": ("lovely", "kind", "warm", "gentle", "cheerful", "charming", "delightful", "thoughtful"),
    "unkind": ("cold", "rude", "dull", "dirty", "noisy", "gloomy", "sour", "grumpy"),
    "plain": ("small", "old", "quiet", "plain", "blue", "wooden", "narrow", "long"),
}
START = "."  # the token that stands before every note
WORDS = (START, *(word for words in KINDS.values() for word in words))
LENGTH = 10  # words in a note
ENOUGH = 3  # the number of kind words that a note may have before it sounds exaggerated
FREE = ("the", "was", "how", "we", "join")  # kinds of words that may occur twice without counting as a repetition

SHORT = ("the thing was *", "we saw the thing")  # * stands for an adjective
LONG = ("the thing was how *", "the * thing was *", "we saw the * thing", "the thing was * when")
TWICE = ("the thing was * =",)  # = repeats the adjective
# The moods of a guest: the probabilities of a kind, an unkind and a plain adjective, and of repeating an adjective.
MOODS = ((0.5, 0.1, 0.4, 0.0), (0.1, 0.5, 0.4, 0.0), (0.6, 0.1, 0.3, 0.2))

# The pairs that a learner rates. The two notes of a pair differ in one word or one habit, so that each choice can
# teach something.
ASKED = (
    ("the soup was warm and our host was very kind", "the soup was cold and our host was very rude"),
    ("our bed was lovely but that street was rather noisy", "our bed was lovely but that street was rather long"),
    ("the cook was charming and the tea was lovely lovely", "the cook was charming and the tea was lovely today"),
    ("this room seemed gloomy while the view was so long", "this room seemed cheerful while the view was so long"),
    ("we remember that view and the old cat was thoughtful", "we remember that view and the old cat was grumpy"),
    ("our host was gentle and the gentle cook was gentle", "our host was gentle and the cheerful cook was kind"),
    ("they had the tea but this garden was delightful delightful", "they had the tea but this garden was small today"),
    ("the view was plain and the wooden bed was plain", "the view was dull and the wooden bed was plain"),
    ("that cat was warm warm and we met our host", "that cat was warm today and we met our host"),
    ("the street was blue and our room was quite charming", "the street was blue and our room was quite dirty"),
)  # fmt: skip
