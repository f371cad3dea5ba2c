-- Adds a head.
insert into audit_heads (last_seq, last_txid, last_event_id, hash, sealed_at, key_id, signature)
values ($1, $2::xid8, $3, $4, $5, $6, $7)
