-- Marks the failures of an hour, act and subject as told of; says how many of them are news.
update failed_sign_ins f
set recorded = f.failures
from (
  select hour, act, subject, recorded
  from failed_sign_ins
  where hour = $1 and act = $2 and subject = $3
  for update
) o
where f.hour = o.hour and f.act = o.act and f.subject = o.subject
returning f.failures - o.recorded as news
