-- The case, if it is in sight.
{found_case()} and {visible_cases(c)}
