-- The meetings of these MARACs, the newest first: all, or those of a status and between two days.
select {meeting_columns(m)}
from meetings m
where m.marac_id = any ($1)
  and ($2::text is null or m.status = $2)
  and ($3::date is null or m.starts_at >= $3::timestamp at time zone 'Europe/London')
  and ($4::date is null or m.starts_at < ($4 + 1)::timestamp at time zone 'Europe/London')
  and ($5::timestamptz is null or (m.starts_at, m.id) < ($5, $6))
order by m.starts_at desc, m.id desc
limit $7
