"""What a laboratory registers: the kinds of records, their fields, and what each must fulfil.

A kind is declared once.  The workbook, the forms, the pages, the history and the database rows
all follow the declaration; nothing else lists fields.
"""
