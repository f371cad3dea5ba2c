-- A refresh token, locked: whose it is, whether it was used, and whether it, its session and its account still hold.
select t.session_id, s.user_id, t.used_at is not null as used,
  (t.expires_at > $2 and s.expires_at > $2 and s.revoked_at is null and u.disabled_at is null) as live
from refresh_tokens t
join sessions s on s.id = t.session_id
join users u on u.id = s.user_id
where t.token_hash = $1
for update of t
