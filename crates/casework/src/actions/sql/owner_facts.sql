-- What is known of a proposed owner of an action: an agency, and perhaps a person of it (R26).
select
  exists (
    select from marac_agencies m
    join agencies g on g.id = m.agency_id
    where m.marac_id = $1
      and m.agency_id = $3
      and g.closed_at is null
      and m.suspended_at is null
      and (m.access_ends_at is null or m.access_ends_at > $5)) as member,
  (exists (
      select from circle r
      where r.case_id = $2 and r.agency_id = $3 and r.ends_at > $5)
    or exists (
      select from agenda_listings l
      where l.case_id = $2 and l.agency_id = $3)
    or exists (
      select from referrals f
      where f.case_id = $2
        and f.status <> 'draft'
        and (f.agency_id = $3 or f.co_agency_id = $3))) as on_case,
  exists (
    select from exclusions e
    where e.case_id = $2
      and e.ends_at > $5
      and e.agency_id = $3
      and ($4::uuid is null or e.exempt_user_id is distinct from $4)) as excluded,
  ($4::uuid is null
    or exists (
      select from users u
      where u.id = $4 and u.agency_id = $3 and u.disabled_at is null)) as person_known,
  ($4::uuid is not null
    and exists (
      select from exclusions e
      where e.case_id = $2 and e.ends_at > $5 and e.user_id = $4)) as person_excluded
