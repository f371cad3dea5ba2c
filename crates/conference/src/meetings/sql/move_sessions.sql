-- Moves the sessions of a meeting by what it was moved itself: to `$2`, from `$3`.
update agenda_sessions
set starts_at = starts_at + ($2::timestamptz - $3::timestamptz)
where meeting_id = $1
