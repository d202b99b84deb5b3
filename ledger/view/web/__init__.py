"""Web pages for those who only read: a page is a function of a scene, found by `routes`.

`ledger serve` hands them out, `ledger site` writes them as files.
"""
