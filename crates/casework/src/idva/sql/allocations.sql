-- The allocations of a case, newest first.
{allocation_rows()}
order by a.starts_on desc, a.id desc
