-- The case, if it is in sight, locked.
-- The lock is weaker than `for update`: rows that only name the case go on being written beside it.
{found_case()} and {visible_cases(c)}
for no key update of c
