-- meeting_columns(m): the columns of a `Meeting`.
{m}.id, {m}.marac_id, {m}.kind, {m}.starts_at, {m}.time_zone, {m}.mode, {m}.place, {m}.status, {m}.minutes_per_case,
{m}.capacity, {m}.circulated_at, {m}.started_at, {m}.ended_at, {m}.version
