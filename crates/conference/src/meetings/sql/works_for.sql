-- Whether an account, and a registered person without one, work for this agency; who is not named does.
select ($1::uuid is null
    or exists (
      select from users
      where id = $1 and agency_id = $3 and disabled_at is null))
  and ($2::uuid is null
    or exists (
      select from registered_actors
      where id = $2
        and agency_id = $3
        and kind = 'person'
        and user_id is null
        and disabled_at is null)) as known
