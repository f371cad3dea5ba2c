-- allocation_rows(): the allocations `a` of the case $1 to IDVA services, and how often the survivor was tried.
select a.id, a.agency_id, o.name as agency, a.user_id, a.starts_on, a.ends_on, a.engagement, a.engagement_on,
  a.contact_due_at, a.contacted_at, a.version, a.sealed,
  coalesce(n.contacts, 0) as contacts,
  coalesce(n.feedback, 0) as feedback
from idva_allocations a
join agencies o on o.id = a.agency_id
left join lateral (
  select count(*) filter (where t.purpose <> 'feedback') as contacts,
    count(*) filter (where t.purpose = 'feedback') as feedback
  from idva_contacts t
  where t.allocation_id = a.id
) n on true
where a.case_id = $1
