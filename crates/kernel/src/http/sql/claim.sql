-- Claims a key of a retry. The update that changes nothing makes a second request wait for the first, and returns its row.
insert into idempotency_keys as k (principal_id, operation, key, digest, status, resource_id, created_at)
values ($1, $2, $3, $4, 201, $5, $6)
on conflict (principal_id, operation, key) do update set status = k.status
returning (k.resource_id = $5) as fresh, k.digest, k.resource_id, k.created_at
