-- pending_columns(): the columns of a grant that waits or waited, from `pending_from`.
p.id, p.kind, p.marac_id, p.user_id, p.client_id, p.actor_id, p.role, p.rights,
nullif(p.ends_at, 'infinity') as ends_at, p.asked_by, p.expires_at, p.outcome, p.created_at,
coalesce(c.agency_id, u.agency_id) as agency_id, coalesce(u.name, c.name) as name, a.name as asked_by_name,
a.disabled_at is null and u.disabled_at is null and c.disabled_at is null as live
