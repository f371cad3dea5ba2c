-- The meetings of the feed with this token: no row if no live account has it, one without a meeting if there is none.
select user_id, meeting_id, starts_at, minutes, cancelled, version from calendar_of($1, $2)
