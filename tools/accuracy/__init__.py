"""How well mails are read and judged, measured by cross-validation; `make accuracy` writes docs/accuracy.md.

`material` reads the labelled mails · `folds` keeps a mail's own examples from its judge · `judging` makes filings and
predictions · `scoring` borrows the data set's score.py · `measures` are the figures that must be reached · `curves` say
what confidence is worth · `parts` what each part is worth · `page` writes them down.
"""
