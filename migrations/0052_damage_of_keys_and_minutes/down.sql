drop function forget_opened_keys(uuid[]);

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

create or replace function record_damage(p_ids uuid[], p_cases uuid[], p_parts text[], p_fields text[], p_rows uuid[],
  p_digests text[], p_now timestamptz)
returns void language sql security definer set search_path = public as $$
  insert into damaged_parts as d (id, marac_id, case_id, part, field, row_id, digest, found_at, seen_at)
  select distinct on (x.part, x.field, x.row_id) x.id, c.marac_id, c.id, x.part, x.field, x.row_id, x.digest, p_now, p_now
  from unnest(p_ids, p_cases, p_parts, p_fields, p_rows, p_digests) as x(id, case_id, part, field, row_id, digest)
  join cases c on c.id = x.case_id
  order by x.part, x.field, x.row_id, x.id
  on conflict (part, field, row_id) do update set digest = excluded.digest, seen_at = excluded.seen_at,
    marac_id = excluded.marac_id, case_id = excluded.case_id,
    found_at = case when d.digest = excluded.digest then d.found_at else excluded.found_at end
  where d.digest is distinct from excluded.digest or d.case_id <> excluded.case_id
    or d.seen_at < excluded.seen_at - interval '1 hour'
$$;

drop table damaged_meeting_parts;
