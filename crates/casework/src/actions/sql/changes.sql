-- The next changes of an agency's actions after this place, in commit order, told to those who speak for the agency and
-- to a named owner. Rows of transactions that may still be running, or that began before one of those ended, come when
-- all before them are settled.
select h.txid::text, h.id, h.action_id
from (
  select h.txid, h.id, h.action_id, h.marac_id, h.agency_id as owner_agency_id, null::uuid as owner_user_id
  from action_changes h
  where h.agency_id = $1
    and (h.txid, h.id) > ($2::xid8, $3)
    and h.txid < pg_snapshot_xmin(pg_current_snapshot())
) h
where ({owned_action(h)}
  or exists (select from actions a where a.id = h.action_id and {owned_action(a)}))
order by h.txid, h.id
limit $4
