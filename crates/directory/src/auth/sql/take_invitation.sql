-- Uses up a live invitation to an open account; says whose it was.
update invitations i
set used_at = $2
from users u
where i.token_hash = $1
  and i.used_at is null
  and i.expires_at > $2
  and u.id = i.user_id
  and u.disabled_at is null
returning i.user_id
