-- Whether the database holds transaction numbers that its server has yet to give out.
select coalesce(
  greatest((select max(txid) from audit_events), (select max(txid) from action_changes))
    >= pg_snapshot_xmax(pg_current_snapshot()),
  false) as behind
