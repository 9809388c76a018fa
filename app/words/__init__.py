"""What people read, in their language. All is written in English, where it belongs; German is said at the edge, as
messages leave for a browser (edge.py), by what translators have written beside it (`de.po`, tongue.py).

So no page, chart or lesson knows of languages, and a widget's value is the same in all of them. `python -m app.words`
lists what a German reader would still read in English.
"""
