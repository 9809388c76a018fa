"""Says in plain words what a learner finds in each world of the sandbox. The words are the help of the controls."""

from __future__ import annotations

from core.experiment.tasks import Task

# By the class of the task. A world without an entry has no help.
HELP = {
    "Handwriting": "Real handwritten digits, from the MNIST dataset. The net reads which digit an image shows.",
    "FiveDigits": "Only the digits 0 to 4, or only 5 to 9. The head can still answer all ten digits.",
    "Glyphs": "Drawings of 443 glyphs (letters and symbols), but no digits. The net reads which glyph a drawing shows.",
    "Drawn": "A few symbols that somebody drew by hand. The net reads which symbol a drawing shows.",
    "Album": "Small pictures sorted into classes. They come with the app, or you bring your own.",
    "Clothing": "Small photos of ten kinds of clothing, from the Fashion-MNIST dataset.",
    "Pictures": "Colour pictures: emoji, photos or digits. The net says what kind of thing a picture shows.",
    "Names": "Emoji, and the thousand names that a net for photos has learned. Nobody says which name is right.",
    "Plane": "Points on six spiral arms. The net says on which arm a point lies, or which colour the arm has.",
    "Table": "Points from a table with two columns of numbers. The net predicts the label of each point.",
    "Text": "English text or Python code, cut into short pieces (tokens). The net predicts the next token.",
    "Sentiment": "Sentences that people have rated. The net says whether a sentence is kind or unkind.",
    "Instructions": "Instructions with short answers, such as “old or new, twice”. The net writes the answer.",
    "Chat": "Questions about the capitals of countries. A language model answers them in a form that you choose.",
    "ModelTexts": "A language model's own answers to everyday questions, or English. The net predicts the next token.",
    "Lines": "Each prompt shows some points of a random line. The net predicts the height of the next point.",
    "GuestBook": "Short notes from the guest book of a small house. The net predicts the next word.",
    "Preferences": "The same notes, and pairs of notes of which a rater prefers one.",
}


def world_help(kind: type[Task]) -> str:
    """Returns the help for a kind of task."""
    return HELP.get(kind.__name__, "")
