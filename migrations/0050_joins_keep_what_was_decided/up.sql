-- A name or date that was taken over stays in the case, whatever is decided afterwards: what `unjoin` asks.
alter table identity_differences add column taken_over boolean not null default false;
update identity_differences set taken_over = decision in ('alias', 'correct') where decision is not null;
comment on column identity_differences.taken_over is 'A decision has put it into the case; a later one takes nothing back.';

-- Whether a part is as it was when it was found damaged. Reads no content: it compares what is sealed, or
-- asks whether a date still stands at the edge it was set to.
create or replace function damage_stands(p_part text, p_field text, p_row uuid, p_digest text)
returns boolean language plpgsql stable security definer set search_path = public as $$
declare
  v_type text;
  v_key text;
  v_stands boolean;
begin
  select a.attname into v_key from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = to_regclass(format('public.%I', p_part)) and i.indisprimary and i.indnkeyatts = 1;
  select format_type(a.atttypid, null) into v_type from pg_attribute a
  where a.attrelid = to_regclass(format('public.%I', p_part)) and a.attname = p_field and not a.attisdropped;
  if v_key is null then v_type := 'unknown'; end if;
  case v_type
    when 'bytea' then
      execute format('select exists (select from %I where %I = $1 and encode(sha256(%I), ''hex'') = $2)', p_part, v_key, p_field)
        into v_stands using p_row, p_digest;
    when 'date' then
      execute format('select exists (select from %I where %I = $1 and %I in (date ''1880-01-01'', date ''2199-12-31''))',
          p_part, v_key, p_field)
        into v_stands using p_row;
    when 'timestamp with time zone' then
      execute format('select exists (select from %I where %I = $1 and %I in (timestamptz ''1880-01-01 00:00Z'', '
          'timestamptz ''2199-12-31 00:00Z''))', p_part, v_key, p_field)
        into v_stands using p_row;
    else
      -- Where it is cannot be said: better shown than hidden.
      v_stands := true;
  end case;
  return v_stands;
end $$;
