-- Takes back what a run of agenda_build or research_return wrote, on either side: the lists are open and
-- empty again, and nothing is answered. The record of who did what stays.
begin;
set local session_replication_role = replica;
delete from agenda_listings l using bench.planned p, agenda_items i
  where i.meeting_id = p.meeting_id and l.agenda_item_id = i.id;
delete from agenda_items i using bench.planned p where i.meeting_id = p.meeting_id;
update meetings m set version = 1 from bench.planned p where m.id = p.meeting_id and m.version <> 1;
update research_returns r set status = 'requested', nothing_known = false, private = null, shareable = null,
  exemption = null, answered_on = null, answered_at = null, batch_id = null, by_user_id = null, version = 1
  from bench.asked a where r.id = a.return_id and r.version <> 1;
truncate idempotency_keys;
commit;
