-- Every exclusion of a case, newest first.
{exclusion_rows()}
order by e.created_at desc, e.id desc
