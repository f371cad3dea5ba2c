-- not_closed(row): the case of this row is not closed to the caller.
-- This is less than `visible_cases`. It is for what may be summed over a meeting, where a closed case must be as if it
-- were not there.
{row}.case_id <> all ($closed)
