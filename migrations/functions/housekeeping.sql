-- Deletes what has served its time. The application may delete none of it by itself. Only these functions do,
-- by rules that a caller cannot widen, and they delete nothing of a case.

-- Retried creates are recognised for 90 days. Ended sessions are kept a month, for whoever looks into a sign-in. A
-- refresh token that has expired is refused whether it is known or not. E-mail is kept for 90 days after it ended.
-- The function takes at most 5000 rows of a kind at a time, so that no lock is held long.
create or replace function sweep(p_now timestamptz, p_keep_days integer) returns table (deleted bigint, more boolean)
language plpgsql security definer set search_path = public as $$
declare n bigint; bit constant integer := 5000;
begin
  deleted := 0; more := false;

  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < p_now - interval '90 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from refresh_tokens where token_hash = any (array(
    select t.token_hash from refresh_tokens t join sessions s on s.id = t.session_id
    where t.expires_at < p_now - interval '1 day'
      or least(s.expires_at, s.revoked_at) < p_now - interval '30 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from sessions where id = any (array(
    select s.id from sessions s where least(s.expires_at, s.revoked_at) < p_now - interval '30 days'
      and not exists (select from refresh_tokens t where t.session_id = s.id) limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from outbox where id = any (array(
    select id from outbox where ended_at < p_now - interval '90 days' limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  delete from notifications where id = any (array(
    select id from notifications
    where read_at < p_now - make_interval(days => greatest(p_keep_days, 1)) limit bit));
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;

  return next;
end $$;

-- Deletes levels of guesses that are back at nothing or to which nobody added for a week, and networks unused for 90
-- days. The function takes at most 5000 rows of a kind at a time.
create or replace function sweep_sign_in(p_now timestamptz) returns table (deleted bigint, more boolean)
language plpgsql security definer set search_path = public as $$
declare n bigint; bit constant integer := 5000;
begin
  deleted := 0; more := false;
  delete from guesses where (kind, subject) in (
    select kind, subject from guesses
    where last_at < p_now - interval '1 hour'
      and (guess_level(kind, level, last_at, p_now) = 0 or last_at < p_now - interval '7 days')
    limit bit);
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;
  delete from known_networks where (user_id, network) in (
    select user_id, network from known_networks
    where last_at < p_now - interval '90 days' limit bit);
  get diagnostics n = row_count; deleted := deleted + n; more := more or n = bit;
  return next;
end $$;

revoke execute on function sweep, sweep_sign_in from public;
grant execute on function sweep, sweep_sign_in to toldonce_app;
