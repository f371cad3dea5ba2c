-- A page of an account's inbox, the newest first.
-- It is taken by index before its cases are judged.
select {notice_columns()}
from (
  select *
  from notifications n
  where n.user_id = $1 and ($2::uuid is null or n.id < $2)
  order by n.id desc
  limit $3
) n
{case_of_notice(n)}
order by n.id desc
