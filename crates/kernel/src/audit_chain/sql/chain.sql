-- Adds links to the chain, in this order, behind the place $1.
insert into audit_chain (seq, event_id, hash)
select $1::bigint + n, event_id, hash
from unnest($2::uuid[], $3::bytea[]) with ordinality as x(event_id, hash, n)
