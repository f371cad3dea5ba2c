-- Guesses are counted before they are checked, by account and network; sessions can be told apart.
-- `login_failures`, which counted by account alone and afterwards, is read by the release before.

create table guesses (
  kind text not null check (kind in ('account_network', 'account', 'network', 'known_network',
    'password', 'secret')),
  subject bytea not null,
  level double precision not null,
  last_at timestamptz not null,
  primary key (kind, subject)
);
create index guesses_last_at on guesses (last_at);
comment on table guesses is
  'Guesses that failed or are being checked, by keyed hash of whom they are counted for, for all servers together.';
comment on column guesses.level is 'One more with each guess, less as time goes by (guess_level).';
grant select, insert, update, delete on guesses to toldonce_app;

-- How many guesses of a kind are free, and how many are forgotten in an hour.
create function guess_limit(p_kind text, out free integer, out forgotten double precision)
language sql immutable set search_path = public as $$
  select l.free, l.forgotten from (values
    ('account_network', 5, 0.25),  -- one account, from one network
    ('account', 20, 2),            -- one account, from networks that are new to it
    ('network', 30, 10),           -- one network, for accounts that are new to it
    ('known_network', 100, 20),    -- one network, for accounts that signed in from it before
    ('password', 30, 1),           -- one password, from networks that are new to the account
    ('secret', 100, 60)            -- refresh tokens, links and client secrets, from one network
  ) as l(kind, free, forgotten) where l.kind = p_kind
$$;

-- What is left of a level at a later time.
create function guess_level(p_kind text, p_level double precision, p_last_at timestamptz, p_now timestamptz)
returns double precision language sql immutable set search_path = public as $$
  select greatest(0, p_level - l.forgotten
    * extract(epoch from greatest(p_now - p_last_at, interval '0'))::double precision / 3600)
  from guess_limit(p_kind) l
$$;

-- When the next guess may be made: at once as long as they are free; then after a pause that doubles
-- from half a minute to an hour.
create function guess_opens_at(p_kind text, p_level double precision, p_last_at timestamptz)
returns timestamptz language sql immutable set search_path = public as $$
  select case when ceil(p_level) < l.free then timestamptz '-infinity'
    else p_last_at + least(interval '1 hour',
      interval '30 seconds' * power(2, least(ceil(p_level) - l.free, 7))) end
  from guess_limit(p_kind) l
$$;

create table known_networks (
  user_id uuid not null references users,
  network bytea not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (user_id, network)
);
create index known_networks_last_at on known_networks (last_at);
comment on table known_networks is
  'Networks that an account signed in from, as hashes keyed with the account: the same network of two accounts looks different.';
grant select, insert, update, delete on known_networks to toldonce_app;

create table failed_sign_ins (
  hour timestamptz not null,
  act text not null,
  subject uuid not null,
  failures integer not null,
  recorded integer not null default 0,
  primary key (hour, act, subject)
);
comment on table failed_sign_ins is
  'Failures of an hour, by keyed hash of account and network, and how many of them the audit has told of.';
grant select, insert, update, delete on failed_sign_ins to toldonce_app;

alter table sessions
  add network bytea,
  add network_new boolean,
  add last_used_at timestamptz;
comment on column sessions.network is 'Where it was opened, as in known_networks.';
comment on column sessions.network_new is 'Nobody had signed in to the account from there before.';
comment on column sessions.last_used_at is 'When it was opened, refreshed or stepped up last.';

alter table api_clients add secret_version integer not null default 1;
comment on column api_clients.secret_version is
  'Raised when the secret is changed: tokens had with an older secret end.';

-- What has served its time of all this: levels that are back at nothing or that nobody added to for a
-- week, networks unused for 90 days. At most 5000 rows of a kind at a time.
create function sweep_sign_in(p_now timestamptz) returns table (deleted bigint, more boolean)
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

revoke execute on function guess_limit, guess_level, guess_opens_at, sweep_sign_in from public;
grant execute on function guess_limit, guess_level, guess_opens_at, sweep_sign_in to toldonce_app;
