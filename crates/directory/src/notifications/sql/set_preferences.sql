-- Writes which kinds of notification somebody has by e-mail.
insert into notification_preferences (user_id, kind, email)
select $1, k.kind, k.email
from unnest($2::text[], $3::bool[]) k(kind, email)
on conflict (user_id, kind) do update set email = excluded.email
