-- Opens a session. Its network is one that the account knows from now on.
with before as (
  select from known_networks
  where user_id = $2 and network = $5
), kept as (
  insert into known_networks (user_id, network, first_at, last_at)
  values ($2, $5, $3, $3)
  on conflict (user_id, network) do update set last_at = $3
)
insert into sessions (id, user_id, password_at, expires_at, created_at, network, network_new, last_used_at)
values ($1, $2, $3, $4, $3, $5, not exists (select from before), $3)
