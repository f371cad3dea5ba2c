-- The agencies of a MARAC that take listings: live at `$2`, their agreement not past its review on day `$3`, and no
-- coordinating body.
select m.agency_id, m.core
from marac_agencies m
join agencies a on a.id = m.agency_id
where m.marac_id = $1
  and a.closed_at is null
  and a.kind <> 'coordination'
  and m.suspended_at is null
  and (m.access_ends_at is null or m.access_ends_at > $2)
  and (m.agreement_review_on is null or m.agreement_review_on >= $3)
order by a.name, a.id
