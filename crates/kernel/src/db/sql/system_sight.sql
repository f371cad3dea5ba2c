-- The sight of the program itself, which sees every MARAC.
select null::uuid as user_id, null::uuid as actor_id, null::uuid as agency_id, m.ids as marac_ids, m.ids as staff,
  '{}'::uuid[] as idva, '{}'::uuid[] as rep, '{}'::uuid[] as closed
from load_system($1), lateral (select current_setting('toldonce.maracs')::uuid[] as ids) m
