"""What every pane shows, as plain lines of text with roles: the screen and the commands draw the same.

A pane is a pure function from figures and a width to `Line`s. A `Line` is a row of `Span`s, each with a
role (what it means) instead of a colour, and may carry the `Place` that Enter opens. Nothing in here
knows Textual; the terminal screen turns roles into styles, the text commands drop them.
"""
