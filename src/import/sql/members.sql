-- The agencies of a MARAC: those live and core first, then those that came first.
select a.id as agency_id, a.name, a.kind,
  (a.closed_at is null and m.suspended_at is null and coalesce(m.access_ends_at > $2, true)) as live
from marac_agencies m
join agencies a on a.id = m.agency_id
where m.marac_id = $1
order by live desc, m.core desc, m.created_at, a.id
