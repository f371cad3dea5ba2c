-- An agency that a case may be given to, live: whether it sits in the MARAC, is an IDVA service, and has an agreement
-- past its review date.
select m.marac_id is not null as member,
  a.kind = 'idva' as idva,
  coalesce(m.agreement_review_on < $3, false) as review_due
from agencies a
left join marac_agencies m
  on m.agency_id = a.id
  and m.marac_id = $2
  and m.suspended_at is null
  and (m.access_ends_at is null or m.access_ends_at > $now)
where a.id = $1 and a.closed_at is null
