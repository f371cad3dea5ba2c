-- Writes the data keys of these meetings as they are wrapped with a master key.
update meeting_keys d
set master_key_id = $1, wrapped = x.wrapped
from unnest($2::uuid[], $3::bytea[]) as x(id, wrapped)
where d.meeting_id = x.id
