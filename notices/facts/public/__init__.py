"""What the public may see, as types: forms, notices, receipts, answers, search pages, problems.

The privacy border is a type. A `PublicForm` is made of what is private by `disclosure` alone, and
read again from what was published; all that shows a notice is made of one, and of nothing else.
The types are lenient in reading: what a later version adds is left out and breaks nothing.
"""
