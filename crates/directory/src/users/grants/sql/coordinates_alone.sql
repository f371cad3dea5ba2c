-- Whether one of these MARACs would be left without a coordinator who can sign in, if this account coordinated no more.
select exists (
  select from role_grants g
  where g.user_id = $1
    and g.role = 'coordinator'
    and g.ends_at > $2
    and g.marac_id = any ($3)
    and not exists (
      select from role_grants o
      join users u on u.id = o.user_id
      where o.marac_id = g.marac_id
        and o.role = 'coordinator'
        and o.ends_at > $2
        and o.user_id <> $1
        and u.disabled_at is null)) as alone
