-- Events behind this place whose transactions have all ended, in the order in which they are sealed.
select e.id, e.txid::text as txid, e.act = $4 as of_sealing, {audit_content(e)} as content
from audit_events e
where (e.txid, e.id) > ($1::xid8, $2) and e.txid < pg_snapshot_xmin(pg_current_snapshot())
order by e.txid, e.id
limit $3
