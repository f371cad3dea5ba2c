-- Opens the case, or lets it run on. Criteria that it met before stay (R4); $7 are all there are, in their order.
-- $8 says whether it is to be opened for the first time; nothing is changed if that is not so any more.
update cases
set status = 'listed',
  received_at = coalesce(received_at, $2),
  opened_at = coalesce(opened_at, $2),
  last_referral_on = greatest(last_referral_on, $3),
  lapses_on = $4,
  criteria = array(
    select x.name
    from unnest($7::text[]) with ordinality as x(name, n)
    where x.name = any (criteria || $5)
    order by x.n),
  has_children = has_children or $6,
  closed_at = null,
  version = version + 1
where id = $1 and (opened_at is null) = $8
