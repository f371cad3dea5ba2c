-- Every share of a case, newest first.
{share_rows()}
order by g.opens_at desc, g.id desc
