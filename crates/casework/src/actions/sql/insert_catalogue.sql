-- Stores a version of a MARAC's standard actions, in the order given.
-- The lists of short words come as one text each: arrays of arrays would all have to be of one length.
with v as (
  insert into standard_action_versions (marac_id, version, created_by, created_at)
  values ($1, $2, $3, $4)
)
insert into standard_actions (marac_id, version, position, code, text, category, target, priority, due_days,
  every_listed_agency, agency_kinds, needs)
select $1, $2, x.position, x.code, x.text, x.category, x.target, x.priority, x.due_days, x.every,
  string_to_array(x.kinds, ','), string_to_array(x.needs, ',')
from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::bool[], $12::text[],
    $13::text[])
  with ordinality as x(code, text, category, target, priority, due_days, every, kinds, needs, position)
