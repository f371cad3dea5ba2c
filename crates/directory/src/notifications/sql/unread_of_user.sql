-- A page of what an account has not read in its inbox, the newest first.
-- It is taken by index before its cases are judged.
select {notice_columns()}
from (
  select *
  from notifications n
  where n.user_id = $1 and n.read_at is null and ($2::uuid is null or n.id < $2)
  order by n.id desc
  limit $3
) n
{case_of_notice(n)}
order by n.id desc
