-- due_flag(f): the flag at this alias waits for an answer of its agency.
-- It is worded as the partial indexes are.
{f}.status in ('asked', 'removal_due')
