-- A refresh token is used, and with it its session.
with used as (
  update sessions set last_used_at = $2 where id = $3
)
update refresh_tokens set used_at = $2 where token_hash = $1
