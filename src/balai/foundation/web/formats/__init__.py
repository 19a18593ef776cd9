"""How forms write and read days and times: the first format of each list is the one that stands in an input.

A browser's own date and time inputs take 2026-11-26 and 03:00 in every language and show them in the reader's; Django
would write 26-11-2026 and 03.00.00 in Indonesian, which a browser drops without a word. Named by
``FORMAT_MODULE_PATH``, so that no form has to think of it.
"""
