-- Sets a case to what the referrals that are left in it say: last referral, lapse, status, children, criteria.
-- Of the criteria (`$6`: all, in their order) those stay that another accepted referral stands on, or that this one
-- (`$8`) does not.
update cases c
set last_referral_on = $2,
  lapses_on = $3,
  status = $4,
  closed_at = case when $4 = 'closed' then coalesce(c.closed_at, $5) else c.closed_at end,
  has_children = exists (select from parties p where p.case_id = c.id and p.role = 'child'),
  criteria = array(
    select x.name
    from unnest($6::text[]) with ordinality as x(name, n)
    where x.name = any (c.criteria)
      and (exists (
          select from referrals r
          where r.case_id = c.id and r.status = 'accepted' and x.name = any (r.criteria))
        or case when x.name = 'visible_high_risk' then $7 else x.name <> all ($8::text[]) end)
    order by x.n),
  version = c.version + 1
where c.id = $1
