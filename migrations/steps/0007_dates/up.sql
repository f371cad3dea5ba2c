-- Dates that no calendar of the program reaches are refused in every table. `pending_grants` needs no rule of its
-- own: it holds what becomes a grant, and the grant has one. A table of a later step brings its own constraints.

do $$
declare
  c record;
begin
  for c in
    select a.attrelid::regclass::text as tbl, a.attname::text as col, a.atttypid = 'date'::regtype as is_day
    from pg_attribute a join pg_class t on t.oid = a.attrelid and t.relkind = 'r'
      and t.relnamespace = 'public'::regnamespace and t.relname <> 'pending_grants'
    -- Every day, and every moment that somebody chooses.
    where a.attnum > 0 and not a.attisdropped and (a.atttypid = 'date'::regtype
      or (a.atttypid = 'timestamptz'::regtype and a.attname in ('starts_at', 'ends_at', 'access_ends_at',
        'tried_at', 'joined_at', 'left_at', 'contact_due_at')))
    order by 1, 2
  loop
    execute format(
      case when c.is_day then
        'alter table %1$I add constraint %3$I check (not (%2$I < date ''1880-01-01'' or %2$I > date ''2199-12-31''))'
      else
        -- A moment without end is `infinity`; no day is.
        'alter table %1$I add constraint %3$I check (not (isfinite(%2$I) and (%2$I < timestamptz ''1880-01-01 00:00Z'' '
        'or %2$I > timestamptz ''2199-12-31 23:59:59.999999Z'')))'
      end,
      c.tbl, c.col, left(c.tbl || '_' || c.col, 52) || '_in_range');
  end loop;
end $$;
