-- How many guesses of a kind are free, and how many are forgotten in an hour.
create or replace function guess_limit(p_kind text, out free integer, out forgotten double precision)
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
create or replace function guess_level(p_kind text, p_level double precision, p_last_at timestamptz, p_now timestamptz)
returns double precision language sql immutable set search_path = public as $$
  select greatest(0, p_level - l.forgotten
    * extract(epoch from greatest(p_now - p_last_at, interval '0'))::double precision / 3600)
  from guess_limit(p_kind) l
$$;

-- When the next guess may be made: at once as long as guesses are free; then after a pause that doubles from half a
-- minute to an hour.
create or replace function guess_opens_at(p_kind text, p_level double precision, p_last_at timestamptz)
returns timestamptz language sql immutable set search_path = public as $$
  select case when ceil(p_level) < l.free then timestamptz '-infinity'
    else p_last_at + least(interval '1 hour',
      interval '30 seconds' * power(2, least(ceil(p_level) - l.free, 7))) end
  from guess_limit(p_kind) l
$$;

revoke execute on function guess_limit, guess_level, guess_opens_at from public;
grant execute on function guess_limit, guess_level, guess_opens_at to toldonce_app;
