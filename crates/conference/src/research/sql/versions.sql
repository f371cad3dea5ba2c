-- Earlier versions of an agency's return on an item of a case, the newest first.
select v.return_id, v.version, v.status, v.private, v.shareable, v.answered_at, v.by_user_id, v.by_actor_id
from research_returns r
join research_versions v on v.return_id = r.id
where r.case_id = $1
  and v.case_id = $1
  and r.agenda_item_id = $2
  and r.agency_id = $3
  and ($4::int is null or v.version < $4)
order by v.version desc
limit $5
