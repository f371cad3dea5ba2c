-- The restriction that stands on a case, with who is named on it and the one that it comes from, as far as the caller
-- decides there. One that somebody set on this file comes before one that was laid on it.
select t.id, t.set_by, t.created_at, nullif(t.ends_at, 'infinity') as ends_at, t.reason, t.laid_by, t.origin_id,
  s.case_id as from_case_id, s.reason as origin_reason,
  s.master_key_id as origin_master_key_id, s.wrapped as origin_wrapped,
  array(
    select distinct g.user_id
    from circle g
    where g.case_id = $1
      and g.basis = 'named'
      and g.user_id is not null
      and g.opens_at <= $2
      and g.ends_at > $2
    order by g.user_id) as named
from restrictions t
{origin_in_sight(restrictions, t.origin_id)}
where t.case_id = $1 and t.ends_at > $2
order by t.origin_id is not null, t.created_at desc, t.id desc
limit 1
