-- Some of the links behind this place, each with its event as it is hashed, if that is still there.
select c.seq, c.event_id, c.hash, e.at,
  case when e.id is not null then {audit_content(e)} end as content
from audit_chain c
left join audit_events e on e.id = c.event_id
where c.seq > $1
order by c.seq
limit 20000
