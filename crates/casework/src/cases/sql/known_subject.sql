-- Whether whom an exclusion names can be named in this MARAC: they belong to it, and the exempt senior is of the
-- agency.
select
  exists (
    select from marac_agencies m
    where m.marac_id = $1
      and m.agency_id in (
        select u.agency_id from users u where u.id = $2
        union all
        select r.agency_id from registered_actors r where r.id = $3
        union all
        select a.id from agencies a where a.id = $4)) as subject,
  ($5::uuid is null or exists (select from users u where u.id = $5 and u.agency_id = $4)) as exempt
